"""A FastAPI app on Lambda that admits by group, behind a REST API or an HTTP API.

The gateway has verified the token; its authorizer's claims are in the event,
which Mangum hands on. The two gateways render groups in different ways.
"""

from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request
from mangum import Mangum

from cognito_claims import GroupClaims, InvalidClaimsError
from cognito_claims.events import ClaimsSource, detect_source, parse_http_api_event, parse_rest_api_event

GROUPS_OF_THE_POOL = ["admins", "staff", "staff,night"]
"""A REST API joins names by commas: who knows them all can tell `staff,night` from two groups."""


def group_claims(request: Request) -> GroupClaims:
    """Give the caller's groups, from whichever gateway the request came through."""
    event = request.scope.get("aws.event", {})
    try:
        carrier = detect_source(event)
    except InvalidClaimsError as error:
        raise HTTPException(401, "no authorizer in front of this API") from error
    try:
        if carrier is ClaimsSource.REST_API:
            return parse_rest_api_event(event, known_groups=GROUPS_OF_THE_POOL)
        return parse_http_api_event(event)
    except InvalidClaimsError as error:  # an AmbiguousClaimsError too: nobody is admitted by a guess
        raise HTTPException(401, "the claims cannot be read") from error


class InGroup:
    """A dependency that admits members of one group."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, claims: Annotated[GroupClaims, Depends(group_claims)]) -> GroupClaims:
        """Give the caller's claims, or refuse."""
        if self.name not in claims.groups:
            raise HTTPException(403, f"for members of {self.name}")
        return claims


app = FastAPI()


@app.get("/orders")
def orders(claims: Annotated[GroupClaims, Depends(InGroup("staff"))]) -> dict[str, list[str]]:
    """What members of `staff` see."""
    return {"groups": sorted(claims.groups)}


handler = Mangum(app, lifespan="off")
