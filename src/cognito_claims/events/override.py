"""The overrides of a pre token generation trigger: build its response, or apply it to tokens.

>>> from cognito_claims import GroupClaims, resolve
>>> from cognito_claims.events import build_pre_token_generation_event
>>> guest = GroupClaims(groups=("guests",))
>>> event = build_pre_token_generation_event(guest, version="2")
>>> returned = override_groups(event, resolve([{"GroupName": "staff"}]))
>>> apply_override(guest, returned).access_token
{'cognito:groups': ['staff']}

If `groupOverrideDetails` is missing, the groups do not change; if it is null, they are all
removed. A response that is built here never contains that null.

Rules: every one of `cognito_claims.events.TRIGGER_RULES`.

Source: Amazon Cognito Developer Guide, "Pre token generation Lambda trigger".
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cognito_claims._wire.json import as_list, as_object, deep_copy_json, get_path, validate_names
from cognito_claims._wire.parsing import format_name, parse_claims
from cognito_claims.claims import GROUP_CLAIM_NAMES, GroupClaims
from cognito_claims.errors import InvalidClaimsError, Problem
from cognito_claims.events import pre_token_generation as trigger
from cognito_claims.resolver import Resolution
from cognito_claims.tokens import EventLike, parse_token_payload

RESERVED_NAMES = frozenset(
    """
    acr amr at_hash auth_time azp client_id device_key event_id exp iat identities iss jti nbf nonce
    origin_jti sub token_use username version
    """.split()  # noqa: SIM905, one a line would hide the list
)
"""The names that are reserved in both tokens. Names that begin with `cognito:` are reserved too."""

# An access token has no `aud` of its own, so a trigger can add one: the ID of the app client.
_RESERVED_IN_ID_TOKEN = RESERVED_NAMES | {"aud"}


def _may_add(name: str, reserved: frozenset[str]) -> bool:
    # The guide: a trigger can suppress `dev:` attributes, but neither add nor override them.
    return name not in reserved and not name.startswith(("cognito:", "dev:"))


def _may_suppress(name: str, reserved: frozenset[str]) -> bool:
    # `cognito:groups` is the exception: to suppress it is a documented way to remove the groups.
    return name == "cognito:groups" or (name not in reserved and not name.startswith("cognito:"))


def override_groups(
    event: EventLike, groups: Resolution | GroupClaims | EventLike | Iterable[str]
) -> dict[str, Any]:
    """Return a copy of the event whose response replaces the groups in the tokens by these.

    The roles and the preferred role are replaced too, since Cognito does not
    compute them again. They come from a `Resolution`, `GroupClaims` or the event's
    own `groupConfiguration`; names alone have none. The rest of the response is kept.

    Rules: `override-replaces`, `override-partial`, `override-unchecked`.

    Args:
        event: The event, as for `parse_trigger_event`. Its version decides the form of the response.
        groups: The groups of the tokens. If there are none, the claims are removed.

    Raises:
        InvalidClaimsError: If the version of the event is unknown, its response is malformed, a
            dictionary is not a `groupConfiguration`, or a name contains white space.
        TypeError: If `groups` is `None`, which would remove every group, or not a list of names.
    """
    claims = _to_group_claims(groups)
    _refuse_white_space(claims.groups)
    details: dict[str, object] = {
        "groupsToOverride": list(claims.groups),
        "iamRolesToOverride": list(claims.roles),
    }
    if claims.preferred_role not in (None, ""):  # a missing key counts as empty: rule `override-partial`
        details["preferredRole"] = claims.preferred_role
    return _add_to_response(trigger.require_event(event), {"groupOverrideDetails": details})


class _StrictGroupConfiguration(trigger.GroupConfiguration, frozen=True, extra="forbid"):
    pass


def _to_group_claims(groups: object) -> GroupClaims:
    if isinstance(groups, Resolution):
        return groups.claims
    if isinstance(groups, GroupClaims):
        return groups
    if (configuration := as_object(groups)) is not None:
        parsed = parse_claims(_StrictGroupConfiguration, configuration, "groups")
        if configuration.get("groupsToOverride") is None:
            reason = "must not be missing or null, which removes every group: use suppress_groups"
            raise InvalidClaimsError("groups", [Problem("groupsToOverride", reason)])
        return parsed.group_claims
    try:
        return GroupClaims(tuple(validate_names(groups)))
    except TypeError as error:
        raise TypeError(
            f"{error}; to pass GroupType objects or boto3 dictionaries, use resolve(groups)"
        ) from None


def _refuse_white_space(names: tuple[str, ...]) -> None:
    # Cognito accepts it, but the authorizer of an HTTP API separates names with spaces.
    reason = "must not contain white space: an HTTP API would split the name"
    if problems := [Problem(f"[{i}]", reason) for i, name in enumerate(names) if name.split() != [name]]:
        raise InvalidClaimsError("groups", problems)


def suppress_groups(event: EventLike) -> dict[str, Any]:
    """Return a copy of the event whose response removes groups and roles from the tokens.

    Rules: `override-empty`.

    Raises:
        InvalidClaimsError: If the version of the event is unknown, or its response is malformed.
    """
    # An empty object and null have the same effect, but null may also be an accident.
    return _add_to_response(trigger.require_event(event), {"groupOverrideDetails": {}})


def override_claims(
    event: EventLike,
    *,
    id_token: Mapping[str, object] | None = None,
    access_token: Mapping[str, object] | None = None,
    suppress_in_id_token: Iterable[str] = (),
    suppress_in_access_token: Iterable[str] = (),
    add_scopes: Iterable[str] = (),
    suppress_scopes: Iterable[str] = (),
) -> dict[str, Any]:
    """Return a copy of the event whose response also adds or suppresses these claims.

    Rules: `claims-changed`, `reserved-claims`, `suppressed-wins`, `suppress-groups`, `trigger-scopes`.

    Args:
        event: The event, as for `parse_trigger_event`. Its version decides the form of the response.
        id_token: Claims to add to the ID token, by name: strings in version 1, any JSON since version 2.
        access_token: Claims to add to the access token, by name: any JSON, since version 2.
        suppress_in_id_token: Names of claims to leave out of the ID token.
        suppress_in_access_token: Names of claims to leave out of the access token, since version 2.
        add_scopes: Scopes to add to the access token, since version 2.
        suppress_scopes: Scopes to leave out of the access token, since version 2.

    Raises:
        InvalidClaimsError: If a claim is reserved, its value does not fit the version of the event, `aud`
            of the access token is not the ID of the app client, the version is unknown, or the response
            of the event is malformed.
        TypeError: If names are not a list of strings, or claims are not a mapping.
    """
    members = trigger.require_event(event)
    for_id = _omit_empty(
        claimsToAddOrOverride=_copy_claims(id_token),
        claimsToSuppress=validate_names(suppress_in_id_token),
    )
    for_access = _omit_empty(
        claimsToAddOrOverride=_copy_claims(access_token),
        claimsToSuppress=validate_names(suppress_in_access_token),
        scopesToAdd=validate_names(add_scopes),
        scopesToSuppress=validate_names(suppress_scopes),
    )
    is_v1 = trigger.get_version(members) == "1"
    if is_v1 and for_access:
        reason = "must be 2 or 3 to change the access token: set the trigger's LambdaVersion to V2_0"
        raise InvalidClaimsError(trigger.SOURCE, [Problem("version", reason)])
    # Cognito ignores a change of a reserved claim without an error, so it is refused here.
    problems = [
        *_find_reserved(for_id, "ID token", _RESERVED_IN_ID_TOKEN),
        *_find_reserved(for_access, "access token", RESERVED_NAMES),
        *_find_wrong_audience(for_access, get_path(members, "callerContext", "clientId")),
    ]
    if problems:
        raise InvalidClaimsError(trigger.SOURCE, problems)
    by_token = _omit_empty(idTokenGeneration=for_id, accessTokenGeneration=for_access)
    return _add_to_response(members, for_id if is_v1 else by_token)


def _omit_empty(**members: object) -> dict[str, object]:
    return {name: value for name, value in members.items() if value}


def _copy_claims(claims: object) -> dict[str, object]:
    members: dict[str, object] | None = {} if claims is None else as_object(claims)
    if members is None:
        raise TypeError(f"expected a mapping of claims by name, got {type(claims).__name__}")
    validate_names(list(members))
    try:
        return {name: _to_json(value) for name, value in members.items()}
    except RecursionError:
        reason = "must not contain itself or be nested this deeply"
    raise InvalidClaimsError(trigger.SOURCE, [Problem("claimsToAddOrOverride", reason)])


def _to_json(value: object) -> object:
    """Copy lists and mappings, and replace tuples by lists."""
    if (items := as_list(value)) is not None:
        return [_to_json(item) for item in items]
    if (members := as_object(value)) is not None:
        return {name: _to_json(member) for name, member in members.items()}
    return value


def _find_reserved(
    generation: dict[str, object], token: str, reserved: frozenset[str]
) -> Iterator[Problem]:
    for name in as_object(generation.get("claimsToAddOrOverride")) or ():
        if not _may_add(name, reserved):
            remedy = "; use override_groups for groups and roles" if name.startswith("cognito:") else ""
            reason = f"is reserved: a trigger cannot set it in the {token}{remedy}"
            yield Problem(f"claimsToAddOrOverride[{format_name(name)}]", reason)
    for name in map(str, as_list(generation.get("claimsToSuppress")) or ()):
        if not _may_suppress(name, reserved):
            reason = f"is reserved: a trigger cannot suppress it in the {token}"
            yield Problem(f"claimsToSuppress[{format_name(name)}]", reason)


def _find_wrong_audience(generation: dict[str, object], client_id: object) -> Iterator[Problem]:
    audience = get_path(generation, "claimsToAddOrOverride", "aud")
    if None not in (audience, client_id) and audience != client_id:
        reason = "must be callerContext.clientId, the ID of the app client, in the access token"
        yield Problem("claimsToAddOrOverride['aud']", reason)


def _add_to_response(members: dict[str, object], details: dict[str, object]) -> dict[str, Any]:
    container = trigger.CONTAINERS[trigger.get_version(members)]
    response = trigger.require_object(members.get("response"), "response")
    present = trigger.require_object(response.get(container), f"response.{container}")
    if "groupOverrideDetails" in details:
        present.pop("groupOverrideDetails", None)  # replaced, so it need not be valid
    if container in response:  # otherwise, a key that misspells it would be no near miss
        response[container] = present
    # Validated twice: `_merge` relies on a valid response, and its result need not be valid.
    trigger.parse_trigger_response({**members, "response": response})
    returned = {**members, "response": {**response, container: _merge(present, details)}}
    trigger.parse_trigger_response(returned)
    return deep_copy_json(returned, trigger.SOURCE)


def _merge(present: dict[str, object], added: dict[str, object]) -> dict[str, object]:
    merged = {**present, **added}
    for name in present.keys() & added.keys():
        old, new = as_object(present[name]) or {}, as_object(added[name]) or {}
        match name:
            case "claimsToAddOrOverride":
                merged[name] = {**old, **new}
            case "idTokenGeneration" | "accessTokenGeneration":
                merged[name] = _merge(old, new)
            case _:  # names of claims or scopes
                names = [*(as_list(present[name]) or ()), *(as_list(added[name]) or ())]
                merged[name] = list(dict.fromkeys(names))
    return merged


@dataclass(frozen=True, slots=True)
class TokenPair:
    """The payloads of a user's two tokens, or some of their claims."""

    id_token: dict[str, Any] = field(repr=False)
    """The ID token's claims by name."""

    access_token: dict[str, Any] = field(repr=False)
    """The access token's claims by name."""

    @property
    def group_claims(self) -> GroupClaims:
        """The group claims of the ID token."""
        return parse_token_payload(self.id_token)


