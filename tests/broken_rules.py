"""This library with one rule broken at a time: a subclass of the adapter for each rule."""

# ruff: noqa: ARG002, an override need not use every argument

from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from types import EllipsisType
from typing import Any

from cognito_claims import GroupClaims, GroupType, InvalidResponseError, Policy, Resolution
from cognito_claims._wire import as_list, get_path
from cognito_claims.conformance.endpoint import CognitoClient, Endpoint, Pool
from cognito_claims.conformance.shapes import EventInput, RoleInput
from cognito_claims.events import ClaimsSource, TokenPair
from cognito_claims.identity_pool import AccessDenied, AssumedRole, MappingRule
from tests.conftest import Connect
from tests.vector_adapter import IssuedTokens, JsonObject, VectorAdapter

BREAKS: dict[str, type[VectorAdapter]] = {}
"""The adapter that breaks a rule, by the rule's ID."""

READER = "arn:aws:iam::123456789012:role/reader"
Groups = Iterable[GroupType | Mapping[str, object]]
Role = AssumedRole | AccessDenied


def breaks(rule: str) -> Callable[[type[VectorAdapter]], type[VectorAdapter]]:
    def register(broken: type[VectorAdapter]) -> type[VectorAdapter]:
        BREAKS[rule] = broken
        return broken

    return register


class BrokenRanking(VectorAdapter):
    """Lets the groups decide that come first by a wrong key."""

    def key(self, group: GroupType) -> float:
        raise NotImplementedError

    def resolve(self, groups: Groups) -> Resolution:
        right = super().resolve(groups)
        wrong = Resolution.from_ranking(tuple(sorted(right.ranking, key=self.key)), right.policy)
        return replace(wrong, ranking=right.ranking)


@breaks("lowest-wins")
class HighestWins(BrokenRanking):
    def key(self, group: GroupType) -> float:
        return 1 if group.precedence is None else -group.precedence


@breaks("null-ranks-last")
class NullRanksFirst(BrokenRanking):
    def key(self, group: GroupType) -> float:
        return -1 if group.precedence is None else group.precedence


class BrokenPreference(VectorAdapter):
    """Prefers a wrong role, unless that is `...`."""

    def prefer(self, right: Resolution) -> str | EllipsisType | None:
        raise NotImplementedError

    def resolve(self, groups: Groups) -> Resolution:
        right = super().resolve(groups)
        role = self.prefer(right)
        return right if isinstance(role, EllipsisType) else replace(right, preferred_role=role)


def count_nominated(right: Resolution) -> int:
    return len({group.role_arn for group in right.decided_by})


@breaks("tie-same-role")
class EveryTieIsAmbiguous(BrokenPreference):
    def prefer(self, right: Resolution) -> str | EllipsisType | None:
        return None if len(right.decided_by) > 1 and count_nominated(right) == 1 else ...


@breaks("tie-differing-roles")
class FirstOfATieWins(BrokenPreference):
    def prefer(self, right: Resolution) -> str | EllipsisType | None:
        return right.decided_by[0].role_arn if count_nominated(right) > 1 else ...


@breaks("only-role")
class OnlyRoleIsNotPreferred(BrokenPreference):
    def prefer(self, right: Resolution) -> str | EllipsisType | None:
        return None if len(right.roles) == 1 else ...


@breaks("null-ties")
class NullsDoNotTie(VectorAdapter):
    def resolve(self, groups: Groups) -> Resolution:
        right = super().resolve(groups)
        best = right.decided_by[:1]
        if not best or best[0].precedence is not None:
            return right
        return replace(right, decided_by=best, preferred_role=best[0].role_arn)


@breaks("roleless-ignored")
class RolelessCompetes(VectorAdapter):
    def resolve(self, groups: Groups) -> Resolution:
        right = super().resolve(groups)
        blocks = Resolution.from_ranking(right.ranking, replace(right.policy, roleless="blocks"))
        return replace(blocks, policy=right.policy)


