from cognito_claims.testing.moto import (
    UnknownMotoError as UnknownMotoError,
)
from cognito_claims.testing.moto import (
    moto_role_claims as moto_role_claims,
)
from cognito_claims.testing.tokens import (
    ServedKeys as ServedKeys,
)
from cognito_claims.testing.tokens import (
    TokenFactory as TokenFactory,
)

__all__ = [
    "ServedKeys",
    "TokenFactory",
    "UnknownMotoError",
    "moto_role_claims",
]
