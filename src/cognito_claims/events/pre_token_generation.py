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
an answer that is built here never has null there, and one that has is refused.

Rules: every one of `cognito_claims.rules.TRIGGER_RULES`.

Source: Amazon Cognito Developer Guide, "Pre token generation Lambda trigger".
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from pydantic import Field, JsonValue, TypeAdapter, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from cognito_claims._wire import (
    CamelCaseModel,
    NonEmptyStr,
    Omittable,
    StrictStr,
    TupleOf,
    as_list,
    as_object,
    deep_copy_json,
    get_path,
    parse_claims,
    validate_group_names,
)
from cognito_claims.claims import GroupClaims
from cognito_claims.errors import InvalidClaimsError, Problem
from cognito_claims.events.gateways import (
    CONTAINERS,
    EventLike,
    GroupConfiguration,
    StringList,
    TriggerSource,
)
from cognito_claims.resolver import Resolution
from cognito_claims.tokens import Identity, parse_token_payload

__all__ = [
    "AccessTokenGeneration",
    "CallerContext",
    "ClaimsAndScopeOverrideDetails",
    "ClaimsOverrideDetails",
    "GroupOverrideDetails",
    "IdTokenGeneration",
    "PreTokenGenerationEvent",
    "PreTokenGenerationRequest",
    "PreTokenGenerationV1Event",
    "PreTokenGenerationV1Response",
    "PreTokenGenerationV2Event",
    "PreTokenGenerationV2Response",
    "PreTokenGenerationV3Event",
    "TokenPair",
    "apply_override",
    "override_claims",
    "override_groups",
    "parse_trigger_event",
    "suppress_groups",
]


class CallerContext(CamelCaseModel, frozen=True):
    """Who asked for the tokens."""

    aws_sdk_version: Omittable[StrictStr] = None
    """The version of the SDK; often `aws-sdk-unknown-unknown`."""

    client_id: Omittable[StrictStr] = None
    """The id of the app client."""


class PreTokenGenerationRequest(CamelCaseModel, frozen=True):
    """What a pre token generation trigger is told."""

    user_attributes: Omittable[dict[str, StrictStr]] = Field(default=None, repr=False)
    """The user's attributes by their names, all text. A dictionary, so this model has no hash."""

    group_configuration: Omittable[GroupConfiguration] = None
    """The user's groups and roles: empty, or absent, if there are none."""

    scopes: Omittable[TupleOf[NonEmptyStr]] = None
    """The scopes of the access token; since version 2."""

    client_metadata: Omittable[dict[str, StrictStr]] = Field(default=None, repr=False)
    """What the app sent along."""

    @property
    def identities(self) -> tuple[Identity, ...]:
        """The user's accounts at external providers; JSON text in the attributes.

        Raises:
            InvalidClaimsError: the text is no JSON, or no list of identities.
        """
        text = (self.user_attributes or {}).get("identities", "[]")
        try:
            return _IDENTITIES.validate_json(text, by_alias=True, by_name=False)
        except ValidationError:
            reason = "must be JSON text, a list of identities"
        raise InvalidClaimsError(_SOURCE, [Problem("request.userAttributes.identities", reason)])


_IDENTITIES: TypeAdapter[tuple[Identity, ...]] = TypeAdapter(tuple[Identity, ...])


class GroupOverrideDetails(GroupConfiguration, frozen=True):
    """The groups and roles that the tokens shall have, all of them: a missing key counts as empty."""


class _Details(CamelCaseModel, frozen=True):
    group_override_details: Omittable[GroupOverrideDetails] = None
    """The groups. `None` is a missing key, which changes nothing; null, which removes all, is refused."""

    @model_validator(mode="before")
    @classmethod
    def _null_is_refused(cls, members: object) -> object:
        for path in (("groupOverrideDetails",), ("groupOverrideDetails", "groupsToOverride")):
            holder = as_object(get_path(members, *path[:-1])) or {}
            if path[-1] in holder and holder[path[-1]] is None:
                details = InitErrorDetails(type=_NULL_GROUPS, loc=path, input=None)
                raise ValidationError.from_exception_data(cls.__name__, [details])
        return members


