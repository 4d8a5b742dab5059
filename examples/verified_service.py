"""A FastAPI service that verifies a user's ID token itself, and admits by group and by role.

PyJWT verifies the signature, the issuer, the app client and the time; this
library reads what the token says. tests/test_verified_service.py tests it with
tokens of `cognito_claims.testing`.
"""

from typing import Annotated

import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from cognito_claims import InvalidClaimsError
from cognito_claims.tokens import IdTokenClaims

BILLING = "arn:aws:iam::123456789012:role/billing"


class Verifier:
    """A dependency that gives the claims of a token that a user pool has issued for an app client."""

    def __init__(self, *, jwks_url: str, issuer: str, client_id: str) -> None:
        self.keys = jwt.PyJWKClient(jwks_url)
        self.issuer = issuer
        self.client_id = client_id

    def __call__(
        self, bearer: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]
    ) -> IdTokenClaims:
        """Verify the caller's token, or refuse."""
        try:
            payload = jwt.decode(
                bearer.credentials,
                self.keys.get_signing_key_from_jwt(bearer.credentials),
                algorithms=["RS256"],
                issuer=self.issuer,
                audience=self.client_id,
                options={"require": ["exp", "iss", "aud", "token_use"]},
            )
            return IdTokenClaims.from_payload(payload)
        except (jwt.PyJWTError, InvalidClaimsError) as error:
            raise HTTPException(401, "no valid ID token") from error


def make_app(verified: Verifier) -> FastAPI:
    """Put the service together."""
    app = FastAPI()

    @app.get("/orders")
    def orders(caller: Annotated[IdTokenClaims, Depends(verified)]) -> dict[str, list[str]]:
        """What members of `staff` see."""
        groups = caller.group_claims.groups
        if "staff" not in groups:
            raise HTTPException(403, "for members of staff")
        return {"groups": sorted(groups)}

    @app.get("/invoices")
    def invoices(caller: Annotated[IdTokenClaims, Depends(verified)]) -> dict[str, str]:
        """What users see whose preferred role is billing's."""
        if caller.group_claims.preferred_role != BILLING:
            raise HTTPException(403, "for those whose preferred role is billing's")
        return {"role": BILLING}

    return app
