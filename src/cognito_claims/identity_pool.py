"""Which IAM role an identity pool hands out for a token, and why.

>>> claims = GroupClaims(
...     groups=("auditors", "operators"),
...     roles=("arn:aws:iam::123456789012:role/auditor", "arn:aws:iam::123456789012:role/operator"),
... )
>>> mapping = RoleMapping(type="Token", ambiguous_role_resolution="Deny")
>>> choose_role(claims, mapping).why
'cognito:preferred_role is not set, and AmbiguousRoleResolution is Deny'
>>> choose_role(claims, mapping, custom_role_arn="arn:aws:iam::123456789012:role/operator").role_arn
'arn:aws:iam::123456789012:role/operator'

This is the enhanced flow (GetCredentialsForIdentity) with an ID token; whether
the role's trust policy lets the identity pool assume it is IAM's to say.

Rules: every one of `cognito_claims.rules.IDENTITY_POOL_RULES`.

Source: the `cognito-identity` service model of 2014-06-30, as botocore ships it;
Amazon Cognito Developer Guide, "Using role-based access control".
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, Literal, TypeAlias, assert_never, final

from pydantic import BaseModel, Field, model_validator

from cognito_claims._hypothesis import drawn
from cognito_claims._wire import Listed, Maybe, WireModel, as_list, as_object, read_response
from cognito_claims.carriers import claim_text, read_jwt
from cognito_claims.claims import GroupClaims
from cognito_claims.errors import InvalidClaimsError, InvalidResponseError, Problem
from cognito_claims.models import ServiceResponse
from cognito_claims.reasons import Alternative
from cognito_claims.resolver import Resolution
from cognito_claims.rules import (
    ABSENT_CLAIM,
    AMBIGUOUS_RESOLUTION,
    ARRAY_ELEMENTS,
    CONTAINS_ELEMENT,
    CUSTOM_ROLE,
    CUSTOM_ROLE_OF_RULES,
    CUSTOM_ROLE_WITHOUT_MAPPING,
    FIRST_MATCH,
    IDENTITY_POOL_QUESTIONS,
    LONE_ROLE,
    NO_MAPPING,
    NO_MATCH,
    NO_ROLES,
    PREFERRED_ASSUMED,
    OpenQuestion,
    Rule,
)

__all__ = [
    "Assumed",
    "Denied",
    "GetIdentityPoolRolesResponse",
    "IdTokenLike",
    "MappingRule",
    "OtherRole",
    "RoleMapping",
    "RulesConfiguration",
    "choose_role",
    "provider_name",
]

_Arn = Annotated[str, Field(strict=True, min_length=20, max_length=2048)]
_ProviderName = Annotated[str, Field(strict=True, min_length=1, max_length=128)]


class MappingRule(WireModel, frozen=True):
    """A rule that gives a role for a claim."""

    claim: Annotated[str, Field(strict=True, min_length=1, max_length=64, pattern=r"^[^\p{Z}\p{C}]+$")]
    """The claim's name, 1 to 64 characters without white space."""

    match_type: Literal["Equals", "Contains", "StartsWith", "NotEqual"]
    """How the claim's value is to match."""

    value: Annotated[str, Field(strict=True, min_length=1, max_length=128)]
    """What it is to match, 1 to 128 characters."""

    role_arn: _Arn = Field(alias="RoleARN")
    """The ARN of the role to hand out, 20 to 2048 characters."""


class RulesConfiguration(WireModel, frozen=True):
    """The rules of a mapping."""

    rules: Annotated[Listed[MappingRule], Field(min_length=1, max_length=400)]
    """1 to 400 rules, in order; the developer guide says that 25 is the most."""


