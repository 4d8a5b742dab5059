"""The adapter from the conformance vectors to this library."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cognito_claims import (
    AmbiguousClaimsError,
    GroupClaims,
    GroupType,
    InvalidClaimsError,
    Resolution,
    resolve,
    resolve_user,
)
from cognito_claims.access import Assessment, evaluate_trust
from cognito_claims.client import ClientWithEvents
from cognito_claims.conformance.cases import CLAIMS_BY_SUBJECT
from cognito_claims.conformance.endpoint import Endpoint
from cognito_claims.conformance.shapes import (
    Answer,
    ClaimsAnswer,
    EventInput,
    GroupNamesAnswer,
    GroupsInput,
    OverrideAnswer,
    OverrideInput,
    PagesInput,
    RoleAnswer,
    RoleInput,
    TokensAnswer,
    TrustAnswer,
    TrustInput,
)
from cognito_claims.events import (
    TokenPair,
    apply_override,
    parse_event,
)
from cognito_claims.identity_pool import AccessDenied, AssumedRole, choose_role
from tests.conftest import Connect
from tests.scripted_server import ScriptedServer

JsonObject = dict[str, Any]


@dataclass(frozen=True)
class IssuedTokens:
    """The group claims of both tokens, and the resolution that they follow from."""

    resolution: Resolution
    id_token: JsonObject
    access_token: JsonObject


class VectorAdapter:
    """This library, with one method for each part that a rule decides.

    To break a rule, a subclass overrides one of them. No test patches the library.
    """

    def resolve(self, groups: Iterable[GroupType | Mapping[str, object]]) -> Resolution:
        return resolve(groups)

    def issue_tokens(self, groups: Iterable[GroupType | Mapping[str, object]]) -> IssuedTokens:
        resolution = self.resolve(groups)
        claims = resolution.claims
        return IssuedTokens(resolution, {**claims.id_token()}, {**claims.access_token()})

    def list_group(self, group: JsonObject) -> JsonObject:
        """Return a group as the service lists it."""
        return group

    def list_page(self, groups: list[JsonObject], limit: int, start: int) -> JsonObject:
        """Return the page of the service that begins at a group."""
        page: JsonObject = {"Groups": groups[start : start + limit]}
        if start + limit < len(groups):
            page["NextToken"] = str(start + limit)
        return page

    def create_endpoint(self, client: ClientWithEvents, account_id: str) -> Endpoint:
        return Endpoint(client, account_id)

    def read_pages(self, pages: Iterable[JsonObject], connect: Connect) -> tuple[str, ...]:
        """Return the names of the groups that a client collects."""
        with ScriptedServer() as server:
            server.queue_response(*pages, [*pages][-1])
            client = connect(server.url)
            resolution = resolve_user(client, username="alice", user_pool_id="eu-west-1_EXAMPLE")
            return tuple(group.group_name for group in resolution.ranking)

    def parse_event(self, case_input: EventInput) -> GroupClaims:
        return parse_event(
            case_input.source,
            case_input.event,
            known_groups=case_input.known_groups,
            comma_free=case_input.comma_free,
        )

    def apply_override(self, tokens: TokenPair, event: JsonObject) -> TokenPair:
        return apply_override(tokens, event)

    def choose_role(self, case_input: RoleInput) -> AssumedRole | AccessDenied:
        return choose_role(
            case_input.claims,
            case_input.role_mapping,
            authenticated_role=case_input.authenticated_role,
            custom_role_arn=case_input.custom_role_arn,
        )

    def evaluate_trust(self, case_input: TrustInput) -> Assessment:
        return evaluate_trust(
            case_input.policy,
            identity_pool_id=case_input.identity_pool_id,
            principal_tags=case_input.principal_tags,
            identity_id=case_input.identity_id,
        )

    def answer(self, subject: str, case_input: object, connect: Connect) -> Answer:
        """Return this library's answer to the input of a case."""
        match case_input:
            case GroupsInput():
                return self._answer_tokens(CLAIMS_BY_SUBJECT[subject], case_input)
            case PagesInput():
                return GroupNamesAnswer(groups=self.read_pages(case_input.pages, connect))
            case EventInput():
                return self._answer_event(case_input)
            case OverrideInput():
                tokens = TokenPair(case_input.id_token, case_input.access_token)
                issued = self.apply_override(tokens, case_input.event)
                return OverrideAnswer(id_token=issued.id_token, access_token=issued.access_token)
            case RoleInput():
                return RoleAnswer(role_arn=self.choose_role(case_input).role_arn)
            case TrustInput():
                trust = self.evaluate_trust(case_input)
                warnings = tuple(rule.id for rule in trust.warnings)
                return TrustAnswer(verdict=trust.verdict, warnings=warnings)
            case _:
                raise TypeError(subject)

    def _answer_tokens(self, names: tuple[str, ...], case_input: GroupsInput) -> TokensAnswer:
        issued = self.issue_tokens(case_input.groups)
        return TokensAnswer(
            id_token={name: value for name, value in issued.id_token.items() if name in names},
            access_token={name: value for name, value in issued.access_token.items() if name in names},
            decided_by=tuple(group.group_name for group in issued.resolution.decided_by),
        )

    def _answer_event(self, case_input: EventInput) -> ClaimsAnswer:
        try:
            claims = self.parse_event(case_input)
        except AmbiguousClaimsError:
            return ClaimsAnswer(error="ambiguous")
        except InvalidClaimsError:
            return ClaimsAnswer(error="invalid")
        members: JsonObject = {
            "cognito:groups": [*claims.groups],
            "cognito:roles": [*claims.roles],
            "cognito:preferred_role": claims.preferred_role,
        }
        return ClaimsAnswer(claims={name: value for name, value in members.items() if value})
