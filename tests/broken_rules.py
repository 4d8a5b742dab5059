"""This library with one rule broken at a time, to see who notices."""

# pyright: reportUnknownLambdaType=false, reportUnknownArgumentType=false

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from cognito_claims import (
    GroupClaims,
    GroupType,
    InvalidResponseError,
    Policy,
    Resolution,
)
from cognito_claims.client._iteration import BasePageIterator
from cognito_claims.conformance.shapes import PagesAnswered
from cognito_claims.events import TokenPair, api_gateway, detection, pre_token_generation
from cognito_claims.events.pre_token_generation import issuing
from cognito_claims.events.pre_token_generation.models import CONTAINERS
from cognito_claims.identity_pool import choice
from cognito_claims.resolver.decision import Decision, is_federated_auto_group
from tests import vector_adapter
from tests.conftest import Connect
from tests.fake_cognito import FakeCognito

Break = Callable[[pytest.MonkeyPatch], None]
BREAKS: dict[str, Break] = {}
READER = "arn:aws:iam::123456789012:role/reader"


def breaks(rule: str) -> Callable[[Break], Break]:
    def register(broken: Break) -> Break:
        BREAKS[rule] = broken
        return broken

    return register


Groups = tuple[GroupType, ...]
Decide = Callable[[Groups, Policy], Decision]


def decides(patch: pytest.MonkeyPatch, broken: Callable[[Decide, Groups, Policy], Decision]) -> None:
    """Decide in a broken way, which may use the right one."""
    right = Decision.from_ranking.__func__  # type: ignore[attr-defined]

    def from_ranking(cls: type[Decision], ranking: Groups, policy: Policy) -> Decision:
        decision = broken(lambda *given: right(cls, *given), ranking, policy)
        return replace(decision, ranking=ranking, policy=policy)

    patch.setattr(Decision, "from_ranking", classmethod(from_ranking))


def ranks_by(patch: pytest.MonkeyPatch, key: Callable[[GroupType], Any]) -> None:
    """Let the groups decide that come first by the key."""
    decides(patch, lambda right, ranking, policy: right(tuple(sorted(ranking, key=key)), policy))


def prefers(patch: pytest.MonkeyPatch, other: Callable[[Decision], Any]) -> None:
    """Prefer a different role, where that is not `...`."""

    def broken(right: Decide, ranking: Groups, policy: Policy) -> Decision:
        decision = right(ranking, policy)
        role = other(decision)
        return decision if role is ... else replace(decision, preferred_role=role)

    decides(patch, broken)


@breaks("lowest-wins")
def highest_wins(patch: pytest.MonkeyPatch) -> None:
    ranks_by(patch, lambda group: 1 if group.precedence is None else -group.precedence)


@breaks("null-ranks-last")
def null_ranks_first(patch: pytest.MonkeyPatch) -> None:
    ranks_by(patch, lambda group: -1 if group.precedence is None else group.precedence)


def nominated(decision: Decision) -> set[str | None]:
    return {group.role_arn for group in decision.decided_by}


@breaks("tie-same-role")
def every_tie_is_ambiguous(patch: pytest.MonkeyPatch) -> None:
    def other(decision: Decision) -> Any:
        return None if len(decision.decided_by) > 1 and len(nominated(decision)) == 1 else ...

    prefers(patch, other)


@breaks("tie-differing-roles")
def first_of_a_tie_wins(patch: pytest.MonkeyPatch) -> None:
    def other(decision: Decision) -> Any:
        return decision.decided_by[0].role_arn if len(nominated(decision)) > 1 else ...

    prefers(patch, other)


@breaks("only-role")
def only_role_is_not_preferred(patch: pytest.MonkeyPatch) -> None:
    prefers(patch, lambda decision: None if len(decision.roles) == 1 else ...)


@breaks("null-ties")
def nulls_do_not_tie(patch: pytest.MonkeyPatch) -> None:
    def broken(right: Decide, ranking: Groups, policy: Policy) -> Decision:
        decision = right(ranking, policy)
        best = decision.decided_by[:1]
        if not best or best[0].precedence is not None:
            return decision
        return replace(decision, decided_by=best, preferred_role=best[0].role_arn)

    decides(patch, broken)


@breaks("roleless-ignored")
def roleless_competes(patch: pytest.MonkeyPatch) -> None:
    decides(patch, lambda right, ranking, policy: right(ranking, replace(policy, roleless="blocks")))


@breaks("federated-auto-group")
def federated_group_competes(patch: pytest.MonkeyPatch) -> None:
    def broken(right: Decide, ranking: Groups, policy: Policy) -> Decision:
        # Without its pool, nothing tells a federated group from others.
        competing = tuple(
            group.model_copy(update={"user_pool_id": None})
            for group in ranking
            if group.role_arn is not None or is_federated_auto_group(group)
        )
        return right(competing, replace(policy, roleless="blocks"))

    decides(patch, broken)


