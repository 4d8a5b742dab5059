"""The plugin with which `st.from_type` generates the types of this library.

Every import of Hypothesis calls `register` through the entry point `hypothesis`
wherever this package is installed. So this module loads neither the strategies
nor the types: a type is registered when its module is loaded, and the strategies
are loaded when a test first draws a value.
"""

from typing import TYPE_CHECKING

from cognito_claims._registry import subscribe

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


def register() -> None:
    """Register the published types with Hypothesis, and each one that is published later."""
    subscribe(_register_type)


def _register_type(type_: type) -> None:
    from hypothesis.strategies import register_type_strategy

    register_type_strategy(type_, _build_strategy)


def _build_strategy(type_: type) -> "SearchStrategy[object]":
    from cognito_claims.testing.strategies.by_type import get_strategy

    return get_strategy(type_)
