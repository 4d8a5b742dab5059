"""Single bugs in how the response of a pre token generation trigger is applied."""

# ruff: noqa: ARG001, a change need not use every argument

import json
from collections.abc import Callable, Iterator
from typing import Any

from cognito_claims import InvalidClaimsError
from cognito_claims.errors import Problem
from cognito_claims.events import TokenPair
from cognito_claims.events.override import RESERVED_NAMES
from tests.broken_rules.events import CONTAINERS
from tests.broken_rules.mutants import Mutant, MutantTrigger
from tests.broken_rules.registry import BREAKS
from tests.vector_adapter import JsonObject, VectorAdapter

GROUPS, ROLES, PREFERRED = "cognito:groups", "cognito:roles", "cognito:preferred_role"
Claims = dict[str, Any]


def get_details(event: JsonObject) -> JsonObject:
    return event["response"].get(CONTAINERS[event["version"]]) or {}


def get_changes(event: JsonObject, token: str) -> JsonObject:
    """Return the part of the response that changes the ID token or the access token."""
    details = get_details(event)
    if event["version"] == "1":
        return details if token == "id" else {}
    return details.get(f"{token}TokenGeneration") or {}


def list_additions(event: JsonObject, tokens: TokenPair) -> Iterator[tuple[JsonObject, Claims]]:
    """Yield the claims that the response adds to each token, and those that the token has."""
    for token, old in (("id", tokens.id_token), ("access", tokens.access_token)):
        yield get_changes(event, token).get("claimsToAddOrOverride", {}), old


def change_details(change: Callable[[JsonObject], Any]) -> MutantTrigger:
    """Change the response before it is applied."""
    return MutantTrigger(before=lambda event, _: change(get_details(event)))


def change_parts(
    change: Callable[[JsonObject], Any],
    *,
    versions: str = "123",
    tokens: tuple[str, ...] = ("id", "access"),
) -> MutantTrigger:
    """Change what the response adds to each token, and suppresses in it."""

    def before(event: JsonObject, _: TokenPair) -> None:
        for token in tokens:
            if event["version"] in versions:
                change(get_changes(event, token))

    return MutantTrigger(before)


def change_override(change: Callable[[JsonObject], Any]) -> MutantTrigger:
    """Change a groupOverrideDetails that is not empty."""
    return change_details(lambda details: change(details.get("groupOverrideDetails") or {}))


def change_tokens(change: Callable[[JsonObject, Claims, Claims, TokenPair], Any]) -> MutantTrigger:
    """Change the claims of the issued tokens."""

    def after(event: JsonObject, tokens: TokenPair, issued: TokenPair) -> TokenPair:
        id_token, access_token = {**issued.id_token}, {**issued.access_token}
        change(event, id_token, access_token, tokens)
        return TokenPair(id_token, access_token)

    return MutantTrigger(after=after)


def leave_unreserved(name: str) -> MutantTrigger:
    """Let a trigger set and suppress a reserved claim."""

    def change(event: JsonObject, id_token: Claims, access_token: Claims, _: TokenPair) -> None:
        for token, claims in (("id", id_token), ("access", access_token)):
            changes = get_changes(event, token)
            if name in changes.get("claimsToAddOrOverride", {}):
                claims[name] = changes["claimsToAddOrOverride"][name]
            if name in changes.get("claimsToSuppress", ()):
                claims.pop(name, None)

    return change_tokens(change)


def keep(
    names: tuple[str, ...], *, in_token: str = "id", if_version: str = "123", if_complete: bool = False
) -> MutantTrigger:
    """Keep claims that the response changes."""

    def change(event: JsonObject, id_token: Claims, access_token: Claims, before: TokenPair) -> None:
        is_complete = len(get_details(event).get("groupOverrideDetails") or ()) == 3
        if event["version"] not in if_version or (if_complete and not is_complete):
            return
        claims, old = (
            (id_token, before.id_token) if in_token == "id" else (access_token, before.access_token)
        )
        for name in names:
            claims.pop(name, None)
            claims.update({name: old[name]} if name in old else {})

    return change_tokens(change)


def omit_override(value: object, *, versions: str = "123") -> MutantTrigger:
    def before(event: JsonObject, _: TokenPair) -> None:
        details = get_details(event)
        if event["version"] in versions and details.get("groupOverrideDetails", ...) == value:
            del details["groupOverrideDetails"]

    return MutantTrigger(before)


