"""The pre token generation trigger: its events, the overrides it answers, and what they do.

A Lambda function that gives a user other groups returns one line:

>>> from cognito_claims import resolve
>>> def handler(event, context):
...     groups = [{"GroupName": "staff", "RoleArn": "arn:aws:iam::123456789012:role/staff"}]
...     return override_groups(event, resolve(groups))
>>> event = {
...     "version": "2",
...     "triggerSource": "TokenGeneration_Authentication",
...     "request": {"groupConfiguration": {"groupsToOverride": ["guests"]}},
...     "response": {"claimsAndScopeOverrideDetails": None},
... }
>>> answer = handler(event, None)
>>> answer["response"]["claimsAndScopeOverrideDetails"]["groupOverrideDetails"]["groupsToOverride"]
['staff']

What the tokens will say of it:

>>> tokens = apply_override(GroupClaims(groups=("guests",)), answer)
>>> tokens.access_token
{'cognito:groups': ['staff']}

To leave `groupOverrideDetails` out keeps the groups, and null removes them all:
an answer that is built here never holds a null.

Rules: every one of `cognito_claims.rules.TRIGGER_RULES`.

Source: Amazon Cognito Developer Guide, "Pre token generation Lambda trigger".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, cast

from pydantic import Field, JsonValue, TypeAdapter, ValidationError, model_validator

from cognito_claims._hypothesis import drawn
from cognito_claims._wire import EventModel, Listed, Maybe, NonEmpty, Text, as_list, as_object, read_claims
from cognito_claims.carriers import Event, GroupConfiguration, Names, TriggerSource, read_jwt
from cognito_claims.claims import GroupClaims, Identity
from cognito_claims.errors import InvalidClaimsError, Problem
from cognito_claims.resolver import Resolution

__all__ = [
    "AccessTokenGeneration",
    "CallerContext",
    "ClaimsAndScopeOverrideDetails",
    "ClaimsOverrideDetails",
    "GroupOverrideDetails",
    "IdTokenGeneration",
    "IssuedClaims",
    "PreTokenGenerationEvent",
    "PreTokenGenerationRequest",
    "PreTokenGenerationV1Event",
    "PreTokenGenerationV2Event",
    "PreTokenGenerationV3Event",
    "apply_override",
    "override_claims",
    "override_groups",
    "read_trigger_event",
    "suppress_groups",
]


class CallerContext(EventModel, frozen=True):
    """Who asked for the tokens."""

    aws_sdk_version: Maybe[Text] = None
    """The version of the SDK; often `aws-sdk-unknown-unknown`."""

    client_id: Maybe[Text] = None
    """The id of the app client."""


class PreTokenGenerationRequest(EventModel, frozen=True):
    """What a pre token generation trigger is told."""

    user_attributes: Maybe[dict[str, Text]] = Field(default=None, repr=False)
    """The user's attributes by their names, all text. A dictionary, so this model has no hash."""

    group_configuration: Maybe[GroupConfiguration] = None
    """The user's groups and roles: empty, or absent, if there are none."""

    scopes: Maybe[Listed[NonEmpty]] = None
    """The scopes of the access token; since version 2."""

    client_metadata: Maybe[dict[str, Text]] = Field(default=None, repr=False)
    """What the app sent along."""

    @property
    def identities(self) -> tuple[Identity, ...]:
        """The user's accounts at external providers; JSON text in the attributes.

        Raises:
            InvalidClaimsError: the text is no JSON, or no list of identities.
        """
        text = (self.user_attributes or {}).get("identities", "[]")
        try:
            return _IDENTITIES.validate_json(text)
        except ValidationError:
            reason = "should be JSON text, a list of identities"
        raise InvalidClaimsError(_SOURCE, [Problem("request.userAttributes.identities", reason)])


_IDENTITIES: TypeAdapter[tuple[Identity, ...]] = TypeAdapter(tuple[Identity, ...])


class GroupOverrideDetails(GroupConfiguration, frozen=True):
    """The groups and roles that the tokens shall have, all of them: a missing key counts as empty."""


class _Details(EventModel, frozen=True):
    group_override_details: Maybe[GroupOverrideDetails] = None
    """The groups. `None` is a missing key, which changes nothing; null from the wire is read as empty."""

    @model_validator(mode="before")
    @classmethod
    def _null_is_empty(cls, members: object) -> object:
        # Null has the effect of an empty object. So that `None` always means missing,
        # and nothing of ours is ever written as null, it becomes one.
        given = as_object(members)
        if given is None or given.get("groupOverrideDetails", given) is not None:
            return members
        return {**given, "groupOverrideDetails": GroupOverrideDetails()}


