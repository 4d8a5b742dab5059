"""Broken rules of events and of pre token generation triggers."""

# ruff: noqa: ARG002, an override need not use every argument

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import replace
from typing import Any

from cognito_claims import AmbiguousClaimsError, GroupClaims, InvalidClaimsError
from cognito_claims._wire.json import as_list, get_path
from cognito_claims.conformance.shapes import EventInput, RoleInput
from cognito_claims.errors import Problem
from cognito_claims.events import ClaimsSource, TokenPair
from cognito_claims.identity_pool import AccessDenied, AssumedRole
from tests.broken_rules.registry import breaks
from tests.vector_adapter import JsonObject, VectorAdapter


def get_authorizer_claims(event: JsonObject) -> JsonObject:
    authorizer: Any = get_path(event, "requestContext", "authorizer") or {}
    claims: JsonObject = (authorizer.get("jwt") or authorizer).get("claims", {})
    return claims


class BrokenRestApi(VectorAdapter):
    """Splits the groups of a REST API's event incorrectly."""

    def split(self, text: str, case_input: EventInput) -> Iterable[str]:
        raise NotImplementedError

    def parse_event(self, case_input: EventInput) -> GroupClaims:
        if case_input.source is not ClaimsSource.REST_API:
            return super().parse_event(case_input)
        without_groups = deepcopy(case_input.event)
        claims: Any = get_path(without_groups, "requestContext", "authorizer", "claims")
        if claims is None or not isinstance(text := claims.pop("cognito:groups", ""), str):
            return super().parse_event(case_input)
        right = super().parse_event(case_input.model_copy(update={"event": without_groups}))
        return replace(right, groups=tuple(self.split(text, case_input)))


@breaks("rest-commas")
class RestIsReadAsHttp(BrokenRestApi):
    def parse_event(self, case_input: EventInput) -> GroupClaims:
        claims = get_authorizer_claims(case_input.event)
        try:
            return super().parse_event(case_input)
        except InvalidClaimsError:
            is_string = isinstance(claims.get("cognito:groups", ""), str)
            if case_input.source is not ClaimsSource.REST_API or not claims or not is_string:
                raise
            return GroupClaims()  # the roles may be of any form

    def split(self, text: str, case_input: EventInput) -> Iterable[str]:
        return text[1:-1].split(" ")


@breaks("rest-ambiguous")
class EveryCommaSplits(BrokenRestApi):
    def split(self, text: str, case_input: EventInput) -> Iterable[str]:
        return text.split(",") if text else ()


def find_splits(text: str, names: Iterable[str]) -> list[list[str]]:
    """Return every way to split a string into these names, which commas join."""
    ways = [[text]] if text in names else []
    for name in names:
        if text.startswith(f"{name},"):
            ways += [[name, *rest] for rest in find_splits(text[len(name) + 1 :], names)]
    return ways


@breaks("legal-names")
class AnyTextIsAName(BrokenRestApi):
    def split(self, text: str, case_input: EventInput) -> Iterable[str]:
        parts = text.split(",")
        if not text or case_input.comma_free or len(parts) == 1:
            return filter(None, parts)
        ways = find_splits(text, case_input.known_groups or ())
        if len(ways) != 1:
            raise AmbiguousClaimsError("broken", [Problem("", "ambiguous")])
        return ways[0]


@breaks("unknown-names")
class UnknownNamesAreInvalid(VectorAdapter):
    def parse_event(self, case_input: EventInput) -> GroupClaims:
        try:
            return super().parse_event(case_input)
        except AmbiguousClaimsError as error:
            text = get_path(case_input.event, "requestContext", "authorizer", "claims", "cognito:groups")
            known = case_input.known_groups
            if known is None or find_splits(str(text), known):
                raise
            raise InvalidClaimsError("broken", error.problems) from None


@breaks("decoded-arrays")
class ArraysAreReadAsTheirText(VectorAdapter):
    def parse_event(self, case_input: EventInput) -> GroupClaims:
        event = deepcopy(case_input.event)
        claims = get_authorizer_claims(event)
        texts = {name: str(value) for name, value in claims.items() if as_list(value) is not None}
        claims.update(texts)
        return super().parse_event(case_input.model_copy(update={"event": event}))