@breaks("federated-auto-group")
class FederatedGroupCompetes(VectorAdapter):
    def resolve(self, groups: Groups) -> Resolution:
        right = super().resolve(groups)
        # Without its pool, a federated group is like any other.
        competing = tuple(
            group.model_copy(update={"user_pool_id": None})
            for group in right.ranking
            if group.role_arn is not None or self.is_federated(group)
        )
        wrong = Resolution.from_ranking(competing, Policy(roleless="blocks"))
        return replace(wrong, ranking=right.ranking, policy=right.policy)

    def is_federated(self, group: GroupType) -> bool:
        return group.precedence is None and group.group_name.startswith(f"{group.user_pool_id}_")


class BrokenTokens(VectorAdapter):
    """Issues wrong claims for a correct resolution."""

    def change(self, resolution: Resolution, id_token: JsonObject, access_token: JsonObject) -> None:
        raise NotImplementedError

    def issue_tokens(self, groups: Groups) -> IssuedTokens:
        issued = super().issue_tokens(groups)
        self.change(issued.resolution, issued.id_token, issued.access_token)
        return issued


@breaks("no-role")
class NoRoleIsEmpty(BrokenTokens):
    def change(self, resolution: Resolution, id_token: JsonObject, access_token: JsonObject) -> None:
        if not resolution.roles:
            id_token |= {"cognito:roles": [], "cognito:preferred_role": ""}


@breaks("no-groups")
class NoGroupsIsEmpty(BrokenTokens):
    def change(self, resolution: Resolution, id_token: JsonObject, access_token: JsonObject) -> None:
        id_token.setdefault("cognito:groups", [])
        access_token.setdefault("cognito:groups", [])


@breaks("all-groups")
class RolelessGroupsAreLeftOut(BrokenTokens):
    def change(self, resolution: Resolution, id_token: JsonObject, access_token: JsonObject) -> None:
        names = [group.group_name for group in resolution.ranking if group.role_arn is not None]
        for token in (id_token, access_token):
            token["cognito:groups"] = names
            if not names:
                del token["cognito:groups"]


@breaks("all-roles")
class PreferredRoleAlone(BrokenTokens):
    def change(self, resolution: Resolution, id_token: JsonObject, access_token: JsonObject) -> None:
        id_token.pop("cognito:roles", None)
        if resolution.preferred_role is not None:
            id_token["cognito:roles"] = [resolution.preferred_role]


@breaks("id-token-alone")
class RolesInTheAccessToken(BrokenTokens):
    def change(self, resolution: Resolution, id_token: JsonObject, access_token: JsonObject) -> None:
        access_token.update(id_token)


@breaks("token-arrays")
class OneElementIsText(BrokenTokens):
    def change(self, resolution: Resolution, id_token: JsonObject, access_token: JsonObject) -> None:
        for token in (id_token, access_token):
            token |= {name: value[0] for name, value in token.items() if len(value) == 1}

    def parse_event(self, case_input: EventInput) -> GroupClaims:
        match case_input.source:
            case ClaimsSource.JWT:
                groups: object = case_input.event["cognito:groups"]
            case ClaimsSource.APPSYNC:
                groups = get_path(case_input.event, "identity", "groups")
            case _:
                return super().parse_event(case_input)
        return GroupClaims(tuple(str(groups).split(",")))


@breaks("limit-bounds")
class LimitIsIgnored(VectorAdapter):
    def list_page(self, groups: list[JsonObject], limit: int, start: int) -> JsonObject:
        return super().list_page(groups, 100, start)


@breaks("token-ends")
class ThereIsAlwaysAToken(VectorAdapter):
    def list_page(self, groups: list[JsonObject], limit: int, start: int) -> JsonObject:
        return {"NextToken": str(len(groups)), **super().list_page(groups, limit, start)}

    def read_pages(self, pages: Iterable[JsonObject], connect: Connect) -> tuple[str, ...]:
        if any("NextToken" not in page for page in pages):
            raise RecursionError("the list never ends")
        return super().read_pages(pages, connect)


@breaks("each-group-once")
class TheLastOfAPageComesTwice(VectorAdapter):
    def list_page(self, groups: list[JsonObject], limit: int, start: int) -> JsonObject:
        page = super().list_page(groups, limit, start)
        return {**page, "Groups": page["Groups"] + page["Groups"][-1:]}


@dataclass(frozen=True)
class ForgetfulPool(Pool):
    """A pool whose lists cannot be resumed."""

    def list_groups(self, username: str, **settings: Any) -> Any:
        listed = super().list_groups(username, **settings)

        class Forgetful:
            resume_token = None
            groups = listed.groups
            __iter__ = listed.__iter__

        return Forgetful()


