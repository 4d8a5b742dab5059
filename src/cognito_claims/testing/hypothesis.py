"""The plugin with which `st.from_type` generates the types of this library.

When Hypothesis is imported, it calls `register` through the entry point
`hypothesis`, for everyone who has this package installed. So this module loads
neither the strategies nor the types: a type is registered when its module is
loaded, and the strategies are loaded when a test first draws a value.
"""

from cognito_claims._registry import subscribe

TYPE_CHECKING = False  # importing `typing` would slow down every import of Hypothesis
if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


def register() -> None:
    """Register the published types with Hypothesis, and each one that is published later."""
    subscribe(_register_type)


def _register_type(type_: type) -> None:
    from hypothesis.strategies import register_type_strategy

    register_type_strategy(type_, _build_strategy)


def _build_strategy(type_: type) -> "SearchStrategy[object]":
    from cognito_claims.testing.strategies.by_type import strategy_for_type

    return strategy_for_type(type_)
