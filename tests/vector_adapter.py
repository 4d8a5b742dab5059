"""How this library answers the vectors."""

from typing import Any

from cognito_claims import (
    AdminListGroupsForUserPaginator,
    AmbiguousClaimsError,
    InvalidClaimsError,
    identity_pool,
    resolve,
)
from cognito_claims.conformance.shapes import (
    Answer,
    Carried,
    Choice,
    ClaimsAnswer,
    Membership,
    NamesAnswer,
    Override,
    OverrideAnswer,
    PagesAnswered,
    RoleAnswer,
    TokensAnswer,
)
from cognito_claims.events import TokenPair, detection, pre_token_generation
from tests.conftest import Connect
from tests.scripted_server import ScriptedServer

JUDGED = {
    "preferred-role": ("cognito:preferred_role",),
    "roles-claim": ("cognito:roles",),
    "groups-claim": ("cognito:groups",),
    "access-token": ("cognito:roles", "cognito:preferred_role"),
}


def answer(subject: str, given: object, connect: Connect) -> Answer:
    match given:
        case Membership():
            return tokens(subject, given)
        case PagesAnswered():
            return NamesAnswer(groups=read_pages(given, connect))
        case Carried():
            return carried(given)
        case Override():
            claims = TokenPair(given.id_token, given.access_token)
            issued = pre_token_generation.apply_override(claims, given.event)
            return OverrideAnswer(id_token=issued.id_token, access_token=issued.access_token)
        case Choice():
            choice = identity_pool.choose_role(
                given.claims,
                given.role_mapping,
                authenticated_role=given.authenticated_role,
                custom_role_arn=given.custom_role_arn,
            )
            return RoleAnswer(role_arn=choice.role_arn)
        case _:
            raise TypeError(subject)


def tokens(subject: str, given: Membership) -> TokensAnswer:
    resolution = resolve(given.groups)
    claims = resolution.claims
    return TokensAnswer(
        id_token=only(JUDGED[subject], claims.id_token()),
        access_token=only(JUDGED[subject], claims.access_token()),
        decided_by=tuple(group.group_name for group in resolution.decided_by),
    )


def only(names: tuple[str, ...], claims: Any) -> dict[str, Any]:
    return {name: value for name, value in claims.items() if name in names}


def read_pages(given: PagesAnswered, connect: Connect) -> tuple[str, ...]:
    with ScriptedServer() as server:
        server.say(*given.pages, given.pages[-1])
        pages = AdminListGroupsForUserPaginator(connect(server.url)).paginate(
            Username="alice", UserPoolId="eu-west-1_EXAMPLE"
        )
        return tuple(group.group_name for group in pages.groups())


def carried(given: Carried) -> ClaimsAnswer:
    try:
        claims = detection.parse_event(
            given.carrier, given.event, known_groups=given.known_groups, comma_free=given.comma_free
        )
    except AmbiguousClaimsError:
        return ClaimsAnswer(error="ambiguous")
    except InvalidClaimsError:
        return ClaimsAnswer(error="invalid")
    said: dict[str, Any] = {
        "cognito:groups": [*claims.groups],
        "cognito:roles": [*claims.roles],
        "cognito:preferred_role": claims.preferred_role,
    }
    return ClaimsAnswer(claims={name: value for name, value in said.items() if value})