def apply_override(claims: GroupClaims | TokenPair, response: EventLike) -> TokenPair:
    """Return the claims of the tokens that Cognito issues after a trigger's response.

    As Cognito does, it ignores changes of reserved claims.

    Args:
        claims: The claims before the trigger: of a user's groups, or of both tokens.
        response: The event that the trigger returned, or its `response`.

    Raises:
        InvalidClaimsError: If the response is malformed, which Cognito would refuse.
        TypeError: If `claims` is neither `GroupClaims` nor a `TokenPair`.
    """
    members = trigger.require_event(response, "must be an object: the trigger must return the event")
    is_event = "response" in members or "request" in members
    event: dict[str, object] = members if is_event else {"response": members}
    without_nulls = _replace_null_groups(event.get("response"))
    parsed = trigger.parse_trigger_response({**event, "response": without_nulls})
    id_token, access_token = _copy_tokens(claims)
    v1 = parsed.claims_override_details
    v2 = parsed.claims_and_scope_override_details or trigger.ClaimsAndScopeOverrideDetails()
    if (override := (v1 or v2).group_override_details) is not None:
        # The guide: in version 1 too, the groups of the access token change.
        groups = override.group_claims
        id_token = _omit_claims(id_token, GROUP_CLAIM_NAMES) | dict(groups.id_token())
        access_token = _omit_claims(access_token, GROUP_CLAIM_NAMES) | dict(groups.access_token())
    id_token = _change_claims(id_token, v1 or v2.id_token_generation, _RESERVED_IN_ID_TOKEN)
    access_token = _change_claims(access_token, v2.access_token_generation, RESERVED_NAMES)
    return TokenPair(id_token, _change_scopes(access_token, v2.access_token_generation))