class ClaimsOverrideDetails(_Details, frozen=True):
    """The override of a version 1 event: the ID token's claims, and the groups of both tokens."""

    claims_to_add_or_override: Maybe[dict[str, Text]] = None
    """Claims by their names; the values are text."""

    claims_to_suppress: Names = ()
    """Names of claims to leave out."""


class IdTokenGeneration(EventModel, frozen=True):
    """How to change the ID token."""

    claims_to_add_or_override: Maybe[dict[str, JsonValue]] = None
    """Claims by their names; the values are any JSON."""

    claims_to_suppress: Names = ()
    """Names of claims to leave out."""


class AccessTokenGeneration(IdTokenGeneration, frozen=True):
    """How to change the access token."""

    scopes_to_add: Names = ()
    """Scopes to add."""

    scopes_to_suppress: Names = ()
    """Scopes to leave out."""


class ClaimsAndScopeOverrideDetails(_Details, frozen=True):
    """The override of a version 2 or 3 event."""

    id_token_generation: Maybe[IdTokenGeneration] = None
    """How to change the ID token."""

    access_token_generation: Maybe[AccessTokenGeneration] = None
    """How to change the access token."""


class PreTokenGenerationV1Response(EventModel, frozen=True):
    """What a trigger answers to an event of version 1."""

    claims_override_details: Maybe[ClaimsOverrideDetails] = None
    """The override; `None` changes nothing."""


class PreTokenGenerationV2Response(EventModel, frozen=True):
    """What a trigger answers to an event of version 2 or 3."""

    claims_and_scope_override_details: Maybe[ClaimsAndScopeOverrideDetails] = None
    """The override; `None` changes nothing."""


class _Response(PreTokenGenerationV1Response, PreTokenGenerationV2Response, frozen=True):
    pass


class _Answer(EventModel, frozen=True):
    response: _Response


class _Event(EventModel, frozen=True):
    trigger_source: Maybe[TriggerSource] = None
    """Why tokens are generated, such as `TokenGeneration_Authentication`."""

    region: Maybe[Text] = None
    """The AWS region."""

    user_pool_id: Maybe[Text] = None
    """The user pool."""

    user_name: Maybe[Text] = Field(default=None, repr=False)
    """The username; absent for a machine."""

    caller_context: Maybe[CallerContext] = None
    """Who asked."""

    request: PreTokenGenerationRequest
    """What the function is told."""

    @property
    def group_claims(self) -> GroupClaims:
        """What the tokens would say of groups and roles."""
        return (self.request.group_configuration or GroupConfiguration()).group_claims


class PreTokenGenerationV1Event(_Event, frozen=True):
    """An event of version 1: the function may change the ID token, and the groups of both tokens."""

    version: Literal["1"]
    """`1`."""

    response: Maybe[PreTokenGenerationV1Response] = None
    """What the function answers; its container is null when the event arrives."""


class PreTokenGenerationV2Event(_Event, frozen=True):
    """An event of version 2: the function may change both tokens of a user."""

    version: Literal["2"]
    """`2`."""

    response: Maybe[PreTokenGenerationV2Response] = None
    """What the function answers; its container is null when the event arrives."""


class PreTokenGenerationV3Event(_Event, frozen=True):
    """An event of version 3: the function may change the tokens of a user, and of a machine (M2M)."""

    version: Literal["3"]
    """`3`."""

    response: Maybe[PreTokenGenerationV2Response] = None
    """What the function answers; its container is null when the event arrives."""


PreTokenGenerationEvent: TypeAlias = (
    PreTokenGenerationV1Event | PreTokenGenerationV2Event | PreTokenGenerationV3Event
)

_SOURCE = "pre token generation event"
_EVENTS: dict[str, type[PreTokenGenerationEvent]] = {
    "1": PreTokenGenerationV1Event,
    "2": PreTokenGenerationV2Event,
    "3": PreTokenGenerationV3Event,
}


