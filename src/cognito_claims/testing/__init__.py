"""Test doubles: signed tokens, moto with the role claims, pytest fixtures and Hypothesis strategies.

`TokenFactory` signs tokens as a user pool does, `moto_role_claims` adds the role
claims to moto's tokens, and `cognito_claims.testing.strategies` generates values
with Hypothesis. pytest finds the fixtures of `cognito_claims.testing.plugin` by
an entry point. The extra `testing` installs what these need.
"""

from cognito_claims._lazy import attach

# pytest imports this package for everyone who has it installed: load nothing.
__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "moto": ("UnknownMotoError", "moto_role_claims"),
        "tokens": ("ServedKeys", "TokenFactory"),
    },
)