class ForgetfulEndpoint(Endpoint):
    @contextmanager
    def create_pool(self) -> Generator[Pool, None, None]:
        with super().create_pool() as pool:
            yield ForgetfulPool(pool.client, pool.id, pool.client_id, pool.account_id)


@breaks("max-items-resumes")
class NothingToResumeFrom(VectorAdapter):
    def create_endpoint(self, client: CognitoClient, account_id: str) -> Endpoint:
        return ForgetfulEndpoint(client, account_id)


@breaks("listed-as-created")
class NameAloneIsListed(VectorAdapter):
    def list_group(self, group: JsonObject) -> JsonObject:
        return {"GroupName": group["GroupName"]}


@breaks("unset-is-absent")
class UnsetIsZeroOrEmpty(VectorAdapter):
    def list_group(self, group: JsonObject) -> JsonObject:
        return {"Precedence": 0, **group}

    def read_pages(self, pages: Iterable[JsonObject], connect: Connect) -> tuple[str, ...]:
        if any(
            "" in (page.get("NextToken"), *group.values()) for page in pages for group in page["Groups"]
        ):
            raise InvalidResponseError("AdminListGroupsForUser", [])
        return super().read_pages(pages, connect)


class BrokenRestApi(VectorAdapter):
    """Splits the groups of a REST API's event in a wrong way."""

    def split(self, text: str) -> Iterable[str]:
        raise NotImplementedError

    def parse_event(self, case_input: EventInput) -> GroupClaims:
        if case_input.source is not ClaimsSource.REST_API:
            return super().parse_event(case_input)
        without_groups = deepcopy(case_input.event)
        claims: Any = get_path(without_groups, "requestContext", "authorizer", "claims")
        text = claims.pop("cognito:groups", None)
        right = super().parse_event(case_input.model_copy(update={"event": without_groups}))
        return replace(right, groups=tuple(self.split(text or "")))


@breaks("rest-commas")
class RestIsReadAsHttp(BrokenRestApi):
    def split(self, text: str) -> Iterable[str]:
        return text[1:-1].split(" ")


@breaks("rest-ambiguous")
class EveryCommaSplits(BrokenRestApi):
    def split(self, text: str) -> Iterable[str]:
        return text.split(",") if text else ()


@breaks("http-brackets")
class HttpIsReadAsRest(VectorAdapter):
    def parse_event(self, case_input: EventInput) -> GroupClaims:
        if case_input.source is not ClaimsSource.HTTP_API:
            return super().parse_event(case_input)
        authorizer: Any = get_path(case_input.event, "requestContext", "authorizer")
        claims = authorizer.get("jwt", authorizer)["claims"]
        groups, roles = (
            tuple(str(claims.get(name)).split(",")) for name in ("cognito:groups", "cognito:roles")
        )
        return GroupClaims(groups, roles, claims.get("cognito:preferred_role"))


@breaks("trigger-configuration")
class MembersAreMixedUp(VectorAdapter):
    def parse_event(self, case_input: EventInput) -> GroupClaims:
        claims = super().parse_event(case_input)
        if case_input.source is not ClaimsSource.PRE_TOKEN_GENERATION:
            return claims
        return GroupClaims(claims.roles, claims.groups, str(claims.preferred_role))


CONTAINERS = {
    "1": "claimsOverrideDetails",
    "2": "claimsAndScopeOverrideDetails",
    "3": "claimsAndScopeOverrideDetails",
}


class BrokenOverride(VectorAdapter):
    """Applies a changed override instead of the trigger's."""

    def change(self, details: JsonObject, id_token: JsonObject) -> None:
        raise NotImplementedError

    def apply_override(self, tokens: TokenPair, event: JsonObject) -> TokenPair:
        container = CONTAINERS[event["version"]]
        details: JsonObject = {**(event["response"].get(container) or {})}
        self.change(details, tokens.id_token)
        return super().apply_override(tokens, {**event, "response": {container: details}})


@breaks("override-replaces")
class GroupsAreNotReplaced(BrokenOverride):
    def change(self, details: JsonObject, id_token: JsonObject) -> None:
        if details.get("groupOverrideDetails"):
            del details["groupOverrideDetails"]


