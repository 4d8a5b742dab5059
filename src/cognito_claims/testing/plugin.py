"""Fixtures for pytest, which finds them through the entry point `cognito-claims`.

pytest loads this module for everyone who has the package installed, so the
fixtures import what they need only when a test uses them.
"""

from collections.abc import Iterator

import pytest

TYPE_CHECKING = False  # importing `typing` is for type checkers only
if TYPE_CHECKING:
    from cognito_claims.testing.tokens import ServedKeys, TokenFactory


@pytest.fixture(scope="session")
def cognito_tokens() -> "TokenFactory":
    """A `TokenFactory` for the user pool `eu-west-1_EXAMPLE`, one for the whole session."""
    from cognito_claims.testing.tokens import TokenFactory

    return TokenFactory()


@pytest.fixture(scope="session")
def cognito_served_keys(cognito_tokens: "TokenFactory") -> "Iterator[ServedKeys]":
    """The keys of `cognito_tokens`, published on loopback: `jwks_url`, and `tokens` with that issuer."""
    with cognito_tokens.serve() as served:
        yield served