_NULL_GROUPS = PydanticCustomError(
    "null_groups", "is null, which removes every group: leave the key out, or use suppress_groups"
)


class ClaimsOverrideDetails(_Details, frozen=True):
    """The override of a version 1 event: the ID token's claims, and the groups of both tokens."""

    claims_to_add_or_override: Omittable[dict[str, StrictStr]] = Field(default=None, repr=False)
    """Claims by their names; the values are text."""

    claims_to_suppress: StringList = ()
    """StringList of claims to leave out."""


class _Generation(CamelCaseModel, frozen=True):
    claims_to_add_or_override: Omittable[dict[str, JsonValue]] = Field(default=None, repr=False)
    """Claims by their names; the values are any JSON."""

    claims_to_suppress: StringList = ()
    """StringList of claims to leave out."""


class IdTokenGeneration(_Generation, frozen=True):
    """How to change the ID token."""


class AccessTokenGeneration(_Generation, frozen=True):
    """How to change the access token."""

    scopes_to_add: StringList = ()
    """Scopes to add."""

    scopes_to_suppress: StringList = ()
    """Scopes to leave out."""


class ClaimsAndScopeOverrideDetails(_Details, frozen=True):
    """The override of a version 2 or 3 event."""

    id_token_generation: Omittable[IdTokenGeneration] = None
    """How to change the ID token."""

    access_token_generation: Omittable[AccessTokenGeneration] = None
    """How to change the access token."""


class PreTokenGenerationV1Response(CamelCaseModel, frozen=True):
    """What a trigger answers to an event of version 1."""

    claims_override_details: Omittable[ClaimsOverrideDetails] = None
    """The override; `None` changes nothing."""


class PreTokenGenerationV2Response(CamelCaseModel, frozen=True):
    """What a trigger answers to an event of version 2 or 3."""

    claims_and_scope_override_details: Omittable[ClaimsAndScopeOverrideDetails] = None
    """The override; `None` changes nothing."""


class _Response(
    PreTokenGenerationV1Response, PreTokenGenerationV2Response, frozen=True, extra="forbid"
):  # a misspelt container would change nothing, silently
    pass


class _Answer(CamelCaseModel, frozen=True):
    trigger_source: Omittable[TriggerSource] = None
    response: _Response


class _Event(CamelCaseModel, frozen=True):
    trigger_source: Omittable[TriggerSource] = None
    """Why tokens are generated, such as `TokenGeneration_Authentication`."""

    region: Omittable[StrictStr] = None
    """The AWS region."""

    user_pool_id: Omittable[StrictStr] = None
    """The user pool."""

    user_name: Omittable[StrictStr] = Field(default=None, repr=False)
    """The username; absent for a machine."""

    caller_context: Omittable[CallerContext] = None
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

    response: Omittable[PreTokenGenerationV1Response] = None
    """What the function answers; its container is null when the event arrives."""


class PreTokenGenerationV2Event(_Event, frozen=True):
    """An event of version 2: the function may change both tokens of a user."""

    version: Literal["2"]
    """`2`."""

    response: Omittable[PreTokenGenerationV2Response] = None
    """What the function answers; its container is null when the event arrives."""


class PreTokenGenerationV3Event(_Event, frozen=True):
    """An event of version 3: the function may change the tokens of a user, and of a machine (M2M)."""

    version: Literal["3"]
    """`3`."""

    response: Omittable[PreTokenGenerationV2Response] = None
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


def parse_trigger_event(event: EventLike) -> PreTokenGenerationEvent:
    """Read the event of a pre token generation trigger.

    Args:
        event: the dictionary that Lambda hands over, or aws-lambda-powertools' class or model of it.

    Raises:
        InvalidClaimsError: it does not fit the event of its version.
    """
    members = _members(event)
    read = parse_claims(_EVENTS[_version(members)], members, _SOURCE)
    _read_answer(members)
    return read