def read_trigger_event(event: Event) -> PreTokenGenerationEvent:
    """Read the event of a pre token generation trigger.

    Args:
        event: the dictionary that Lambda hands over, or aws-lambda-powertools' class or model of it.

    Raises:
        InvalidClaimsError: it does not fit the event of its version.
    """
    members = _members(event)
    return read_claims(_EVENTS[_version(members)], members, _SOURCE)


def override_groups(
    event: Event, groups: Resolution | GroupClaims | GroupConfiguration | Iterable[str]
) -> dict[str, Any]:
    """Give back the event with these groups in the tokens, and no others.

    Roles and preferred role are replaced with the groups: Cognito does not
    compute them anew. A `Resolution` or `GroupClaims` brings its own; names
    alone bring none. What else the answer holds stays, and the event that was
    passed in is not changed.

    Rules: `override-replaces`, `override-partial`, `override-unchecked`.

    Args:
        event: the event, as `read_trigger_event` takes it; its version decides the form of the answer.
        groups: what the tokens shall say. No groups at all remove the claims.

    Raises:
        InvalidClaimsError: the event has no known version, or its answer is malformed.
        TypeError: `groups` is `None`, which would remove every group, or no list of names.
    """
    match groups:
        case Resolution():
            claims = groups.claims
        case GroupClaims():
            claims = groups
        case GroupConfiguration():
            claims = groups.group_claims
        case _:
            claims = GroupClaims(_names(groups))
    details: dict[str, Any] = {
        "groupsToOverride": list(claims.groups),
        "iamRolesToOverride": list(claims.roles),
    }
    if claims.preferred_role is not None:
        details["preferredRole"] = claims.preferred_role
    return _answered(event, {"groupOverrideDetails": details})


def suppress_groups(event: Event) -> dict[str, Any]:
    """Give back the event with an answer that removes groups, roles and preferred role from the tokens.

    Rules: `override-empty`.

    Raises:
        InvalidClaimsError: the event has no known version, or its answer is malformed.
    """
    return _answered(event, {"groupOverrideDetails": {}})


def override_claims(
    event: Event,
    *,
    id_token: Mapping[str, object] | None = None,
    access_token: Mapping[str, object] | None = None,
    suppress_in_id_token: Iterable[str] = (),
    suppress_in_access_token: Iterable[str] = (),
    add_scopes: Iterable[str] = (),
    suppress_scopes: Iterable[str] = (),
) -> dict[str, Any]:
    """Give back the event with claims added to the tokens, or left out.

    It adds to what the answer holds already, groups included, and the event
    that was passed in is not changed.

    Rules: `reserved-claims`, `suppressed-wins`, `suppress-groups`.

    Args:
        event: the event, as `read_trigger_event` takes it; its version decides the form of the answer.
        id_token: claims of the ID token by name: text in version 1, any JSON since version 2.
        access_token: claims of the access token by name, any JSON; since version 2.
        suppress_in_id_token: names of claims that the ID token shall not have.
        suppress_in_access_token: the same for the access token; since version 2.
        add_scopes: scopes that the access token shall have; since version 2.
        suppress_scopes: scopes that it shall not have; since version 2.

    Raises:
        InvalidClaimsError: a claim is reserved, or its value does not fit the event's version;
            or the event has no known version, or its answer is malformed.
        TypeError: names are given as one text, or not as text.
    """
    for_id: dict[str, Any] = {}
    for_access: dict[str, Any] = {}
    _put(for_id, "claimsToAddOrOverride", dict(id_token or {}))
    _put(for_id, "claimsToSuppress", list(_names(suppress_in_id_token)))
    _put(for_access, "claimsToAddOrOverride", dict(access_token or {}))
    _put(for_access, "claimsToSuppress", list(_names(suppress_in_access_token)))
    _put(for_access, "scopesToAdd", list(_names(add_scopes)))
    _put(for_access, "scopesToSuppress", list(_names(suppress_scopes)))
    if _version(_members(event)) != "1":
        details: dict[str, Any] = {}
        _put(details, "idTokenGeneration", for_id)
        _put(details, "accessTokenGeneration", for_access)
        return _answered(event, details)
    if for_access:
        reason = (
            "leaves the access token's claims and scopes alone: set the trigger's LambdaVersion to V2_0"
        )
        raise InvalidClaimsError(_SOURCE, [Problem("version", f"1 {reason}")])
    return _answered(event, for_id)


def _put(members: dict[str, Any], name: str, value: dict[str, Any] | list[str]) -> None:
    if value:
        members[name] = value


