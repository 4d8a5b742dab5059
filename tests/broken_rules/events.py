"""Broken rules of events and of pre token generation triggers."""

# ruff: noqa: ARG002, an override need not use every argument

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import replace
from typing import Any

from cognito_claims import AmbiguousClaimsError, GroupClaims, InvalidClaimsError
from cognito_claims._wire.json import as_list, get_path
from cognito_claims.conformance.shapes import EventInput
from cognito_claims.events import ClaimsSource, TokenPair
from tests.broken_rules.registry import breaks
from tests.vector_adapter import JsonObject, VectorAdapter


class BrokenRestApi(VectorAdapter):
    """Splits the groups of a REST API's event incorrectly."""

    def split(self, text: str) -> Iterable[str]:
        raise NotImplementedError

    def parse_event(self, case_input: EventInput) -> GroupClaims:
        if case_input.source is not ClaimsSource.REST_API:
            return super().parse_event(case_input)
        without_groups = deepcopy(case_input.event)
        claims: Any = get_path(without_groups, "requestContext", "authorizer", "claims")
        text = claims.pop("cognito:groups", None)
        if as_list(text) is not None:
            return super().parse_event(case_input)
        right = super().parse_event(case_input.model_copy(update={"event": without_groups}))
        return replace(right, groups=tuple(self.split(text or "")))


@breaks("rest-commas")
class RestIsReadAsHttp(BrokenRestApi):
    def parse_event(self, case_input: EventInput) -> GroupClaims:
        try:
            return super().parse_event(case_input)
        except InvalidClaimsError:
            if case_input.source is not ClaimsSource.REST_API:
                raise
            return GroupClaims()  # the roles may be of any form

    def split(self, text: str) -> Iterable[str]:
        return text[1:-1].split(" ")


@breaks("rest-ambiguous")
class EveryCommaSplits(BrokenRestApi):
    def split(self, text: str) -> Iterable[str]:
        return text.split(",") if text else ()


def can_split(text: str, names: Iterable[str]) -> bool:
    """Return whether a string is a list of these names, joined with commas."""
    return text in names or any(
        text.startswith(f"{name},") and can_split(text[len(name) + 1 :], names) for name in names
    )


@breaks("unknown-names")
class UnknownNamesAreInvalid(VectorAdapter):
    def parse_event(self, case_input: EventInput) -> GroupClaims:
        try:
            return super().parse_event(case_input)
        except AmbiguousClaimsError as error:
            text = get_path(case_input.event, "requestContext", "authorizer", "claims", "cognito:groups")
            known = case_input.known_groups
            if known is None or can_split(str(text), known):
                raise
            raise InvalidClaimsError("broken", error.problems) from None


def get_authorizer_claims(event: JsonObject) -> JsonObject:
    authorizer: Any = get_path(event, "requestContext", "authorizer") or {}
    claims: JsonObject = authorizer.get("jwt", authorizer).get("claims", {})
    return claims


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
        if case_input.source is not ClaimsSource.HTTP_API or as_list(claims.get("cognito:groups")):
            return super().parse_event(case_input)
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
            generation = details if name is None else {**(details.get(name) or {})}
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
        of_id_token = details if event["version"] == "1" else details.get("idTokenGeneration") or {}
        of_access_token = details.get("accessTokenGeneration") or {}
        return TokenPair(
            self.generate(issued.id_token, of_id_token, tokens.id_token),
            self.generate(issued.access_token, of_access_token, tokens.access_token),
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