def override_groups(
    event: EventLike, groups: Resolution | GroupClaims | EventLike | Iterable[str]
) -> dict[str, Any]:
    """Give back the event with these groups in the tokens, and no others.

    Roles and preferred role are replaced with the groups: Cognito does not
    compute them anew. A `Resolution`, `GroupClaims` or the event's own
    `groupConfiguration` brings its own; names alone bring none. What else the
    answer holds stays, and the event that was passed in is not changed.

    Rules: `override-replaces`, `override-partial`, `override-unchecked`.

    Args:
        event: the event, as `parse_trigger_event` takes it; its version decides the form of the answer.
        groups: what the tokens shall say. No groups at all remove the claims.

    Raises:
        InvalidClaimsError: the event has no known version, its answer is malformed, a dictionary is no
            `groupConfiguration`, or a name holds white space.
        TypeError: `groups` is `None`, which would remove every group, or no list of names.
    """
    claims = _claims_of(groups)
    _refuse_white_space(claims.groups)
    details: dict[str, object] = {
        "groupsToOverride": list(claims.groups),
        "iamRolesToOverride": list(claims.roles),
    }
    if claims.preferred_role is not None:
        details["preferredRole"] = claims.preferred_role
    return _answered(_members(event), {"groupOverrideDetails": details})


class _Given(GroupConfiguration, frozen=True, extra="forbid"):
    pass


def _claims_of(groups: object) -> GroupClaims:
    if isinstance(groups, Resolution):
        return groups.claims
    if isinstance(groups, GroupClaims):
        return groups
    if (configuration := as_object(groups)) is not None:
        read = parse_claims(_Given, configuration, "groups")
        if configuration.get("groupsToOverride") is None:
            reason = "is not there, which would remove every group: name them, or use suppress_groups"
            raise InvalidClaimsError("groups", [Problem("groupsToOverride", reason)])
        return read.group_claims
    try:
        return GroupClaims(tuple(validate_group_names(groups)))
    except TypeError as error:
        raise TypeError(f"{error}; for groups themselves, pass resolve(groups)") from None


def _refuse_white_space(names: tuple[str, ...]) -> None:
    # Cognito takes it. But behind an HTTP API, `night admins` reads as two groups.
    reason = "holds white space, which the name of a group never does: a gateway would split it"
    if problems := [Problem(repr(name), reason) for name in names if name.split() != [name]]:
        raise InvalidClaimsError("groups", problems)


def suppress_groups(event: EventLike) -> dict[str, Any]:
    """Give back the event with an answer that removes groups, roles and preferred role from the tokens.

    Rules: `override-empty`.

    Raises:
        InvalidClaimsError: the event has no known version, or its answer is malformed.
    """
    return _answered(_members(event), {"groupOverrideDetails": {}})


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
    """Give back the event with claims added to the tokens, or left out.

    It adds to what the answer holds already, groups included, and the event
    that was passed in is not changed.

    Rules: `reserved-claims`, `suppressed-wins`, `suppress-groups`.

    Args:
        event: the event, as `parse_trigger_event` takes it; its version decides the form of the answer.
        id_token: claims of the ID token by name: text in version 1, any JSON since version 2.
        access_token: claims of the access token by name, any JSON; since version 2.
        suppress_in_id_token: names of claims that the ID token shall not have.
        suppress_in_access_token: the same for the access token; since version 2.
        add_scopes: scopes that the access token shall have; since version 2.
        suppress_scopes: scopes that it shall not have; since version 2.

    Raises:
        InvalidClaimsError: a claim is reserved, or its value does not fit the event's version;
            or the event has no known version, or its answer is malformed.
        TypeError: names are given as one text, or not as text; or claims not by their names.
    """
    members = _members(event)
    for_id = _present(
        claimsToAddOrOverride=_claims_by_name(id_token),
        claimsToSuppress=validate_group_names(suppress_in_id_token),
    )
    for_access = _present(
        claimsToAddOrOverride=_claims_by_name(access_token),
        claimsToSuppress=validate_group_names(suppress_in_access_token),
        scopesToAdd=validate_group_names(add_scopes),
        scopesToSuppress=validate_group_names(suppress_scopes),
    )
    if _version(members) != "1":
        return _answered(members, _present(idTokenGeneration=for_id, accessTokenGeneration=for_access))
    if for_access:
        reason = "1 leaves the access token's claims and scopes alone: set the trigger to V2_0"
        raise InvalidClaimsError(_SOURCE, [Problem("version", reason)])
    return _answered(members, for_id)