class RoleMapping(WireModel, frozen=True):
    """How an identity pool maps the users of one provider to roles."""

    type: Literal["Token", "Rules"]
    """Whether the token's role claims choose, or rules."""

    ambiguous_role_resolution: Maybe[Literal["AuthenticatedRole", "Deny"]] = None
    """What to do if they choose none. AWS asks for it; where it is missing, it is taken as `Deny`."""

    rules_configuration: Maybe[RulesConfiguration] = None
    """The rules; required if `type` is `Rules`."""

    @model_validator(mode="after")
    def _has_rules(self) -> "RoleMapping":
        if self.type == "Rules" and self.rules_configuration is None:
            raise ValueError("Type is Rules, so RulesConfiguration is required")
        return self


class GetIdentityPoolRolesResponse(ServiceResponse, frozen=True):
    """The roles of an identity pool, as boto3's `get_identity_pool_roles` answers them."""

    identity_pool_id: Maybe[
        Annotated[
            str, Field(strict=True, min_length=1, max_length=55, pattern=r"^[A-Za-z0-9_-]+:[0-9a-f-]+$")
        ]
    ] = None
    """The identity pool: its region and a GUID with a colon between."""

    roles: Maybe[
        Annotated[dict[Literal["authenticated", "unauthenticated"], _Arn], Field(max_length=2)]
    ] = None
    """The roles of users who have signed in, and of guests. A dictionary, so this model has no hash."""

    role_mappings: Maybe[Annotated[dict[_ProviderName, RoleMapping], Field(max_length=10)]] = None
    """At most 10 mappings by their providers: `cognito-idp.<region>.amazonaws.com/<poolId>:<clientId>`."""

    @property
    def authenticated_role(self) -> str | None:
        """The role of users who have signed in."""
        return (self.roles or {}).get("authenticated")


@dataclass(frozen=True, slots=True)
class OtherRole:
    """What would be if AWS answered open questions in another way."""

    questions: tuple[OpenQuestion, ...]
    """The questions, as few as it takes: about identity pools, or about a resolution's preferred role."""

    role_arn: str | None
    """The ARN of the role under the other answers; `None` if the request were denied."""


def _asked(alternatives: tuple[OtherRole, ...]) -> tuple[OpenQuestion, ...]:
    return tuple(dict.fromkeys(question for other in alternatives for question in other.questions))


@final
@dataclass(frozen=True, slots=True)
class Assumed:
    """The identity pool hands out credentials of a role."""

    role_arn: str
    """The role's ARN."""

    why: str
    """The reason, in words."""

    rules: tuple[Rule, ...]
    """The rules that led here."""

    alternatives: tuple[OtherRole, ...] = ()
    """What other answers to open questions would give, where that is another role."""

    @property
    def open_questions(self) -> tuple[OpenQuestion, ...]:
        """The open questions on which the role depends."""
        return _asked(self.alternatives)


@final
@dataclass(frozen=True, slots=True)
class Denied:
    """The identity pool refuses: `NotAuthorizedException`."""

    why: str
    """The reason, in words."""

    rules: tuple[Rule, ...]
    """The rules that led here."""

    alternatives: tuple[OtherRole, ...] = ()
    """What other answers to open questions would give, where that is a role."""

    message: str | None = None
    """What the service says, if its role mapping denies and the provider is known."""

    role_arn: ClassVar[None] = None
    """There is none."""

    @property
    def open_questions(self) -> tuple[OpenQuestion, ...]:
        """The open questions on which it depends that there is no role."""
        return _asked(self.alternatives)


IdTokenLike: TypeAlias = GroupClaims | Resolution | Mapping[str, object] | BaseModel
"""An ID token's claims: `IdTokenClaims`, a payload, or group claims alone, such as a `Resolution` has."""


def provider_name(claims: IdTokenLike) -> str:
    """Give the name by which an identity pool knows a token's user pool and app client.

    >>> issuer = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE"
    >>> provider_name({"iss": issuer, "aud": "1example23456789"})
    'cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE:1example23456789'

    Raises:
        InvalidClaimsError: the claims do not say who issued them, and for which app client.
    """
    provider = _provider(_payload(claims))
    if provider is None:
        reason = "has no iss and aud, which name the provider: pass provider="
        raise InvalidClaimsError("ID token", [Problem("", reason)])
    return provider