@breaks("http-brackets")
class HttpIsReadAsRest(VectorAdapter):
    def parse_event(self, case_input: EventInput) -> GroupClaims:
        claims = get_authorizer_claims(case_input.event)
        is_string = isinstance(claims.get("cognito:groups", ""), str)
        if case_input.source is not ClaimsSource.HTTP_API or not claims or not is_string:
            return super().parse_event(case_input)
        groups, roles = (
            tuple(str(claims.get(name)).split(",")) for name in ("cognito:groups", "cognito:roles")
        )
        return GroupClaims(groups, roles, claims.get("cognito:preferred_role"))


NAMES_IN_TRIGGERS = {
    "cognito:groups": "groupsToOverride",
    "cognito:roles": "iamRolesToOverride",
    "cognito:preferred_role": "preferredRole",
}


def find_group_claims(case_input: EventInput) -> JsonObject | None:
    """Return the object with the claims of an event, or `None` if it is missing."""
    found: Any
    match case_input.source:
        case ClaimsSource.JWT:
            found = case_input.event
        case ClaimsSource.APPSYNC:
            found = get_path(case_input.event, "identity", "claims")
        case ClaimsSource.PRE_TOKEN_GENERATION:
            request: Any = get_path(case_input.event, "request")
            found = None if request is None else request.get("groupConfiguration") or {}
        case _:
            found = get_authorizer_claims(case_input.event) or None
    claims: JsonObject | None = found
    return claims


def list_group_claims(case_input: EventInput) -> dict[str, Any]:
    """Return the group claims that an event has, by their names in the event."""
    claims = find_group_claims(case_input) or {}
    names = {*NAMES_IN_TRIGGERS, *NAMES_IN_TRIGGERS.values()}
    return {name: value for name, value in claims.items() if name in names}


@breaks("empty-claims")
class EmptyClaimsAreValues(VectorAdapter):
    def parse_event(self, case_input: EventInput) -> GroupClaims:
        for name, value in list_group_claims(case_input).items():
            is_null = value is None and name != "preferredRole"  # this null is documented
            is_array = value == [] and name not in NAMES_IN_TRIGGERS.values()
            if is_null or is_array or (value == "" and "preferred" in name):
                raise InvalidClaimsError("broken", [Problem(name, "is empty")])
        return super().parse_event(case_input)

    def apply_override(self, tokens: TokenPair, event: JsonObject) -> TokenPair:
        issued = super().apply_override(tokens, event)
        details: JsonObject = event["response"].get(CONTAINERS[event["version"]]) or {}
        if get_path(details, "groupOverrideDetails", "preferredRole") == "":
            return replace(issued, id_token=issued.id_token | {"cognito:preferred_role": ""})
        return issued

    def choose_role(self, case_input: RoleInput) -> AssumedRole | AccessDenied:
        if case_input.claims.get("cognito:preferred_role") == "":
            return AccessDenied("broken", ())
        return super().choose_role(case_input)


@breaks("missing-claims")
class MissingClaimsAreNone(VectorAdapter):
    def parse_event(self, case_input: EventInput) -> GroupClaims:
        if find_group_claims(case_input) is None:
            return GroupClaims()
        return super().parse_event(case_input)


@breaks("malformed-claims")
class MalformedClaimsAreLeftOut(VectorAdapter):
    def parse_event(self, case_input: EventInput) -> GroupClaims:
        by_gateway = case_input.source in (ClaimsSource.REST_API, ClaimsSource.HTTP_API)
        changed = case_input.model_copy(update={"event": deepcopy(case_input.event)})
        for name, value in list_group_claims(case_input).items():
            is_text = isinstance(value, str) and (by_gateway or "preferred" in name)
            if not is_text and not self.is_array_of_names(value, name):
                (find_group_claims(changed) or {})[name] = None
        return super().parse_event(changed)

    def is_array_of_names(self, value: object, name: str) -> bool:
        elements = as_list(value)
        if value is None or elements is None or "preferred" in name:
            return value is None
        return all(isinstance(one, str) and one for one in elements)


@breaks("trigger-configuration")
class MembersAreMixedUp(VectorAdapter):
    def parse_event(self, case_input: EventInput) -> GroupClaims:
        claims = super().parse_event(case_input)
        is_trigger = case_input.source is ClaimsSource.PRE_TOKEN_GENERATION
        if not is_trigger or list_group_claims(case_input).get("groupsToOverride", ()) is None:
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
            groups["groupsToOverride"] = [name for name in names if not name.startswith("no-such-")]
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