def _present(**members: object) -> dict[str, object]:
    return {name: value for name, value in members.items() if value}


def _claims_by_name(claims: object) -> dict[str, object]:
    by_name: dict[str, object] | None = {} if claims is None else as_object(claims)
    if by_name is None:
        raise TypeError(f"expected claims by their names, got {type(claims).__name__}")
    return {name: _listed(value) for name, value in deep_copy_json(by_name, _SOURCE).items()}


def _listed(value: object) -> object:
    """Write tuples as lists, which they are in JSON."""
    if (elements := as_list(value)) is not None:
        return [_listed(element) for element in elements]
    if (members := as_object(value)) is not None:
        return {name: _listed(member) for name, member in members.items()}
    return value


def _members(event: EventLike, reason: str = "must be an object") -> dict[str, object]:
    members = as_object(event)
    if members is None:
        raise InvalidClaimsError(_SOURCE, [Problem("", f"{reason}, got {type(event).__name__}")])
    return members


def _version(members: dict[str, object]) -> str:
    version = members.get("version")
    if not (isinstance(version, str) and version in _EVENTS):
        raise InvalidClaimsError(_SOURCE, [Problem("version", "must be the text 1, 2 or 3")])
    return version


def _answered(members: dict[str, object], details: dict[str, object]) -> dict[str, Any]:
    """Add to the event's answer, and check all of it."""
    container = CONTAINERS[_version(members)]
    _refuse_what_cannot_be(_read_answer({**members, "response": {container: details}}))
    response = _object(members.get("response"), "response")
    held = _object(response.get(container), f"response.{container}")
    if "groupOverrideDetails" in details:  # what was there is replaced, whatever it was
        held.pop("groupOverrideDetails", None)
    _read_answer({**members, "response": {**response, container: held}})
    answered = {**members, "response": {**response, container: _merged(held, details)}}
    return deep_copy_json(answered, _SOURCE)


def _object(value: object, place: str) -> dict[str, object]:
    members: dict[str, object] | None = {} if value is None else as_object(value)
    if members is None:
        raise InvalidClaimsError(_SOURCE, [Problem(place, "must be an object or null")])
    return members


def _read_answer(members: dict[str, object]) -> _Response:
    response = members.get("response")
    # What is null says nothing: the container of another version, or one that AWS may add.
    said = {name: value for name, value in _object(response, "response").items() if value is not None}
    given = {"triggerSource": members.get("triggerSource"), "response": said}
    read = parse_claims(_Answer, given, _SOURCE).response
    overrides = {
        "claimsOverrideDetails": read.claims_override_details,
        "claimsAndScopeOverrideDetails": read.claims_and_scope_override_details,
    }
    held = [container for container, override in overrides.items() if override is not None]
    expected = CONTAINERS[_version(members)] if "version" in members else "".join(held[:1])
    problems = [
        Problem(f"response.{container}", f"is not of this version: its container is {expected}")
        for container in held
        if container != expected
    ]
    if not _is_json(response):
        problems.append(Problem("response", "holds what JSON cannot, such as a number that is not finite"))
    if problems:
        raise InvalidClaimsError(_SOURCE, problems)
    return read


def _is_json(value: object) -> bool:
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return False
    return True


def _merged(held: dict[str, object], added: dict[str, object]) -> dict[str, object]:
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
        for_id = IdTokenGeneration(claims_to_add_or_override=added, claims_to_suppress=suppressed)
        return for_id, AccessTokenGeneration()
    details = response.claims_and_scope_override_details or ClaimsAndScopeOverrideDetails()
    return (
        details.id_token_generation or IdTokenGeneration(),
        details.access_token_generation or AccessTokenGeneration(),
    )