def _provider(payload: dict[str, object]) -> str | None:
    issuer, client_id = payload.get("iss"), payload.get("aud")
    if isinstance(issuer, str) and isinstance(client_id, str):
        return f"{issuer.removeprefix('https://')}:{client_id}"
    return None


def choose_role(
    claims: IdTokenLike,
    mapping: RoleMapping | GetIdentityPoolRolesResponse | Mapping[str, object] | None,
    *,
    custom_role_arn: str | None = None,
    authenticated_role: str | None = None,
    provider: str | None = None,
) -> Assumed | Denied:
    """Tell which role an identity pool hands out for an ID token.

    Rules: every one of `cognito_claims.rules.IDENTITY_POOL_RULES`.

    Args:
        claims: the ID token's claims. Rules may ask for any of them, so give the whole payload
            where the mapping has rules. Of a `Resolution`, its open questions count too.
        mapping: the provider's mapping, or what boto3's `get_identity_pool_roles` answers, from
            which the provider's is picked. `None`: the provider has none.
        custom_role_arn: the `CustomRoleArn` of the request, if it has one.
        authenticated_role: the ARN of the role of users who have signed in. By default the one of
            the response, if `mapping` is one.
        provider: the provider's name. By default the one of the token.

    Raises:
        InvalidResponseError: the mapping does not fit its model.
        InvalidClaimsError: this is no ID token, a claim has a wrong type, the provider is not known,
            or rules ask group claims for a claim that they do not have.
    """
    payload = _payload(claims)
    roles = read_roles(mapping)
    none = "none was given" if isinstance(roles, RoleMapping) else "the identity pool has none"
    no_mapping = "the provider has no role mapping"
    if isinstance(roles, GetIdentityPoolRolesResponse):
        authenticated_role = authenticated_role or roles.authenticated_role
        mappings = roles.role_mappings or {}
        roles = None
        if mappings:
            provider = provider or provider_name(payload)
            roles = mappings.get(provider)
            no_mapping = f"{provider} has no role mapping{_near_misses(provider, mappings)}"
    request = _Request(
        payload, read_jwt(payload), roles, no_mapping, custom_role_arn, authenticated_role, none
    )
    if isinstance(claims, GroupClaims | Resolution):
        _refuse_to_guess(request)
    choice = _choose(request)
    others = [OtherRole((one,), _choose(request, one).role_arn) for one in IDENTITY_POOL_QUESTIONS]
    if isinstance(claims, Resolution):
        others += [_with_another_preference(request, other) for other in claims.alternatives]
    alternatives = tuple(other for other in others if other.role_arn != choice.role_arn)
    if choice.role_arn is None:
        message = _message(request, provider or _provider(payload))
        return Denied(choice.why, choice.rules, alternatives, message)
    return Assumed(choice.role_arn, choice.why, choice.rules, alternatives)


@dataclass(frozen=True, slots=True)
class _Request:
    payload: dict[str, object]
    groups: GroupClaims
    mapping: RoleMapping | None
    no_mapping: str
    custom_role_arn: str | None
    authenticated_role: str | None
    no_authenticated_role: str


@dataclass(frozen=True, slots=True)
class _Choice:
    role_arn: str | None
    why: str
    rules: tuple[Rule, ...]


def _with_another_preference(request: _Request, other: Alternative) -> OtherRole:
    groups = replace(request.groups, preferred_role=other.preferred_role)
    there = replace(request, groups=groups, payload=dict(groups.id_token()))
    return OtherRole(other.questions, _choose(there).role_arn)


def _message(request: _Request, provider: str | None) -> str | None:
    mapping = request.mapping
    if mapping is None or provider is None:
        return None
    if mapping.ambiguous_role_resolution == "AuthenticatedRole" and request.custom_role_arn is None:
        return None  # it denies for want of that role
    said = f"The ambiguous role mapping rules for: {provider} denied this request"
    return f"NotAuthorizedException: {said}"


