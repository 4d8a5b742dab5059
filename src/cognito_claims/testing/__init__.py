"""For tests of code that works with Cognito groups and their claims.

`TokenFactory` signs tokens as a user pool would, `moto_role_claims` has moto's
tokens carry the role claims, and `cognito_claims.testing.strategies` draws values
for Hypothesis. pytest finds the fixtures of `cognito_claims.testing.plugin` by
itself. The extra `testing` installs what these need.
"""

TYPE_CHECKING = False  # pytest loads this module for everyone who has the package installed
if TYPE_CHECKING:
    from cognito_claims.testing.moto import UnknownMotoError, moto_role_claims
    from cognito_claims.testing.tokens import ServedKeys, TokenFactory

__all__ = ["ServedKeys", "TokenFactory", "UnknownMotoError", "moto_role_claims"]

_HOMES = {
    "ServedKeys": "tokens",
    "TokenFactory": "tokens",
    "UnknownMotoError": "moto",
    "moto_role_claims": "moto",
}


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        try:
            home = _HOMES[name]
        except KeyError:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
        from importlib import import_module

        return getattr(import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
