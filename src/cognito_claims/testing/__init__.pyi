from cognito_claims.testing.moto import (
    UnknownMotoError as UnknownMotoError,
    moto_role_claims as moto_role_claims,
)
from cognito_claims.testing.tokens import ServedKeys as ServedKeys, TokenFactory as TokenFactory
