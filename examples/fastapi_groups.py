"""A FastAPI app on Lambda that authorizes by group, behind a REST API or an HTTP API.

The gateway has verified the token, and the event that Mangum passes on has its
claims. The two gateways write groups in different ways, so `parse_event` takes
the source of the claims.
"""

from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request
from mangum import Mangum

from cognito_claims import GroupClaims, InvalidClaimsError
from cognito_claims.events import detect_source, parse_event

GROUPS_OF_THE_POOL = ["admins", "staff", "staff,night"]
"""All groups of the pool: a REST API joins names with commas, and `staff,night` is one group here."""


def group_claims(request: Request) -> GroupClaims:
    """Return the caller's groups, from the event of either gateway."""
    event = request.scope.get("aws.event", {})
    try:
        source = detect_source(event)
    except InvalidClaimsError as error:
        raise HTTPException(401, "no authorizer in front of this API") from error
    try:
        return parse_event(source, event, known_groups=GROUPS_OF_THE_POOL)
    except InvalidClaimsError as error:  # includes AmbiguousClaimsError: a guess may grant access
        raise HTTPException(401, "the claims cannot be read") from error


class InGroup:
    """A dependency that requires the membership of one group."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, claims: Annotated[GroupClaims, Depends(group_claims)]) -> GroupClaims:
        """Return the caller's claims, or respond with 403."""
        if self.name not in claims.groups:
            raise HTTPException(403, f"for members of {self.name}")
        return claims


app = FastAPI()


@app.get("/orders")
def orders(claims: Annotated[GroupClaims, Depends(InGroup("staff"))]) -> dict[str, list[str]]:
    """Respond to members of `staff`."""
    return {"groups": sorted(claims.groups)}


handler = Mangum(app, lifespan="off")