@breaks("override-empty")
class EmptyChangesNothing(BrokenOverride):
    def change(self, details: JsonObject, id_token: JsonObject) -> None:
        if not details.get("groupOverrideDetails"):
            details.pop("groupOverrideDetails", None)


@breaks("override-omitted")
class OmittedRemoves(BrokenOverride):
    def change(self, details: JsonObject, id_token: JsonObject) -> None:
        details.setdefault("groupOverrideDetails", {})


@breaks("override-partial")
class MissingKeysChangeNothing(BrokenOverride):
    def change(self, details: JsonObject, id_token: JsonObject) -> None:
        if details.get("groupOverrideDetails"):
            unchanged = {
                "groupsToOverride": id_token.get("cognito:groups", []),
                "iamRolesToOverride": id_token.get("cognito:roles", []),
                "preferredRole": id_token.get("cognito:preferred_role"),
            }
            details["groupOverrideDetails"] = {**unchanged, **details["groupOverrideDetails"]}


@breaks("override-unchecked")
class UnknownNamesAreLeftOut(BrokenOverride):
    def change(self, details: JsonObject, id_token: JsonObject) -> None:
        groups: JsonObject = {**(details.get("groupOverrideDetails") or {})}
        if groups:
            names = groups.get("groupsToOverride", [])
            groups["groupsToOverride"] = [name for name in names if " " not in name]
            if groups.get("preferredRole") not in groups.get("iamRolesToOverride", []):
                groups.pop("preferredRole", None)
            details["groupOverrideDetails"] = groups


@breaks("suppress-groups")
class RolesOutliveSuppressedGroups(VectorAdapter):
    def apply_override(self, tokens: TokenPair, event: JsonObject) -> TokenPair:
        issued = super().apply_override(tokens, event)
        suppressed = "cognito:groups" in tokens.id_token and "cognito:groups" not in issued.id_token
        if suppressed and "cognito:groups" in str(event):
            roles = {name: value for name, value in tokens.id_token.items() if "role" in name}
            return TokenPair(roles | issued.id_token, issued.access_token)
        return issued


@breaks("suppressed-wins")
class AddedWins(BrokenOverride):
    def change(self, details: JsonObject, id_token: JsonObject) -> None:
        for name in (None, "idTokenGeneration", "accessTokenGeneration"):
            generation = details if name is None else {**details.get(name, {})}
            added = generation.get("claimsToAddOrOverride", {})
            if "claimsToSuppress" in generation:
                generation["claimsToSuppress"] = [
                    one for one in generation["claimsToSuppress"] if one not in added
                ]
            if name in details:
                details[name] = generation


@breaks("reserved-claims")
class NothingIsReserved(VectorAdapter):
    def apply_override(self, tokens: TokenPair, event: JsonObject) -> TokenPair:
        issued = super().apply_override(tokens, event)
        details: JsonObject = event["response"].get(CONTAINERS[event["version"]]) or {}
        of_id_token: JsonObject | None = (
            details if event["version"] == "1" else details.get("idTokenGeneration")
        )
        return TokenPair(
            self.generate(issued.id_token, of_id_token or {}),
            self.generate(issued.access_token, details.get("accessTokenGeneration") or {}),
        )

    def generate(self, token: JsonObject, generation: JsonObject) -> JsonObject:
        token = token | generation.get("claimsToAddOrOverride", {})
        suppressed = generation.get("claimsToSuppress", [])
        return {name: value for name, value in token.items() if name not in suppressed}


def create_role(role_arn: str | None) -> Role:
    return AccessDenied("broken", ()) if role_arn is None else AssumedRole(role_arn, "broken", ())


def get_preferred_role(case_input: RoleInput) -> str | None:
    role = case_input.claims.get("cognito:preferred_role")
    return role if isinstance(role, str) else None


def get_mapping_type(case_input: RoleInput) -> str | None:
    return None if case_input.role_mapping is None else case_input.role_mapping.type


def names_rule(choice: Role, rule: str) -> bool:
    return any(one.id == rule for one in choice.rules)


@breaks("no-mapping")
class WithoutMappingTheTokenChooses(VectorAdapter):
    def choose_role(self, case_input: RoleInput) -> Role:
        custom = case_input.custom_role_arn
        if case_input.role_mapping is None and custom in (None, case_input.authenticated_role):
            return create_role(get_preferred_role(case_input))
        return super().choose_role(case_input)