def _refuse_to_guess(request: _Request) -> None:
    """Refuse if the role hangs on a rule that asks for what group claims cannot tell."""
    problems: list[Problem] = []
    custom = request.custom_role_arn
    for number, rule in enumerate(_rules(request.mapping), start=1):
        if custom is not None and rule.role_arn != custom:
            continue
        if rule.claim not in ("cognito:groups", "cognito:roles", "cognito:preferred_role"):
            reason = f"rule {number} asks for it, and group claims lack it: pass the payload"
            problems.append(Problem(rule.claim, reason))
        elif _matches(rule, request.payload.get(rule.claim), contains_element=True):
            if custom is not None:
                return
            break
    if problems:
        raise InvalidClaimsError("group claims", problems)


def _rules(mapping: RoleMapping | None) -> tuple[MappingRule, ...]:
    if mapping is None or mapping.type == "Token" or mapping.rules_configuration is None:
        return ()
    return mapping.rules_configuration.rules


def _payload(claims: IdTokenLike) -> dict[str, object]:
    claims = claims.claims if isinstance(claims, Resolution) else claims
    payload = dict(claims.id_token()) if isinstance(claims, GroupClaims) else as_object(claims)
    if payload is None:
        reason = "should be an object: of a token, the payload that was verified and decoded"
        raise InvalidClaimsError("ID token", [Problem("", reason)])
    if payload.get("token_use", "id") != "id":
        raise InvalidClaimsError("ID token", [Problem("token_use", "identity pools take ID tokens alone")])
    return payload


def read_roles(mapping: object) -> RoleMapping | GetIdentityPoolRolesResponse | None:
    """Read what `choose_role` takes for a mapping.

    Raises:
        InvalidResponseError: it does not fit its model.
    """
    if mapping is None or isinstance(mapping, RoleMapping | GetIdentityPoolRolesResponse):
        return mapping
    members = as_object(mapping) or {}
    unknown = members.keys() - {"IdentityPoolId", "Roles", "RoleMappings", "ResponseMetadata"}
    if "RoleMappings" in members or (members and not unknown):
        return read_response(GetIdentityPoolRolesResponse, members)
    if members.keys() & {"Type", "AmbiguousRoleResolution", "RulesConfiguration"}:
        return read_response(RoleMapping, members)
    reason = "is neither a role mapping, which has a Type, nor what get_identity_pool_roles answers"
    raise InvalidResponseError("GetIdentityPoolRoles", [Problem("", reason)])


def _near_misses(provider: str, mappings: Mapping[str, RoleMapping]) -> str:
    pool = provider.rpartition(":")[0]
    if others := [name for name in mappings if name.rpartition(":")[0] == pool]:
        return f"; the user pool has one for another app client: {', '.join(others)}"
    return f"; the identity pool has some for others: {', '.join(mappings)}"


def _choose(request: _Request, other: OpenQuestion | None = None) -> _Choice:
    """Choose by the documented answers to open questions, but for one that is answered in the other way."""
    mapping = request.mapping
    if mapping is None:
        return _without_mapping(request)
    match mapping.type:
        case "Token":
            return _by_token(request, mapping, lone_role_is_ambiguous=other is not LONE_ROLE)
        case "Rules":
            return _by_rules(request, mapping, contains_element=other is not CONTAINS_ELEMENT)
        case _:
            assert_never(mapping.type)


def _without_mapping(request: _Request) -> _Choice:
    role, custom = request.authenticated_role, request.custom_role_arn
    if custom is not None and custom != role:
        why = f"{request.no_mapping}, so no CustomRoleArn can be chosen"
        return _Choice(None, why, (CUSTOM_ROLE_WITHOUT_MAPPING,))
    if role is None:
        why = f"{request.no_mapping}, and the identity pool has no authenticated role"
        return _Choice(None, why, (NO_MAPPING,))
    return _Choice(role, f"{request.no_mapping}, so it is the authenticated role", (NO_MAPPING,))