def _names(names: object) -> tuple[str, ...]:
    if isinstance(names, str) or not isinstance(names, Iterable):
        raise TypeError(f"expected a list of names, got {type(names).__name__}")
    given: tuple[object, ...] = tuple(cast("Iterable[object]", names))
    if wrong := [name for name in given if not (isinstance(name, str) and name)]:
        raise TypeError(f"expected names, got {type(wrong[0]).__name__} among them, or an empty one")
    return cast("tuple[str, ...]", given)


def _members(event: Event) -> dict[str, Any]:
    members = as_object(event)
    if members is None:
        raise InvalidClaimsError(_SOURCE, [Problem("", f"should be an object, got {type(event).__name__}")])
    return members


def _version(members: dict[str, Any]) -> str:
    version = members.get("version")
    if not (isinstance(version, str) and version in _EVENTS):
        raise InvalidClaimsError(_SOURCE, [Problem("version", "should be the text 1, 2 or 3")])
    return version


def _answered(event: Event, details: dict[str, Any]) -> dict[str, Any]:
    """Add to the event's answer, and check all of it."""
    members = _members(event)
    container = "claimsOverrideDetails" if _version(members) == "1" else "claimsAndScopeOverrideDetails"
    response = _object(members.get("response"), "response")
    _read_answer(response)
    held = _object(response.get(container), f"response.{container}")
    if "groupOverrideDetails" not in details and held.get("groupOverrideDetails", held) is None:
        reason = "is null, which removes every group: leave the key out, or say suppress_groups(event)"
        place = f"response.{container}.groupOverrideDetails"
        raise InvalidClaimsError(_SOURCE, [Problem(place, reason)])
    answer = {**response, container: _merged(held, details)}
    _refuse_what_cannot_be(_read_answer(answer))
    return {**members, "response": answer}


def _read_answer(response: dict[str, Any]) -> _Response:
    return read_claims(_Answer, {"response": response}, _SOURCE).response


def _object(value: object, place: str) -> dict[str, Any]:
    members: dict[str, object] | None = {} if value is None else as_object(value)
    if members is None:
        raise InvalidClaimsError(_SOURCE, [Problem(place, "should be an object or null")])
    return members


def _merged(held: dict[str, Any], added: dict[str, Any]) -> dict[str, Any]:
    """Add to what is held: claims by name, names to lists of names. Groups are replaced."""
    merged = {**held, **added}
    for name in held.keys() & added.keys() - {"groupOverrideDetails"}:
        old, new = as_object(held[name]), as_object(added[name])
        if old is not None and new is not None:
            merged[name] = {**old, **new} if name == "claimsToAddOrOverride" else _merged(old, new)
        names, more = as_list(held[name]), as_list(added[name])
        if names is not None and more is not None:
            merged[name] = [*names, *(one for one in more if one not in names)]
    return merged


_RESERVED = frozenset(
    {
        "acr",
        "amr",
        "at_hash",
        "auth_time",
        "azp",
        "client_id",
        "device_key",
        "event_id",
        "exp",
        "iat",
        "identities",
        "iss",
        "jti",
        "nbf",
        "nonce",
        "origin_jti",
        "sub",
        "token_use",
        "username",
        "version",
    }
)
"""What no trigger may touch in any token. Names that begin with `cognito:` are reserved too."""


def _may_add(name: str, *, to_id_token: bool) -> bool:
    return not _is_reserved(name, in_id_token=to_id_token) and not name.startswith("dev:")


def _may_suppress(name: str, *, in_id_token: bool) -> bool:
    return name == "cognito:groups" or not _is_reserved(name, in_id_token=in_id_token)


def _is_reserved(name: str, *, in_id_token: bool) -> bool:
    return name in _RESERVED or name.startswith("cognito:") or (in_id_token and name == "aud")


def _generations(response: _Response) -> tuple[IdTokenGeneration, AccessTokenGeneration]:
    """Give what is said of each token, whichever version says it."""
    if (of_v1 := response.claims_override_details) is not None:
        added: dict[str, JsonValue] = {**(of_v1.claims_to_add_or_override or {})}
        suppressed = of_v1.claims_to_suppress
        return (
            IdTokenGeneration(claims_to_add_or_override=added, claims_to_suppress=suppressed),
            AccessTokenGeneration(),
        )
    details = response.claims_and_scope_override_details or ClaimsAndScopeOverrideDetails()
    return (
        details.id_token_generation or IdTokenGeneration(),
        details.access_token_generation or AccessTokenGeneration(),
    )