@breaks("custom-role-without-mapping")
class WithoutMappingAnyCustomRole(VectorAdapter):
    def choose_role(self, case_input: RoleInput) -> Role:
        if case_input.role_mapping is None and case_input.custom_role_arn is not None:
            return create_role(case_input.custom_role_arn)
        return super().choose_role(case_input)


@breaks("custom-role")
class CustomRoleIsIgnored(VectorAdapter):
    mapping_type = "Token"

    def choose_role(self, case_input: RoleInput) -> Role:
        if get_mapping_type(case_input) == self.mapping_type:
            case_input = case_input.model_copy(update={"custom_role_arn": None})
        return super().choose_role(case_input)


@breaks("custom-role-of-rules")
class CustomRoleIsIgnoredByRules(CustomRoleIsIgnored):
    mapping_type = "Rules"


@breaks("preferred-assumed")
class PreferredRoleIsIgnored(VectorAdapter):
    def choose_role(self, case_input: RoleInput) -> Role:
        if get_mapping_type(case_input) == "Token":
            claims = {n: v for n, v in case_input.claims.items() if n != "cognito:preferred_role"}
            case_input = case_input.model_copy(update={"claims": claims})
        return super().choose_role(case_input)


@breaks("ambiguous-resolution")
class AmbiguousTakesTheFirstRole(VectorAdapter):
    def choose_role(self, case_input: RoleInput) -> Role:
        right = super().choose_role(case_input)
        if not names_rule(right, "ambiguous-resolution"):
            return right
        roles: Any = case_input.claims.get("cognito:roles", [])
        return create_role([*roles, READER][0])


@breaks("no-roles")
class NoRolesIsTheOtherWayRound(VectorAdapter):
    def choose_role(self, case_input: RoleInput) -> Role:
        right = super().choose_role(case_input)
        if not names_rule(right, "no-roles"):
            return right
        return create_role(None if right.role_arn else case_input.authenticated_role)


@breaks("first-match")
class TheTokenChoosesThoughARuleMatches(VectorAdapter):
    def choose_role(self, case_input: RoleInput) -> Role:
        right = super().choose_role(case_input)
        by_rule = names_rule(right, "first-match")
        return create_role(get_preferred_role(case_input)) if by_rule else right


@breaks("no-match")
class TheFirstRuleIsADefault(VectorAdapter):
    def choose_role(self, case_input: RoleInput) -> Role:
        right = super().choose_role(case_input)
        mapping = case_input.role_mapping
        if not names_rule(right, "no-match") or mapping is None or mapping.rules_configuration is None:
            return right
        return create_role(mapping.rules_configuration.rules[0].role_arn)


class BrokenMatching(VectorAdapter):
    """Lets some rules match a different claim, whose value is a wrong reading of theirs."""

    def read(self, claim: object) -> str | None:
        """Return the wrong reading of a claim, or `None` if the right one is kept."""
        raise NotImplementedError

    def choose_role(self, case_input: RoleInput) -> Role:
        mapping = case_input.role_mapping
        if mapping is None or mapping.rules_configuration is None:
            return super().choose_role(case_input)
        claims = dict(case_input.claims)
        rules: list[MappingRule] = []
        for rule in mapping.rules_configuration.rules:
            wrong = self.read(case_input.claims.get(rule.claim))
            if wrong is not None:
                claims[f"wrong:{rule.claim}"] = wrong
                rule = rule.model_copy(update={"claim": f"wrong:{rule.claim}"})  # noqa: PLW2901
            rules.append(rule)
        configuration = mapping.rules_configuration.model_copy(update={"rules": tuple(rules)})
        mapping = mapping.model_copy(update={"rules_configuration": configuration})
        changed = {"claims": claims, "role_mapping": mapping}
        return super().choose_role(case_input.model_copy(update=changed))


@breaks("absent-claim")
class AnAbsentClaimIsEmpty(BrokenMatching):
    def read(self, claim: object) -> str | None:
        return "" if claim is None else None


@breaks("array-elements")
class AnArrayIsItsText(BrokenMatching):
    def read(self, claim: object) -> str | None:
        elements = as_list(claim)
        return None if elements is None else str(elements)
