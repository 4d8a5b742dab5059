"""Fixtures for pytest, which finds them by the entry point `cognito-claims`.

pytest loads this module for everyone who has the package installed: what the
fixtures need is imported by those who ask for one.
"""

from collections.abc import Iterator

import pytest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cognito_claims.testing.tokens import ServedKeys, TokenFactory

__all__ = ["cognito_served_keys", "cognito_tokens"]


@pytest.fixture(scope="session")
def cognito_tokens() -> "TokenFactory":
    """A `TokenFactory` for the user pool `eu-west-1_EXAMPLE`, one for the whole session."""
    from cognito_claims.testing.tokens import TokenFactory

    return TokenFactory()


@pytest.fixture(scope="session")
def cognito_served_keys(cognito_tokens: "TokenFactory") -> "Iterator[ServedKeys]":
    """The keys of `cognito_tokens`, published on loopback: `jwks_url`, and `tokens` issued there."""
    with cognito_tokens.serve() as served:
        yield served
