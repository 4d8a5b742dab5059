"""Brings our types and Hypothesis together, whichever is imported first.

Hypothesis calls `register` by its entry point when it is imported. To load our
types then would slow it down for everyone who has this package installed; so a
module that has types with strategies says so when it is loaded.
"""

from collections.abc import Iterator

TYPE_CHECKING = False  # Hypothesis loads this module at every import
if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

_drawn: list[type] = []
_hypothesis_is_there = False


def drawn(*types: type) -> None:
    """Have Hypothesis draw these types by their strategies in `cognito_claims.testing`."""
    _drawn.extend(types)
    if _hypothesis_is_there:
        _register(*types)


def register() -> None:
    """Register the types that are loaded, and those that will be. Hypothesis calls it."""
    global _hypothesis_is_there  # noqa: PLW0603, one process has one Hypothesis
    _hypothesis_is_there = True
    _register(*_drawn)


def _register(*types: type) -> None:
    from hypothesis.strategies import register_type_strategy

    for type_ in types:
        register_type_strategy(type_, _strategy_of)


def _strategy_of(type_: type) -> "SearchStrategy[object]":
    from cognito_claims.testing import strategies

    return strategies.of_type(type_)


class DrawnAs:
    """Metadata by which `st.builds` infers the argument of a model: by the strategy for that field.

    In the terms of annotated-types it is a group of further metadata, and
    Hypothesis takes a strategy among them. It is empty for everyone else.
    """

    __is_annotated_types_grouped_metadata__ = True

    def __init__(self, field: str, *, or_none: bool) -> None:
        self.field = field
        self.or_none = or_none

    def __iter__(self) -> "Iterator[SearchStrategy[object]]":
        if _hypothesis_is_there:
            from cognito_claims.testing import strategies

            yield from strategies.of_field(self.field, or_none=self.or_none)

    def __repr__(self) -> str:
        return f"DrawnAs({self.field!r}, or_none={self.or_none})"
