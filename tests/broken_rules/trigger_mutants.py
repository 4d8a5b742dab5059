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
from tests.vector_adapter import JsonObject

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


def change_details(change: Callable[[JsonObject], Any]) -> MutantTrigger:
    """Change the response before it is applied."""
    return MutantTrigger(before=lambda event, _: change(get_details(event)))


def change_parts(change: Callable[[JsonObject], Any]) -> MutantTrigger:
    """Change what the response adds to each token, and suppresses in it."""

    def before(event: JsonObject, _: TokenPair) -> None:
        for token in ("id", "access"):
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


def keep(names: tuple[str, ...], *, in_token: str = "id", if_version: str = "123") -> MutantTrigger:
    """Keep claims that the response changes."""

    def change(event: JsonObject, id_token: Claims, access_token: Claims, before: TokenPair) -> None:
        if event["version"] not in if_version:
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
    for token, old in (("id", tokens.id_token), ("access", tokens.access_token)):
        added = get_changes(event, token).get("claimsToAddOrOverride", {})
        for name in added.keys() - old.keys():
            del added[name]


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
        kept = [one for one in access_token["scope"].split() if not one.startswith(prefixes)]
        access_token["scope"] = " ".join(kept)


def list_scopes(event: JsonObject, id_token: Claims, access_token: Claims, _: TokenPair) -> None:
    if "scope" in access_token:
        access_token["scope"] = access_token["scope"].split()


def join_scopes_with_commas(
    event: JsonObject, id_token: Claims, access_token: Claims, _: TokenPair
) -> None:
    if "scope" in access_token:
        access_token["scope"] = access_token["scope"].replace(" ", ",")


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
    yield "reserved-claims", "aud is reserved in the access token", reserve(lambda name: name == "aud")
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
        stale = keep((GROUPS,), in_token="access", if_version=version)
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
        omit_override({"groupsToOverride": [], "iamRolesToOverride": []}),
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
        changed,
        "the access token's groups are suppressed with the roles",
        change_tokens(suppress_roles_with_access_groups),
    )
    yield "suppressed-wins", "a claim of the ID token that is added wins", keep_added("id")
    yield "suppressed-wins", "a claim of the access token that is added wins", keep_added("access")
    yield changed, "claims are added to both tokens", change_tokens(add_to_both)
    yield changed, "claims become strings", change_parts(stringify)
    yield changed, "claims that are objects are lost", change_parts(drop_objects)
    yield changed, "only claims of the token can be set", MutantTrigger(ignore_new_names)
    yield changed, "nothing can be added", drop("claimsToAddOrOverride")
    yield changed, "nothing can be suppressed", drop("claimsToSuppress")

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
    yield scopes, "the scopes of the ID token change", change_tokens(change_scopes_of_both)


TRIGGER_MUTANTS = tuple(Mutant("trigger-overrides", *one) for one in list_bugs())

OPEN_TRIGGERS = (
    Mutant(
        "trigger-overrides",
        "omitted-override",
        "a response without groupOverrideDetails removes the groups",
        BREAKS["override-omitted"](),
    ),
    Mutant(
        "trigger-overrides",
        "partial-override",
        "a key that is missing leaves its claim as it is",
        BREAKS["override-partial"](),
    ),
)
"""Triggers that are not wrong, since AWS leaves a question open."""