def _refuse_what_cannot_be(response: _Response) -> None:
    for_id, for_access = _generations(response)
    problems = [
        *_reserved(for_id, "ID token", in_id_token=True),
        *_reserved(for_access, "access token", in_id_token=False),
    ]
    if problems:
        raise InvalidClaimsError(_SOURCE, problems)


def _reserved(generation: _Generation, token: str, *, in_id_token: bool) -> Iterator[Problem]:
    for name in generation.claims_to_add_or_override or {}:
        if not _may_add(name, to_id_token=in_id_token):
            reason = f"is reserved: no trigger can set it in the {token}"
            if name.startswith("cognito:"):
                reason += "; for groups and roles, there is override_groups"
            yield Problem(f"claimsToAddOrOverride[{name!r}]", reason)
    for name in generation.claims_to_suppress:
        if not _may_suppress(name, in_id_token=in_id_token):
            reason = f"is reserved: no trigger can suppress it in the {token}"
            yield Problem(f"claimsToSuppress[{name!r}]", reason)


@dataclass(frozen=True, slots=True)
class TokenPair:
    """The payloads of a user's two tokens, or what of them matters."""

    id_token: dict[str, Any] = field(repr=False)
    """The ID token's claims by name."""

    access_token: dict[str, Any] = field(repr=False)
    """The access token's claims by name."""

    @property
    def group_claims(self) -> GroupClaims:
        """What the ID token says of groups and roles."""
        return parse_token_payload(self.id_token)


def apply_override(claims: GroupClaims | TokenPair, response: EventLike) -> TokenPair:
    """Tell the claims that Cognito issues when a trigger answers so.

    What no trigger may touch stays as it is, as in Cognito.

    Rules: every one of `cognito_claims.rules.TRIGGER_RULES`.

    Args:
        claims: the claims without the trigger: of a user's groups, or of both tokens.
        response: the event that the trigger gave back, or its `response`.

    Raises:
        InvalidClaimsError: the answer is malformed: Cognito would refuse it.
        TypeError: the claims are neither of the two.
    """
    members = _members(response, "must be an object: the trigger has to return the event")
    is_event = "response" in members or "request" in members
    answer = _read_answer(_null_as_empty(members if is_event else {"response": members}))
    claims = _tokens(claims)
    id_token = deep_copy_json(claims.id_token, "ID token")
    access_token = deep_copy_json(claims.access_token, "access token")
    details = answer.claims_override_details or answer.claims_and_scope_override_details
    if details is not None and details.group_override_details is not None:
        groups = details.group_override_details.group_claims
        id_token = _without_groups(id_token) | dict(groups.id_token())
        access_token = _without_groups(access_token) | dict(groups.access_token())
    for_id, for_access = _generations(answer)
    return TokenPair(
        _changed(id_token, for_id, is_id=True),
        _with_scopes(_changed(access_token, for_access, is_id=False), for_access),
    )


def _tokens(claims: object) -> TokenPair:
    match claims:
        case TokenPair():
            return claims
        case GroupClaims():
            return TokenPair(dict(claims.id_token()), dict(claims.access_token()))
        case _:
            raise TypeError(f"expected GroupClaims or TokenPair, got {type(claims).__name__}")


def _null_as_empty(members: dict[str, object]) -> dict[str, object]:
    """Write null groups as none at all, which has the same effect."""
    response = as_object(members.get("response")) or {}
    for container in set(CONTAINERS.values()):
        details = as_object(response.get(container)) or {}
        if "groupOverrideDetails" in details:
            override = _object(
                details["groupOverrideDetails"], f"response.{container}.groupOverrideDetails"
            )
            said = {name: value for name, value in override.items() if value is not None}
            response[container] = {**details, "groupOverrideDetails": said}
            members = {**members, "response": response}
    return members


def _changed(token: dict[str, Any], generation: _Generation, *, is_id: bool) -> dict[str, Any]:
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
    others = {name: value for name, value in token.items() if name != "scope"}
    return {**others, "scope": " ".join(kept)} if kept else others