def recompute_preferred_role(override: JsonObject) -> None:
    if len(override.get("iamRolesToOverride", ())) == 1:
        override.setdefault("preferredRole", override["iamRolesToOverride"][0])


def check_preferred_role(override: JsonObject) -> None:
    if override.get("preferredRole") not in override.get("iamRolesToOverride", ()):
        override.pop("preferredRole", None)


def check_groups(override: JsonObject) -> None:
    names = override.get("groupsToOverride", ())
    override["groupsToOverride"] = [name for name in names if not name.startswith("no-such-")]


def add_old_groups(event: JsonObject, tokens: TokenPair) -> None:
    override: JsonObject = get_details(event).get("groupOverrideDetails") or {}
    if "groupsToOverride" in override:
        override["groupsToOverride"] += tokens.id_token.get(GROUPS, [])


def drop(member: str, *, versions: str = "123") -> MutantTrigger:
    """Ignore a member of the response, in every place."""

    def before(event: JsonObject, _: TokenPair) -> None:
        for token in ("id", "access"):
            if event["version"] in versions:
                get_changes(event, token).pop(member, None)

    return MutantTrigger(before)


def keep_added(token: str) -> MutantTrigger:
    """Let a claim that is added win over its suppression."""

    def before(event: JsonObject, _: TokenPair) -> None:
        changes = get_changes(event, token)
        added = changes.get("claimsToAddOrOverride", {})
        changes["claimsToSuppress"] = [
            one for one in changes.get("claimsToSuppress", ()) if one not in added
        ]

    return MutantTrigger(before)


def suppress_in_both(event: JsonObject, id_token: Claims, access_token: Claims, _: TokenPair) -> None:
    for name in get_changes(event, "id").get("claimsToSuppress", ()):
        if name not in RESERVED_NAMES and not name.startswith("cognito:r"):
            access_token.pop(name, None)


def add_to_both(event: JsonObject, id_token: Claims, access_token: Claims, _: TokenPair) -> None:
    for name, value in get_changes(event, "id").get("claimsToAddOrOverride", {}).items():
        if name in id_token and name not in RESERVED_NAMES and ":" not in name:
            access_token[name] = value


def suppress_roles_with_access_groups(
    event: JsonObject, id_token: Claims, access_token: Claims, _: TokenPair
) -> None:
    if GROUPS in get_changes(event, "access").get("claimsToSuppress", ()):
        id_token.pop(ROLES, None)


def keep_roles_of_suppressed_groups(
    event: JsonObject, id_token: Claims, access_token: Claims, before: TokenPair
) -> None:
    if GROUPS in get_changes(event, "id").get("claimsToSuppress", ()) and ROLES in before.id_token:
        id_token[ROLES] = before.id_token[ROLES]


def copy_roles(event: JsonObject, id_token: Claims, access_token: Claims, _: TokenPair) -> None:
    access_token.update({ROLES: id_token[ROLES]} if ROLES in id_token else {})


def stringify(changes: JsonObject) -> None:
    added = changes.get("claimsToAddOrOverride", {})
    added.update({name: one if isinstance(one, str) else json.dumps(one) for name, one in added.items()})


def drop_objects(changes: JsonObject) -> None:
    added = changes.get("claimsToAddOrOverride", {})
    for name in [name for name, one in added.items() if isinstance(one, dict)]:
        del added[name]


def ignore_new_names(event: JsonObject, tokens: TokenPair) -> None:
    for added, old in list_additions(event, tokens):
        for name in added.keys() - old.keys():
            del added[name]


def ignore_old_names(event: JsonObject, tokens: TokenPair) -> None:
    for added, old in list_additions(event, tokens):
        for name in added.keys() & old.keys():
            del added[name]


def forget_claims(changes: JsonObject) -> None:
    """Forget the changes of claims, except that groups may be suppressed."""
    changes.pop("claimsToAddOrOverride", None)
    suppress_groups_alone(changes)


def suppress_groups_alone(changes: JsonObject) -> None:
    changes["claimsToSuppress"] = [GROUPS] if GROUPS in changes.get("claimsToSuppress", ()) else []


def keep_custom_attributes(changes: JsonObject) -> None:
    suppressed = changes.get("claimsToSuppress", ())
    changes["claimsToSuppress"] = [name for name in suppressed if not name.startswith("custom:")]


