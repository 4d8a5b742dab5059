"""Build the answer of a pre token generation trigger: the event with an override in its response.

An omitted `groupOverrideDetails` keeps the groups, and null removes them all. So
an answer built here never has null there, and one that has it is refused.

Source: Amazon Cognito Developer Guide, "Pre token generation Lambda trigger".
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cognito_claims._wire.json import as_list, as_object, deep_copy_json, validate_names
from cognito_claims._wire.parsing import parse_claims
from cognito_claims.claims import GroupClaims
from cognito_claims.errors import InvalidClaimsError, Problem
from cognito_claims.events._event import EventLike
from cognito_claims.events.pre_token_generation.models import CONTAINERS, SOURCE, GroupConfiguration
from cognito_claims.events.pre_token_generation.parsing import (
    get_version,
    parse_response,
    require_event,
    require_object,
)
from cognito_claims.events.pre_token_generation.reserved_claims import may_add, may_suppress
from cognito_claims.resolver import Resolution


def override_groups(
    event: EventLike, groups: Resolution | GroupClaims | EventLike | Iterable[str]
) -> dict[str, Any]:
    """Return a copy of the event whose response puts these groups, and no others, into the tokens.

    Roles and preferred role are replaced too, since Cognito does not compute them
    again. They come from a `Resolution`, `GroupClaims` or the event's own
    `groupConfiguration`; names alone have none. The rest of the response is kept.

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
    if claims.preferred_role is not None:
        details["preferredRole"] = claims.preferred_role
    return _add_to_response(require_event(event), {"groupOverrideDetails": details})


class _StrictGroupConfiguration(GroupConfiguration, frozen=True, extra="forbid"):
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
        raise TypeError(f"{error}; for the groups of a response, pass resolve(groups)") from None


def _refuse_white_space(names: tuple[str, ...]) -> None:
    # Cognito accepts it, but the authorizer of an HTTP API separates names by spaces.
    reason = "must not contain white space: an HTTP API would split the name"
    if problems := [Problem(repr(name), reason) for name in names if name.split() != [name]]:
        raise InvalidClaimsError("groups", problems)


def suppress_groups(event: EventLike) -> dict[str, Any]:
    """Return a copy of the event whose response removes groups and roles from the tokens.

    Rules: `override-empty`.

    Raises:
        InvalidClaimsError: If the version of the event is unknown, or its response is malformed.
    """
    return _add_to_response(require_event(event), {"groupOverrideDetails": {}})


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

    Rules: `reserved-claims`, `suppressed-wins`, `suppress-groups`.

    Args:
        event: The event, as for `parse_trigger_event`. Its version decides the form of the response.
        id_token: Claims to add to the ID token, by name: strings in version 1, any JSON since version 2.
        access_token: Claims to add to the access token, by name: any JSON, since version 2.
        suppress_in_id_token: Names of claims to leave out of the ID token.
        suppress_in_access_token: Names of claims to leave out of the access token, since version 2.
        add_scopes: Scopes to add to the access token, since version 2.
        suppress_scopes: Scopes to leave out of the access token, since version 2.

    Raises:
        InvalidClaimsError: If a claim is reserved, its value does not fit the version of the event,
            the version is unknown, or the response of the event is malformed.
        TypeError: If names are not a list of strings, or claims are not a mapping.
    """
    members = require_event(event)
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
    is_v1 = get_version(members) == "1"
    if is_v1 and for_access:
        reason = "must be 2 or 3 to change the access token: set the trigger's LambdaVersion to V2_0"
        raise InvalidClaimsError(SOURCE, [Problem("version", reason)])
    problems = [
        *_find_reserved(for_id, "ID token", in_id_token=True),
        *_find_reserved(for_access, "access token", in_id_token=False),
    ]
    if problems:
        raise InvalidClaimsError(SOURCE, problems)
    by_token = _omit_empty(idTokenGeneration=for_id, accessTokenGeneration=for_access)
    return _add_to_response(members, for_id if is_v1 else by_token)


def _omit_empty(**members: object) -> dict[str, object]:
    return {name: value for name, value in members.items() if value}


def _copy_claims(claims: object) -> dict[str, object]:
    members: dict[str, object] | None = {} if claims is None else as_object(claims)
    if members is None:
        raise TypeError(f"expected a mapping of claims by name, got {type(claims).__name__}")
    return {name: _to_json(value) for name, value in deep_copy_json(members, SOURCE).items()}


def _to_json(value: object) -> object:
    """Replace tuples by lists."""
    if (items := as_list(value)) is not None:
        return [_to_json(item) for item in items]
    if (members := as_object(value)) is not None:
        return {name: _to_json(member) for name, member in members.items()}
    return value


def _find_reserved(generation: dict[str, object], token: str, *, in_id_token: bool) -> Iterator[Problem]:
    for name in as_object(generation.get("claimsToAddOrOverride")) or ():
        if not may_add(name, to_id_token=in_id_token):
            remedy = "; use override_groups for groups and roles" if name.startswith("cognito:") else ""
            reason = f"is reserved: a trigger cannot set it in the {token}{remedy}"
            yield Problem(f"claimsToAddOrOverride[{name!r}]", reason)
    for name in map(str, as_list(generation.get("claimsToSuppress")) or ()):
        if not may_suppress(name, in_id_token=in_id_token):
            reason = f"is reserved: a trigger cannot suppress it in the {token}"
            yield Problem(f"claimsToSuppress[{name!r}]", reason)


def _add_to_response(members: dict[str, object], details: dict[str, object]) -> dict[str, Any]:
    container = CONTAINERS[get_version(members)]
    response = require_object(members.get("response"), "response")
    present = require_object(response.get(container), f"response.{container}")
    if "groupOverrideDetails" in details:
        present.pop("groupOverrideDetails", None)  # replaced, so it need not be valid
    # What is there must be valid before it is merged, and the sum after it.
    parse_response({**members, "response": {**response, container: present}})
    answer = {**members, "response": {**response, container: _merge(present, details)}}
    parse_response(answer)
    return deep_copy_json(answer, SOURCE)


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
