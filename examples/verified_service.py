"""A FastAPI service that verifies ID tokens and authorizes users by group and by role.

PyJWT verifies the signature, the issuer, the app client and the expiration time;
`IdTokenClaims` parses the verified payload. tests/test_verified_service.py shows
how to test such a service with signed tokens.
"""

from typing import Annotated

import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from cognito_claims import InvalidClaimsError
from cognito_claims.tokens import IdTokenClaims

BILLING = "arn:aws:iam::123456789012:role/billing"


class Verifier:
    """A dependency that returns the claims of a valid ID token, issued by a user pool for an app client."""

    def __init__(self, *, jwks_url: str, issuer: str, client_id: str) -> None:
        self.keys = jwt.PyJWKClient(jwks_url)
        self.issuer = issuer
        self.client_id = client_id

    def __call__(
        self, bearer: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]
    ) -> IdTokenClaims:
        """Verify the caller's token, or respond with status 401."""
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


def make_app(verify: Verifier) -> FastAPI:
    """Create the service."""
    app = FastAPI()

    @app.get("/orders")
    def orders(caller: Annotated[IdTokenClaims, Depends(verify)]) -> dict[str, list[str]]:
        """Respond to members of the group `staff`."""
        groups = caller.group_claims.groups
        if "staff" not in groups:
            raise HTTPException(403, "requires the group staff")
        return {"groups": sorted(groups)}

    @app.get("/invoices")
    def invoices(caller: Annotated[IdTokenClaims, Depends(verify)]) -> dict[str, str]:
        """Respond to users whose preferred role is the billing role."""
        if caller.group_claims.preferred_role != BILLING:
            raise HTTPException(403, "requires the billing role")
        return {"role": BILLING}

    return app
