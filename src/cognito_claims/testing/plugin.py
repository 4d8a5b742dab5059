"""Fixtures for pytest, which finds them through the entry point `cognito-claims`.

pytest loads this module in every run where the package is installed, so a
fixture imports its modules only when a test uses it.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from cognito_claims.testing.tokens import ServedKeys, TokenFactory


@pytest.fixture(scope="session")
def cognito_tokens() -> "TokenFactory":
    """A `TokenFactory` for the user pool `eu-west-1_EXAMPLE`, one for the whole session."""
    from cognito_claims.testing.tokens import TokenFactory

    return TokenFactory()


@pytest.fixture(scope="session")
def cognito_served_keys(cognito_tokens: "TokenFactory") -> "Iterator[ServedKeys]":
    """The keys of `cognito_tokens` on loopback: `jwks_url`, and `tokens` with an issuer on loopback."""
    with cognito_tokens.serve() as served:
        yield served