def drop_false(changes: JsonObject) -> None:
    added = changes.get("claimsToAddOrOverride", {})
    for name in [name for name, value in added.items() if not value]:
        del added[name]


def merge_values(form: type) -> Callable[[JsonObject, TokenPair], None]:
    def change(event: JsonObject, tokens: TokenPair) -> None:
        for added, old in list_additions(event, tokens):
            for name in added.keys() & old.keys():
                if isinstance(old[name], form) and isinstance(added[name], form):
                    both = old[name], added[name]
                    added[name] = both[0] | both[1] if form is dict else both[0] + both[1]

    return change


def suppress_similar(key: Callable[[str], str]) -> MutantTrigger:
    """Also suppress claims whose names are similar."""

    def change(event: JsonObject, tokens: TokenPair) -> None:
        for token, old in (("id", tokens.id_token), ("access", tokens.access_token)):
            changes = get_changes(event, token)
            suppressed = [*changes.get("claimsToSuppress", ())]
            keys = {*map(key, suppressed)}
            ordinary = [name for name in old if name not in RESERVED_NAMES and ":" not in name]
            changes["claimsToSuppress"] = suppressed + [name for name in ordinary if key(name) in keys]

    return MutantTrigger(change)


def keep_named_claims(event: JsonObject, id_token: Claims, access_token: Claims, _: TokenPair) -> None:
    for token, claims in (("id", id_token), ("access", access_token)):
        added = get_changes(event, token).get("claimsToAddOrOverride", {})
        ordinary = [name for name in claims if name not in RESERVED_NAMES and ":" not in name]
        for name in ordinary:
            if added and name not in (*added, "scope", "aud"):
                del claims[name]


def add_attributes(event: JsonObject, id_token: Claims, access_token: Claims, _: TokenPair) -> None:
    id_token |= event.get("request", {}).get("userAttributes", {})


def suppress_scopes_in_any_case(event: JsonObject, tokens: TokenPair) -> None:
    changes = get_changes(event, "access")
    suppressed = [*changes.get("scopesToSuppress", ())]
    similar = {scope.lower() for scope in suppressed}
    scopes = tokens.access_token.get("scope", "").split()
    changes["scopesToSuppress"] = suppressed + [scope for scope in scopes if scope.lower() in similar]


def add_scopes_in_any_case(event: JsonObject, tokens: TokenPair) -> None:
    there = tokens.access_token.get("scope", "").lower().split()
    changes = get_changes(event, "access")
    changes["scopesToAdd"] = [one for one in changes.get("scopesToAdd", ()) if one.lower() not in there]


def forget_new_scopes(event: JsonObject, tokens: TokenPair) -> None:
    there = tokens.access_token.get("scope", "").split()
    changes = get_changes(event, "access")
    changes["scopesToAdd"] = [one for one in changes.get("scopesToAdd", ()) if one in there]


def keep_empty_scope(event: JsonObject, id_token: Claims, access_token: Claims, before: TokenPair) -> None:
    if before.access_token.get("scope") == "":
        access_token["scope"] = ""


def cut_scopes(changes: JsonObject) -> None:
    changes["scopesToAdd"] = changes.get("scopesToAdd", [])[:1]


def reserve(is_reserved: Callable[[str], bool]) -> MutantTrigger:
    """Treat further names as reserved."""

    def change(changes: JsonObject) -> None:
        added = changes.get("claimsToAddOrOverride", {})
        for name in filter(is_reserved, [*added]):
            del added[name]
        suppressed = changes.get("claimsToSuppress", ())
        changes["claimsToSuppress"] = [name for name in suppressed if not is_reserved(name)]

    return change_parts(change)


def replace_scopes(event: JsonObject, id_token: Claims, access_token: Claims, _: TokenPair) -> None:
    if added := get_changes(event, "access").get("scopesToAdd"):
        access_token["scope"] = " ".join(added)


def suppress_scopes_by_prefix(
    event: JsonObject, id_token: Claims, access_token: Claims, _: TokenPair
) -> None:
    prefixes = tuple(get_changes(event, "access").get("scopesToSuppress", ()))
    if prefixes:
        kept = [one for one in access_token.get("scope", "").split() if not one.startswith(prefixes)]
        access_token.update({"scope": " ".join(kept)} if kept else {})


