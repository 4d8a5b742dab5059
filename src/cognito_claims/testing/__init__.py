"""Test doubles: signed tokens, moto with the role claims, pytest fixtures and Hypothesis strategies.

`TokenFactory` signs tokens as a user pool does, `moto_role_claims` adds the role
claims to moto's tokens, and `cognito_claims.testing.strategies` generates values
with Hypothesis. pytest finds the fixtures of `cognito_claims.testing.plugin`
through an entry point. Install the extra `testing` to use them.
"""

from cognito_claims import _lazy

# pytest imports this package in every run where it is installed, so no module is loaded yet.
__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    {
        "moto": ("UnknownMotoError", "moto_role_claims"),
        "tokens": ("ServedKeys", "TokenFactory"),
    },
)
