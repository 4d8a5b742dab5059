"""The adapters that break a rule, by the rule's ID."""

from collections.abc import Callable

from tests.vector_adapter import VectorAdapter

BREAKS: dict[str, type[VectorAdapter]] = {}


def breaks(rule: str) -> Callable[[type[VectorAdapter]], type[VectorAdapter]]:
    """Register the adapter that breaks a rule."""

    def register(broken: type[VectorAdapter]) -> type[VectorAdapter]:
        BREAKS[rule] = broken
        return broken

    return register