def _copy_tokens(claims: object) -> tuple[dict[str, Any], dict[str, Any]]:
    if isinstance(claims, GroupClaims):
        return dict(claims.id_token()), dict(claims.access_token())
    if isinstance(claims, TokenPair):
        access_token = deep_copy_json(claims.access_token, "access token")
        return deep_copy_json(claims.id_token, "ID token"), access_token
    raise TypeError(f"expected GroupClaims or TokenPair, got {type(claims).__name__}")


def _replace_null_groups(response: object) -> object:
    """Replace null in `groupOverrideDetails`, which the models refuse, by what it means: empty."""
    members = as_object(response)
    if members is None:
        return response
    for container in trigger.CONTAINERS.values():
        details = as_object(members.get(container)) or {}
        if "groupOverrideDetails" in details:
            path = f"response.{container}.groupOverrideDetails"
            groups = trigger.require_object(details["groupOverrideDetails"], path)
            if groups.get("groupsToOverride") is None:
                groups.pop("groupsToOverride", None)
            members[container] = {**details, "groupOverrideDetails": groups}
    return members


def _change_claims(
    token: dict[str, Any], changes: trigger.ClaimChanges | None, reserved: frozenset[str]
) -> dict[str, Any]:
    if changes is None:
        return token
    added = (changes.claims_to_add_or_override or {}).items()
    token = token | {name: value for name, value in added if _may_add(name, reserved)}
    suppressed = {name for name in changes.claims_to_suppress if _may_suppress(name, reserved)}
    if "cognito:groups" in suppressed:  # the roles are suppressed with the groups
        suppressed.update(GROUP_CLAIM_NAMES)
    # Suppressed after they are added: rule `suppressed-wins`.
    return _omit_claims(token, suppressed)


def _omit_claims(token: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: value for name, value in token.items() if name not in names}


def _change_scopes(token: dict[str, Any], changes: trigger.AccessTokenGeneration | None) -> dict[str, Any]:
    if changes is None or not (changes.scopes_to_add or changes.scopes_to_suppress):
        return token
    scopes = dict.fromkeys([*str(token.get("scope", "")).split(), *changes.scopes_to_add])
    suppressed = set(changes.scopes_to_suppress)
    kept = [scope for scope in scopes if scope not in suppressed]
    others = _omit_claims(token, ["scope"])
    return {**others, "scope": " ".join(kept)} if kept else others