GROUP_CLAIMS = ("cognito:groups", "cognito:roles", "cognito:preferred_role")


@breaks("claims-changed")
class ClaimsDoNotChange(BrokenOverride):
    def change(self, details: JsonObject, id_token: JsonObject) -> None:
        for name in (None, "idTokenGeneration", "accessTokenGeneration"):
            generation: JsonObject = details if name is None else {**(details.get(name) or {})}
            generation.pop("claimsToAddOrOverride", None)
            if "cognito:groups" in generation.pop("claimsToSuppress", ()):
                generation["claimsToSuppress"] = ["cognito:groups"]
            if name in details:
                details[name] = generation


@breaks("trigger-scopes")
class ScopesDoNotChange(BrokenOverride):
    def change(self, details: JsonObject, id_token: JsonObject) -> None:
        if generation := details.get("accessTokenGeneration"):
            kept = {name: value for name, value in generation.items() if not name.startswith("scopes")}
            details["accessTokenGeneration"] = kept


class BrokenTokens(VectorAdapter):
    """Changes each issued token by the part of the response that applies to it."""

    def generate(self, token: JsonObject, generation: JsonObject, before: JsonObject) -> JsonObject:
        raise NotImplementedError

    def apply_override(self, tokens: TokenPair, event: JsonObject) -> TokenPair:
        issued = super().apply_override(tokens, event)
        details: JsonObject = event["response"].get(CONTAINERS[event["version"]]) or {}
        of_id_token: JsonObject | None = (
            details if event["version"] == "1" else details.get("idTokenGeneration")
        )
        of_access_token: JsonObject | None = details.get("accessTokenGeneration")
        return TokenPair(
            self.generate(issued.id_token, of_id_token or {}, tokens.id_token),
            self.generate(issued.access_token, of_access_token or {}, tokens.access_token),
        )


@breaks("reserved-claims")
class NothingIsReserved(BrokenTokens):
    def generate(self, token: JsonObject, generation: JsonObject, before: JsonObject) -> JsonObject:
        added = generation.get("claimsToAddOrOverride", {})
        suppressed = generation.get("claimsToSuppress", [])
        token = token | {name: value for name, value in added.items() if self.is_reserved(name)}
        return {
            name: value
            for name, value in token.items()
            if name not in suppressed or not self.is_reserved(name)
        }

    def is_reserved(self, name: str) -> bool:
        return name not in GROUP_CLAIMS


@breaks("group-claims-by-name")
class GroupClaimsAreOrdinaryClaims(NothingIsReserved):
    def is_reserved(self, name: str) -> bool:
        return name in GROUP_CLAIMS


class BrokenScopes(BrokenTokens):
    """Joins wrong scopes."""

    def join(self, before: list[str], added: list[str], suppressed: list[str]) -> list[str]:
        raise NotImplementedError

    def generate(self, token: JsonObject, generation: JsonObject, before: JsonObject) -> JsonObject:
        added, suppressed = (generation.get(name, []) for name in ("scopesToAdd", "scopesToSuppress"))
        if not added and not suppressed:
            return token
        scopes = self.join(before.get("scope", "").split(), added, suppressed)
        others = {name: value for name, value in token.items() if name != "scope"}
        return {**others, **({"scope": " ".join(scopes)} if scopes else {})}


@breaks("scope-once")
class ScopesAreAddedAgain(BrokenScopes):
    def join(self, before: list[str], added: list[str], suppressed: list[str]) -> list[str]:
        return [scope for scope in [*before, *added] if scope not in suppressed]


@breaks("suppressed-scope-wins")
class AddedScopeWins(BrokenScopes):
    def join(self, before: list[str], added: list[str], suppressed: list[str]) -> list[str]:
        kept = [scope for scope in before if scope not in suppressed]
        return [*dict.fromkeys([*kept, *added])]


@breaks("no-scopes")
class NoScopesAreEmpty(BrokenTokens):
    def generate(self, token: JsonObject, generation: JsonObject, before: JsonObject) -> JsonObject:
        return {"scope": "", **token} if "scope" in before else token