def issues(
    patch: pytest.MonkeyPatch, change: Callable[[Resolution, dict[str, Any], dict[str, Any]], None]
) -> None:
    """Put other claims into the two tokens."""
    original: Any = Resolution.claims

    class Claims(GroupClaims):
        resolution: Resolution

        def both(self) -> tuple[dict[str, Any], dict[str, Any]]:
            tokens = {**super().id_token()}, {**super().access_token()}
            change(self.resolution, *tokens)
            return tokens

        def id_token(self) -> Any:
            return self.both()[0]

        def access_token(self) -> Any:
            return self.both()[1]

    def claims(resolution: Resolution) -> GroupClaims:
        right: GroupClaims = original.fget(resolution)
        wrong = Claims(right.groups, right.roles, right.preferred_role)
        object.__setattr__(wrong, "resolution", resolution)
        return wrong

    patch.setattr(Resolution, "claims", property(claims))


@breaks("no-role")
def no_role_is_empty(patch: pytest.MonkeyPatch) -> None:
    def change(resolution: Resolution, id_token: dict[str, Any], _: object) -> None:
        if not resolution.roles:
            id_token |= {"cognito:roles": [], "cognito:preferred_role": ""}

    issues(patch, change)


@breaks("no-groups")
def no_groups_is_empty(patch: pytest.MonkeyPatch) -> None:
    def change(_: object, id_token: dict[str, Any], access_token: dict[str, Any]) -> None:
        id_token.setdefault("cognito:groups", [])
        access_token.setdefault("cognito:groups", [])

    issues(patch, change)


@breaks("all-groups")
def roleless_groups_are_left_out(patch: pytest.MonkeyPatch) -> None:
    def change(resolution: Resolution, *tokens: dict[str, Any]) -> None:
        for token in tokens:
            token["cognito:groups"] = [
                group.group_name for group in resolution.ranking if group.role_arn is not None
            ]
            if not token["cognito:groups"]:
                del token["cognito:groups"]

    issues(patch, change)


@breaks("all-roles")
def preferred_role_alone(patch: pytest.MonkeyPatch) -> None:
    def change(resolution: Resolution, id_token: dict[str, Any], _: object) -> None:
        id_token.pop("cognito:roles", None)
        if resolution.preferred_role is not None:
            id_token["cognito:roles"] = [resolution.preferred_role]

    issues(patch, change)


@breaks("id-token-alone")
def roles_in_the_access_token(patch: pytest.MonkeyPatch) -> None:
    issues(patch, lambda _, id_token, access_token: access_token.update(id_token))


@breaks("token-arrays")
def one_element_is_text(patch: pytest.MonkeyPatch) -> None:
    def change(_: object, *tokens: dict[str, Any]) -> None:
        for token in tokens:
            token |= {name: value[0] for name, value in token.items() if len(value) == 1}

    issues(patch, change)
    patch.setattr(detection, "parse_token_payload", lambda event: as_text(event["cognito:groups"]))
    patch.setattr(detection, "parse_appsync_event", lambda event: as_text(event["identity"]["groups"]))


def as_text(groups: object) -> GroupClaims:
    return GroupClaims(tuple(str(groups).split(",")))


@breaks("limit-bounds")
def limit_is_ignored(patch: pytest.MonkeyPatch) -> None:
    original = FakeCognito.page_of
    patch.setattr(FakeCognito, "page_of", lambda self, groups, _, start: original(self, groups, 100, start))


@breaks("token-ends")
def there_is_always_a_token(patch: pytest.MonkeyPatch) -> None:
    original = FakeCognito.page_of

    def page_of(self: FakeCognito, groups: list[Any], limit: int, start: int) -> dict[str, Any]:
        return {"NextToken": str(len(groups)), **original(self, groups, limit, start)}

    patch.setattr(FakeCognito, "page_of", page_of)

    original_pages = vector_adapter.read_pages

    def read_pages(given: PagesAnswered, connect: Connect) -> tuple[str, ...]:
        if any("NextToken" not in page for page in given.pages):
            raise RecursionError("asks for ever")
        return original_pages(given, connect)

    patch.setattr(vector_adapter, "read_pages", read_pages)


@breaks("each-group-once")
def the_last_of_a_page_comes_twice(patch: pytest.MonkeyPatch) -> None:
    original = FakeCognito.page_of

    def page_of(self: FakeCognito, groups: list[Any], limit: int, start: int) -> dict[str, Any]:
        page = original(self, groups, limit, start)
        return {**page, "Groups": page["Groups"] + page["Groups"][-1:]}

    patch.setattr(FakeCognito, "page_of", page_of)