def _by_token(request: _Request, mapping: RoleMapping, *, lone_role_is_ambiguous: bool) -> _Choice:
    groups, custom = request.groups, request.custom_role_arn
    if custom is not None:
        if custom in groups.roles:
            return _Choice(custom, "the CustomRoleArn is one of cognito:roles", (CUSTOM_ROLE,))
        return _Choice(None, "the CustomRoleArn is none of cognito:roles", (CUSTOM_ROLE,))
    if groups.preferred_role is not None:
        return _Choice(groups.preferred_role, "it is cognito:preferred_role", (PREFERRED_ASSUMED,))
    if len(groups.roles) == 1 and not lone_role_is_ambiguous:
        return _Choice(groups.roles[0], "it is the one role of cognito:roles", ())
    by = (AMBIGUOUS_RESOLUTION,) if groups.roles else (AMBIGUOUS_RESOLUTION, NO_ROLES)
    return _ambiguous(request, mapping, "cognito:preferred_role is not set", *by)


def _by_rules(request: _Request, mapping: RoleMapping, *, contains_element: bool) -> _Choice:
    rules = _rules(mapping)
    values = [request.payload.get(rule.claim) for rule in rules]
    matching = [
        number
        for number, (rule, value) in enumerate(zip(rules, values, strict=True))
        if _matches(rule, value, contains_element=contains_element)
    ]
    asked = values[: matching[0] + 1] if matching else values
    by_element = () if all(as_list(value) is None for value in asked) else (ARRAY_ELEMENTS,)
    if (custom := request.custom_role_arn) is not None:
        if any(rules[number].role_arn == custom for number in matching):
            return _Choice(custom, "a rule that matches names the CustomRoleArn", (CUSTOM_ROLE_OF_RULES,))
        return _Choice(None, "no rule that matches names the CustomRoleArn", (CUSTOM_ROLE_OF_RULES,))
    if matching:
        rule = rules[matching[0]]
        place = f"rule {matching[0] + 1} of {len(rules)}"
        why = f"{place} matches: {rule.claim} {rule.match_type} {rule.value!r}"
        return _Choice(rule.role_arn, why, (FIRST_MATCH, *by_element))
    lacking = (ABSENT_CLAIM,) if None in values else ()
    return _ambiguous(
        request, mapping, f"none of {len(rules)} rules matches", NO_MATCH, *lacking, *by_element
    )


def _ambiguous(request: _Request, mapping: RoleMapping, why: str, *rules: Rule) -> _Choice:
    match mapping.ambiguous_role_resolution:
        case "AuthenticatedRole" if request.authenticated_role is not None:
            why += ", and AmbiguousRoleResolution is AuthenticatedRole"
            return _Choice(request.authenticated_role, why, rules)
        case "AuthenticatedRole":
            why += f", and AmbiguousRoleResolution is AuthenticatedRole: {request.no_authenticated_role}"
        case "Deny":
            why += ", and AmbiguousRoleResolution is Deny"
        case None:
            why += ", and AmbiguousRoleResolution, which AWS asks for, is missing"
        case _:
            assert_never(mapping.ambiguous_role_resolution)
    return _Choice(None, why, rules)


def _matches(rule: MappingRule, claim: object, *, contains_element: bool) -> bool:
    if claim is None:
        return False
    # An array is taken element by element.
    elements = as_list(claim)
    is_array = elements is not None
    texts = [claim_text(one) for one in ([claim] if elements is None else elements)]
    match rule.match_type:
        case "Equals":
            return rule.value in texts
        case "NotEqual":
            return rule.value not in texts
        case "StartsWith":
            return any(text.startswith(rule.value) for text in texts)
        case "Contains" if is_array and contains_element:
            return rule.value in texts
        case "Contains":
            return any(rule.value in text for text in texts)
        case _:
            assert_never(rule.match_type)


drawn(GetIdentityPoolRolesResponse, MappingRule, RoleMapping, RulesConfiguration)