def list_scopes(event: JsonObject, id_token: Claims, access_token: Claims, _: TokenPair) -> None:
    if "scope" in access_token:
        access_token["scope"] = access_token["scope"].split()


def join_scopes_with_commas(
    event: JsonObject, id_token: Claims, access_token: Claims, _: TokenPair
) -> None:
    if "scope" in access_token:
        access_token["scope"] = access_token["scope"].replace(" ", ",")


def put_a_space_before_each_scope(
    event: JsonObject, id_token: Claims, access_token: Claims, _: TokenPair
) -> None:
    if "scope" in access_token:
        access_token["scope"] = f" {access_token['scope']}"


def change_scopes_of_both(event: JsonObject, id_token: Claims, access_token: Claims, _: TokenPair) -> None:
    changes = get_changes(event, "access")
    if "scope" in access_token and (changes.get("scopesToAdd") or changes.get("scopesToSuppress")):
        id_token["scope"] = access_token["scope"]


def require_container(event: JsonObject, tokens: TokenPair) -> None:
    if event["response"].get(CONTAINERS[event["version"]], {}) is None:
        raise InvalidClaimsError("mutant", [Problem("response", "null")])


def list_bugs() -> Iterator[tuple[str, str, MutantTrigger]]:
    changed = "claims-changed"
    for name in [*sorted(RESERVED_NAMES), "cognito:username", "cognito:anything"]:
        yield "reserved-claims", f"{name} is not reserved", leave_unreserved(name)
    yield "reserved-claims", "aud is not reserved in the ID token", leave_unreserved("aud")
    yield changed, "aud is reserved in the access token", reserve(lambda name: name == "aud")
    yield "reserved-claims", "dev: attributes can be set", leave_unreserved("dev:tenant")
    yield (
        changed,
        "dev: attributes cannot be suppressed",
        reserve(lambda name: name[:4] == "dev:"),
    )
    yield (
        changed,
        "reserved names ignore case",
        reserve(lambda name: name.lower() in RESERVED_NAMES),
    )
    yield (
        changed,
        "names that begin with sub are reserved",
        reserve(lambda name: name[:3] == "sub"),
    )
    yield (
        changed,
        "names that begin with cognito are reserved",
        reserve(lambda name: name == "cognito"),
    )
    yield changed, "custom: attributes are reserved", reserve(lambda name: name[:7] == "custom:")

    replaces = "override-replaces"
    for version in "123":
        stale = keep((GROUPS,), in_token="access", if_version=version, if_complete=True)
        yield replaces, f"version {version} does not replace the groups of the access token", stale
    yield replaces, "the groups of the ID token are not replaced", keep((GROUPS,))
    yield replaces, "the roles are not replaced", keep((ROLES,))
    yield replaces, "the preferred role is not replaced", keep((PREFERRED,))
    yield replaces, "the new groups are added to the old ones", MutantTrigger(add_old_groups)
    yield replaces, "the access token gets the roles", change_tokens(copy_roles)
    yield "override-partial", "a single role becomes preferred", change_override(recompute_preferred_role)
    for version in "123":
        yield (
            "override-empty",
            f"{{}} changes nothing in version {version}",
            omit_override({}, versions=version),
        )
    for version in "12":
        yield (
            "override-empty",
            f"null changes nothing in version {version}",
            omit_override(None, versions=version),
        )
    yield (
        "override-replaces",
        "empty lists change nothing",
        omit_override({"groupsToOverride": [], "iamRolesToOverride": [], "preferredRole": None}),
    )
    yield "override-omitted", "a null response is an error", MutantTrigger(require_container)
    yield (
        "override-unchecked",
        "the preferred role must be one of the roles",
        change_override(check_preferred_role),
    )
    yield "override-unchecked", "the groups must be groups of the pool", change_override(check_groups)
    yield "suppress-groups", "the groups cannot be suppressed", reserve(lambda name: name == GROUPS)
    yield (
        "suppress-groups",
        "the roles of suppressed groups remain",
        change_tokens(keep_roles_of_suppressed_groups),
    )
    yield (
        "suppress-groups",
        "what is suppressed is suppressed in both tokens",
        change_tokens(suppress_in_both),
    )
    yield (
        "override-omitted",
        "the roles are suppressed with the groups of the access token",
        change_tokens(suppress_roles_with_access_groups),
    )
    yield "suppressed-wins", "a claim of the ID token that is added wins", keep_added("id")
    yield "suppressed-wins", "a claim of the access token that is added wins", keep_added("access")
    yield changed, "claims are added to both tokens", change_tokens(add_to_both)
    yield changed, "claims become strings", change_parts(stringify)
    yield changed, "claims that are objects are lost", change_parts(drop_objects)
    yield changed, "only claims of the token can be set", MutantTrigger(ignore_new_names)
    yield changed, "nothing can be added", drop("claimsToAddOrOverride")
    yield changed, "nothing can be suppressed", change_parts(suppress_groups_alone)
    yield changed, "nothing can be added in version 1", drop("claimsToAddOrOverride", versions="1")
    yield changed, "version 3 changes no claims", change_parts(forget_claims, versions="3")
    yield (
        changed,
        "claims of the access token do not change",
        change_parts(forget_claims, tokens=("access",)),
    )
    yield changed, "claims of the token are not replaced", MutantTrigger(ignore_old_names)
    yield changed, "objects are merged", MutantTrigger(merge_values(dict))
    yield changed, "arrays are joined", MutantTrigger(merge_values(list))
    yield changed, "values that are false are left out", change_parts(drop_false)
    yield changed, "claims are suppressed in any case", suppress_similar(str.lower)
    yield (
        changed,
        "claims are suppressed by the beginning of their names",
        suppress_similar(lambda name: name[:4]),
    )
    yield changed, "only claims of the response are issued", change_tokens(keep_named_claims)
    yield changed, "attributes of the request are added", change_tokens(add_attributes)
    yield changed, "custom: attributes cannot be suppressed", change_parts(keep_custom_attributes)

    scopes = "trigger-scopes"
    yield scopes, "no scope is added", drop("scopesToAdd")
    yield scopes, "no scope is suppressed", drop("scopesToSuppress")
    yield scopes, "version 3 adds no scope", drop("scopesToAdd", versions="3")
    yield scopes, "the added scopes replace the others", change_tokens(replace_scopes)
    yield (
        scopes,
        "scopes are suppressed by the beginning of their names",
        change_tokens(suppress_scopes_by_prefix),
    )
    yield scopes, "the scopes are an array", change_tokens(list_scopes)
    yield scopes, "the scopes are joined with commas", change_tokens(join_scopes_with_commas)
    yield scopes, "each scope follows a space", change_tokens(put_a_space_before_each_scope)
    yield scopes, "the scopes of the ID token change", change_tokens(change_scopes_of_both)
    yield scopes, "scopes are suppressed in any case", MutantTrigger(suppress_scopes_in_any_case)
    yield scopes, "scopes that differ in case are added once", MutantTrigger(add_scopes_in_any_case)
    yield scopes, "only scopes of the token can be added", MutantTrigger(forget_new_scopes)
    yield scopes, "an empty scope stays empty", change_tokens(keep_empty_scope)
    yield scopes, "only one scope is added", change_parts(cut_scopes)


TRIGGER_MUTANTS = tuple(Mutant("trigger-overrides", *one) for one in list_bugs())


def list_open_bugs() -> Iterator[tuple[str, str, VectorAdapter]]:
    yield (
        "omitted-override",
        "a response without groupOverrideDetails removes the groups",
        BREAKS["override-omitted"](),
    )
    yield (
        "partial-override",
        "a key that is missing leaves its claim as it is",
        BREAKS["override-partial"](),
    )
    by_name = "group-claims-by-name"
    yield by_name, "group claims are ordinary claims", BREAKS[by_name]()
    for name in (ROLES, PREFERRED):
        yield by_name, f"{name} is not reserved", leave_unreserved(name)
    yield "scope-once", "a scope is added again", BREAKS["scope-once"]()
    yield "suppressed-scope-wins", "a scope that is added wins", BREAKS["suppressed-scope-wins"]()
    yield "no-scopes", "a token without scopes has an empty one", BREAKS["no-scopes"]()
    yield "empty-claims", "an empty preferred role is a claim", BREAKS["empty-claims"]()


OPEN_TRIGGERS = tuple(Mutant("trigger-overrides", *one) for one in list_open_bugs())
"""Triggers that are not wrong, since AWS leaves a question open."""