@breaks("max-items-resumes")
def nothing_to_resume_from(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(BasePageIterator, "resume_token", None)


@breaks("listed-as-created")
def name_alone_is_listed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(FakeCognito, "listed", lambda _, group: {"GroupName": group["GroupName"]})


@breaks("unset-is-absent")
def unset_is_zero_or_empty(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(FakeCognito, "listed", lambda _, group: {"Precedence": 0, **group})
    original = vector_adapter.read_pages

    def read_pages(given: PagesAnswered, connect: Connect) -> tuple[str, ...]:
        if '""' in given.model_dump_json():
            raise InvalidResponseError("AdminListGroupsForUser", [])
        return original(given, connect)

    patch.setattr(vector_adapter, "read_pages", read_pages)


@breaks("rest-commas")
def rest_is_read_as_http(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(api_gateway, "_split_groups", lambda text, *_, **__: tuple(str(text)[1:-1].split(" ")))


@breaks("rest-ambiguous")
def every_comma_splits(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        api_gateway, "_split_groups", lambda text, *_, **__: tuple(str(text).split(",")) if text else ()
    )


@breaks("http-brackets")
def http_is_read_as_rest(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(api_gateway, "_parse_brackets", lambda text, *_: tuple(str(text).split(",")))


@breaks("trigger-configuration")
def members_are_mixed_up(patch: pytest.MonkeyPatch) -> None:
    original = pre_token_generation.parse_pre_token_generation_event

    def read(event: Any) -> GroupClaims:
        claims = original(event)
        return GroupClaims(claims.roles, claims.groups, str(claims.preferred_role))

    patch.setattr(detection, "parse_pre_token_generation_event", read)


def overrides(patch: pytest.MonkeyPatch, change: Callable[[dict[str, Any], dict[str, Any]], None]) -> None:
    """Answer something else than the trigger did: change its override, given what the ID token had."""
    original = pre_token_generation.apply_override

    def apply_override(claims: TokenPair, event: dict[str, Any]) -> TokenPair:
        container = CONTAINERS[event["version"]]
        details: dict[str, Any] = {**(event["response"].get(container) or {})}
        change(details, claims.id_token)
        return original(claims, {**event, "response": {container: details}})

    patch.setattr(pre_token_generation, "apply_override", apply_override)


@breaks("override-replaces")
def groups_are_not_replaced(patch: pytest.MonkeyPatch) -> None:
    def change(details: dict[str, Any], _: object) -> None:
        if details.get("groupOverrideDetails"):
            del details["groupOverrideDetails"]

    overrides(patch, change)


@breaks("override-empty")
def empty_changes_nothing(patch: pytest.MonkeyPatch) -> None:
    def change(details: dict[str, Any], _: object) -> None:
        if not details.get("groupOverrideDetails"):
            details.pop("groupOverrideDetails", None)

    overrides(patch, change)


@breaks("override-omitted")
def omitted_removes(patch: pytest.MonkeyPatch) -> None:
    overrides(patch, lambda details, _: details.setdefault("groupOverrideDetails", {}))


@breaks("override-partial")
def missing_keys_keep_what_was(patch: pytest.MonkeyPatch) -> None:
    def change(details: dict[str, Any], id_token: dict[str, Any]) -> None:
        if details.get("groupOverrideDetails"):
            was = {
                "groupsToOverride": id_token.get("cognito:groups", []),
                "iamRolesToOverride": id_token.get("cognito:roles", []),
                "preferredRole": id_token.get("cognito:preferred_role"),
            }
            details["groupOverrideDetails"] = {**was, **details["groupOverrideDetails"]}

    overrides(patch, change)


@breaks("override-unchecked")
def what_cannot_be_is_left_out(patch: pytest.MonkeyPatch) -> None:
    def change(details: dict[str, Any], _: object) -> None:
        groups: dict[str, Any] = {**(details.get("groupOverrideDetails") or {})}
        if groups:
            names = groups.get("groupsToOverride", [])
            groups["groupsToOverride"] = [name for name in names if " " not in name]
            if groups.get("preferredRole") not in groups.get("iamRolesToOverride", []):
                groups.pop("preferredRole", None)
            details["groupOverrideDetails"] = groups

    overrides(patch, change)


@breaks("suppress-groups")
def roles_outlive_suppressed_groups(patch: pytest.MonkeyPatch) -> None:
    original = pre_token_generation.apply_override

    def apply_override(claims: TokenPair, event: dict[str, Any]) -> TokenPair:
        issued = original(claims, event)
        suppressed = "cognito:groups" in claims.id_token and "cognito:groups" not in issued.id_token
        if suppressed and "cognito:groups" in str(event):
            kept = {name: value for name, value in claims.id_token.items() if "role" in name}
            return TokenPair(kept | issued.id_token, issued.access_token)
        return issued

    patch.setattr(pre_token_generation, "apply_override", apply_override)


@breaks("suppressed-wins")
def added_wins(patch: pytest.MonkeyPatch) -> None:
    def change(details: dict[str, Any], _: object) -> None:
        for name in (None, "idTokenGeneration", "accessTokenGeneration"):
            generation = details if name is None else {**details.get(name, {})}
            added = generation.get("claimsToAddOrOverride", {})
            suppressed = [one for one in generation.get("claimsToSuppress", []) if one not in added]
            if "claimsToSuppress" in generation:
                generation["claimsToSuppress"] = suppressed
            if name in details:
                details[name] = generation

    overrides(patch, change)


@breaks("reserved-claims")
def nothing_is_reserved(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(issuing, "may_add", lambda *_, **__: True)
    patch.setattr(issuing, "may_suppress", lambda *_, **__: True)


Choose = Callable[..., Any]


def chooses(patch: pytest.MonkeyPatch, step: str, otherwise: Callable[[Choose, Any], Any]) -> None:
    """Replace a step of the choice by one that may ask the original."""
    original: Choose = getattr(choice, step)

    def chosen(request: Any, *rest: Any, **settings: Any) -> Any:
        return otherwise(lambda asked=request: original(asked, *rest, **settings), request)

    patch.setattr(choice, step, chosen)


def hands_out(role_arn: str | None) -> Any:
    return choice._Choice(role_arn, "broken", ())


@breaks("no-mapping")
def without_mapping_the_token_chooses(patch: pytest.MonkeyPatch) -> None:
    def otherwise(original: Choose, request: Any) -> Any:
        if request.custom_role_arn in (None, request.authenticated_role):
            return hands_out(request.groups.preferred_role)
        return original()

    chooses(patch, "_without_mapping", otherwise)


@breaks("custom-role-without-mapping")
def without_mapping_any_custom_role(patch: pytest.MonkeyPatch) -> None:
    chooses(
        patch,
        "_without_mapping",
        lambda original, request: (
            hands_out(request.custom_role_arn) if request.custom_role_arn else original()
        ),
    )


def ignoring_custom_role(original: Choose, request: Any) -> Any:
    return original(replace(request, custom_role_arn=None))


@breaks("custom-role")
def custom_role_is_ignored(patch: pytest.MonkeyPatch) -> None:
    chooses(patch, "_by_token", ignoring_custom_role)


@breaks("custom-role-of-rules")
def custom_role_is_ignored_by_rules(patch: pytest.MonkeyPatch) -> None:
    chooses(patch, "_by_rules", ignoring_custom_role)


@breaks("preferred-assumed")
def preferred_role_is_ignored(patch: pytest.MonkeyPatch) -> None:
    def otherwise(original: Choose, request: Any) -> Any:
        return original(replace(request, groups=replace(request.groups, preferred_role=None)))

    chooses(patch, "_by_token", otherwise)


def of_token(request: Any) -> bool:
    return bool(request.mapping.type == "Token")


@breaks("ambiguous-resolution")
def ambiguous_takes_the_first_role(patch: pytest.MonkeyPatch) -> None:
    def otherwise(original: Choose, request: Any) -> Any:
        return hands_out((*request.groups.roles, READER)[0]) if of_token(request) else original()

    chooses(patch, "_ambiguous", otherwise)


@breaks("no-roles")
def no_roles_is_the_other_way_round(patch: pytest.MonkeyPatch) -> None:
    def otherwise(original: Choose, request: Any) -> Any:
        if of_token(request) and not request.groups.roles:
            return hands_out(None if original().role_arn else request.authenticated_role)
        return original()

    chooses(patch, "_ambiguous", otherwise)


@breaks("first-match")
def the_token_chooses_though_a_rule_matches(patch: pytest.MonkeyPatch) -> None:
    def otherwise(original: Choose, request: Any) -> Any:
        by_rule = any(rule.id == "first-match" for rule in original().rules)
        return hands_out(request.groups.preferred_role) if by_rule else original()

    chooses(patch, "_by_rules", otherwise)


@breaks("no-match")
def the_first_rule_is_a_default(patch: pytest.MonkeyPatch) -> None:
    def otherwise(original: Choose, request: Any) -> Any:
        rules = request.mapping.rules_configuration
        return original() if rules is None else hands_out(rules.rules[0].role_arn)

    chooses(patch, "_ambiguous", otherwise)


@breaks("absent-claim")
def an_absent_claim_is_empty(patch: pytest.MonkeyPatch) -> None:
    original = choice._matches
    patch.setattr(
        choice,
        "_matches",
        lambda rule, claim, **how: original(rule, "" if claim is None else claim, **how),
    )


@breaks("array-elements")
def an_array_is_its_text(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(choice, "as_list", lambda _: None)
