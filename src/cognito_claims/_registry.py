"""The types that test libraries can generate, published by the modules that define them.

A module publishes its types when it is loaded, and a plugin of a test library
subscribes when that library is loaded. Neither imports the other, so either
order works, and a program that uses no test library loads none.
"""

from collections.abc import Callable

_types: list[type] = []
_subscribers: list[Callable[[type], object]] = []


def publish(*types: type) -> None:
    """Pass these types to every subscriber, present and future."""
    _types.extend(types)
    for subscriber in _subscribers:
        for type_ in types:
            subscriber(type_)


def subscribe(subscriber: Callable[[type], object]) -> None:
    """Call `subscriber` with every published type, and with each one published later."""
    _subscribers.append(subscriber)
    for type_ in _types:
        subscriber(type_)