def _refuse_what_cannot_be(response: _Response) -> None:
    problems: list[Problem] = []
    for generation in _generations(response):
        is_id = not isinstance(generation, AccessTokenGeneration)
        token = "ID token" if is_id else "access token"
        for name in generation.claims_to_add_or_override or {}:
            if not _may_add(name, to_id_token=is_id):
                reason = f"is reserved: no trigger can set it in the {token}"
                if name.startswith("cognito:"):
                    reason += "; for groups and roles, there is override_groups"
                problems.append(Problem(f"claimsToAddOrOverride[{name!r}]", reason))
        for name in generation.claims_to_suppress:
            if not _may_suppress(name, in_id_token=is_id):
                reason = f"is reserved: no trigger can suppress it in the {token}"
                problems.append(Problem(f"claimsToSuppress[{name!r}]", reason))
    if problems:
        raise InvalidClaimsError(_SOURCE, problems)


@dataclass(frozen=True, slots=True)
class IssuedClaims:
    """The payloads of a user's two tokens, or what of them matters."""

    id_token: dict[str, Any]
    """The ID token's claims by name."""

    access_token: dict[str, Any]
    """The access token's claims by name."""

    @property
    def group_claims(self) -> GroupClaims:
        """What the ID token says of groups and roles."""
        return read_jwt(self.id_token)


def apply_override(claims: GroupClaims | IssuedClaims, response: Event) -> IssuedClaims:
    """Tell the claims that Cognito issues when a trigger answers so.

    What no trigger may touch stays as it is, as in Cognito.

    Rules: every one of `cognito_claims.rules.TRIGGER_RULES`.

    Args:
        claims: the claims without the trigger: of a user's groups, or of both tokens.
        response: the event that the trigger gave back, or its `response`.

    Raises:
        InvalidClaimsError: the answer is malformed: Cognito would refuse it.
    """
    members = _object(response, "")
    answer = _read_answer(_object(members.get("response", members), "response"))
    if answer.claims_override_details and answer.claims_and_scope_override_details:
        reason = "holds an override of version 1 and one of version 2: leave one out"
        raise InvalidClaimsError(_SOURCE, [Problem("response", reason)])
    if isinstance(claims, GroupClaims):
        claims = IssuedClaims(dict(claims.id_token()), dict(claims.access_token()))
    id_token, access_token = dict(claims.id_token), dict(claims.access_token)
    details = answer.claims_override_details or answer.claims_and_scope_override_details
    if details is not None and details.group_override_details is not None:
        groups = details.group_override_details.group_claims
        id_token = _without_groups(id_token) | dict(groups.id_token())
        access_token = _without_groups(access_token) | dict(groups.access_token())
    for_id, for_access = _generations(answer)
    return IssuedClaims(
        _changed(id_token, for_id, is_id=True),
        _with_scopes(_changed(access_token, for_access, is_id=False), for_access),
    )


def _changed(token: dict[str, Any], generation: IdTokenGeneration, *, is_id: bool) -> dict[str, Any]:
    added = (generation.claims_to_add_or_override or {}).items()
    token = token | {name: value for name, value in added if _may_add(name, to_id_token=is_id)}
    suppressed = {name for name in generation.claims_to_suppress if _may_suppress(name, in_id_token=is_id)}
    if "cognito:groups" in suppressed:
        token = _without_groups(token)
    return {name: value for name, value in token.items() if name not in suppressed}


def _without_groups(token: dict[str, Any]) -> dict[str, Any]:
    of_groups = ("cognito:groups", "cognito:roles", "cognito:preferred_role")
    return {name: value for name, value in token.items() if name not in of_groups}


def _with_scopes(token: dict[str, Any], generation: AccessTokenGeneration) -> dict[str, Any]:
    if not (generation.scopes_to_add or generation.scopes_to_suppress):
        return token
    scopes = dict.fromkeys([*str(token.get("scope", "")).split(), *generation.scopes_to_add])
    kept = [scope for scope in scopes if scope not in generation.scopes_to_suppress]
    return {**token, "scope": " ".join(kept)}


drawn(PreTokenGenerationV1Event, PreTokenGenerationV2Event, PreTokenGenerationV3Event)
