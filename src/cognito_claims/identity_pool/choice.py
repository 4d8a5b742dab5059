"""The IAM role that an identity pool assigns to the user of a token, and the reason.

This is the enhanced flow (GetCredentialsForIdentity) with an ID token. The role's
trust policy, which must allow the identity pool to assume the role, is not checked.

Source: Amazon Cognito Developer Guide, "Using role-based access control".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, TypeAlias, assert_never, final

from pydantic import BaseModel

from cognito_claims._wire.json import as_list, as_object
from cognito_claims._wire.parsing import format_name
from cognito_claims.claims import GROUP_CLAIM_NAMES, GroupClaims
from cognito_claims.errors import InvalidClaimsError, Problem
from cognito_claims.identity_pool import rules
from cognito_claims.identity_pool.models import (
    GetIdentityPoolRolesResponse,
    MappingRule,
    RoleMapping,
    parse_identity_pool_roles,
)
from cognito_claims.resolver import Alternative, Policy, Resolution
from cognito_claims.resolver.outcomes import find_open_questions
from cognito_claims.tokens import build_provider_name, format_claim, parse_issuer, parse_token_payload

if TYPE_CHECKING:
    from cognito_claims.rules import OpenQuestion, Rule


@final
@dataclass(frozen=True, slots=True)
class AssumedRole:
    """The identity pool issues credentials for a role."""

    role_arn: str
    """The ARN of the role."""

    reason: str
    """The reason, as a phrase."""

    rules: tuple[Rule, ...]
    """The rules that led to this choice."""

    alternatives: tuple[Alternative, ...] = ()
    """The other answers to open questions that would change the role."""

    @property
    def open_questions(self) -> tuple[OpenQuestion, ...]:
        """The open questions that the role depends on."""
        return find_open_questions(self.alternatives)


@final
@dataclass(frozen=True, slots=True)
class AccessDenied:
    """The identity pool issues no credentials: `NotAuthorizedException`."""

    reason: str
    """The reason, as a phrase."""

    rules: tuple[Rule, ...]
    """The rules that led to this choice."""

    alternatives: tuple[Alternative, ...] = ()
    """The other answers to open questions that would result in a role."""

    message: str | None = None
    """The error message of the service, if the role mapping denies and the provider is known."""

    role_arn: ClassVar[None] = None
    """Always `None`."""

    @property
    def open_questions(self) -> tuple[OpenQuestion, ...]:
        """The open questions that the refusal depends on."""
        return find_open_questions(self.alternatives)


_Choice: TypeAlias = AssumedRole | AccessDenied
IdTokenLike: TypeAlias = GroupClaims | Resolution | Mapping[str, object] | BaseModel
"""The claims of an ID token: `IdTokenClaims`, a payload, `GroupClaims` or a `Resolution`."""


def get_provider_name(claims: IdTokenLike) -> str:
    """Return the provider name of a token's user pool and app client in an identity pool.

    >>> issuer = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE"
    >>> get_provider_name({"iss": issuer, "aud": "1example23456789"})
    'cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE:1example23456789'

    Raises:
        InvalidClaimsError: If the claims have no `iss` or no `aud`.
    """
    provider = _find_provider(_to_payload(claims))
    if provider is None:
        reason = "must have iss and aud, which name the provider: pass provider="
        raise InvalidClaimsError("ID token", [Problem("", reason)])
    return provider


def _find_provider(payload: dict[str, object]) -> str | None:
    issuer, client_id = payload.get("iss"), payload.get("aud")
    if isinstance(issuer, str) and isinstance(client_id, str):
        return build_provider_name(issuer, client_id)
    return None


def _has_updated_issuer(payload: dict[str, object]) -> bool:
    issuer = parse_issuer(payload.get("iss"))
    return issuer is not None and issuer.is_updated


def choose_role(
    claims: IdTokenLike,
    mapping: RoleMapping | GetIdentityPoolRolesResponse | Mapping[str, object] | None,
    *,
    custom_role_arn: str | None = None,
    authenticated_role: str | None = None,
    provider: str | None = None,
) -> AssumedRole | AccessDenied:
    """Choose the role that an identity pool assigns to the user of an ID token.

    Rules: every one of `cognito_claims.identity_pool.IDENTITY_POOL_RULES`.

    Args:
        claims: The claims of the ID token. A mapping's rules may use any claim, so pass the
            whole payload where the mapping has rules. The open questions of a `Resolution`
            count too.
        mapping: The provider's role mapping, or the response of boto3's
            `get_identity_pool_roles`, which contains it. `None` if the provider has none.
        custom_role_arn: The `CustomRoleArn` of the request, if it has one.
        authenticated_role: The ARN of the role for authenticated users. By default, the one in
            the response, if `mapping` is a response.
        provider: The name of the provider. By default, the one in the token.

    Raises:
        InvalidResponseError: If the mapping does not fit its model.
        InvalidClaimsError: If the claims are not those of an ID token, a claim has the wrong
            type, the provider is unknown, or a rule uses a claim that group claims lack.
    """
    request = _Request.build(claims, mapping, custom_role_arn, authenticated_role, provider)
    if isinstance(claims, GroupClaims | Resolution):
        _require_known_claims(request)
    choice = _choose(request)
    policy = claims.policy if isinstance(claims, Resolution) else Policy.DOCUMENTED
    others = [
        Alternative(question, _choose(request, question).role_arn, policy)
        for question in rules.IDENTITY_POOL_QUESTIONS
    ]
    if isinstance(claims, Resolution):
        others += [_choose_for_alternative(request, other) for other in claims.alternatives]
    alternatives = tuple(other for other in others if other.role_arn != choice.role_arn)
    if isinstance(choice, AssumedRole):
        return replace(choice, alternatives=alternatives)
    return replace(choice, alternatives=alternatives, message=_build_message(request))


@dataclass(frozen=True, slots=True)
class _Request:
    payload: dict[str, object]
    groups: GroupClaims
    mapping: RoleMapping | None
    no_mapping: str
    custom_role_arn: str | None
    authenticated_role: str | None
    no_authenticated_role: str
    provider: str | None
    under_updated_name: _Request | None = None
    """For a token with the updated issuer: the same with the mapping of the updated issuer's host."""

    @classmethod
    def build(
        cls,
        claims: IdTokenLike,
        mapping_or_response: object,
        custom_role_arn: str | None,
        authenticated_role: str | None,
        provider: str | None,
    ) -> _Request:
        payload = _to_payload(claims)
        roles = parse_identity_pool_roles(mapping_or_response)
        mapping = roles if isinstance(roles, RoleMapping) else None
        mappings: Mapping[str, RoleMapping] = {}
        updated = False
        no_mapping = "the provider has no role mapping"
        no_role = "no authenticated role was passed"
        if isinstance(roles, GetIdentityPoolRolesResponse):
            authenticated_role = authenticated_role or roles.authenticated_role
            no_role = "the identity pool has no authenticated role"
            if mappings := roles.mappings_by_provider:
                updated = provider is None and _has_updated_issuer(payload)
                provider = provider or get_provider_name(payload)
                mapping = mappings.get(provider)
                no_mapping = f"{provider} has no role mapping{_list_other_mappings(provider, mappings)}"
        request = cls(
            payload=payload,
            groups=parse_token_payload(payload),
            mapping=mapping,
            no_mapping=no_mapping,
            custom_role_arn=custom_role_arn,
            authenticated_role=authenticated_role,
            no_authenticated_role=no_role,
            provider=provider or _find_provider(payload),
        )
        if not updated:
            return request
        other = replace(request, mapping=mappings.get(f"issuer-{provider}"))
        return replace(request, under_updated_name=other)


def _choose_for_alternative(request: _Request, other: Alternative) -> Alternative:
    # A policy decides the preferred role only: groups and roles do not depend on it.
    groups = replace(request.groups, preferred_role=other.role_arn)
    changed = replace(request, groups=groups, payload=dict(groups.id_token()))
    return Alternative(other.question, _choose(changed).role_arn, other.policy, other.raised_by)


def _build_message(request: _Request) -> str | None:
    mapping, provider = request.mapping, request.provider
    if mapping is None or provider is None:
        return None
    if mapping.ambiguous_role_resolution == "AuthenticatedRole" and request.custom_role_arn is None:
        return None  # the mapping does not deny: the role that it falls back to is missing
    return f"NotAuthorizedException: The ambiguous role mapping rules for: {provider} denied this request"


def _require_known_claims(request: _Request) -> None:
    """Raise if the role depends on a rule about a claim that group claims lack."""
    problems: list[Problem] = []
    custom = request.custom_role_arn
    for number, rule in enumerate(_list_rules(request.mapping), start=1):
        if custom not in (None, rule.role_arn):
            continue
        if rule.claim not in GROUP_CLAIM_NAMES:
            reason = f"rule {number} uses this claim, which group claims lack: pass the whole payload"
            problems.append(Problem(format_name(rule.claim).strip("'"), reason))
        elif _matches(rule, request.payload.get(rule.claim), contains_element=True):
            if custom is not None:  # any rule that matches decides, not only the first
                return
            break
    if problems:
        raise InvalidClaimsError("group claims", problems)


def join_missing_claims(error: InvalidClaimsError) -> str:
    """Return the names of the claims that group claims lack, of an error of `choose_role`."""
    return ", ".join(dict.fromkeys(problem.path for problem in error.problems))


def _list_rules(mapping: RoleMapping | None) -> tuple[MappingRule, ...]:
    if mapping is None or mapping.type == "Token" or mapping.rules_configuration is None:
        return ()
    return mapping.rules_configuration.rules


def _to_payload(claims: IdTokenLike) -> dict[str, object]:
    claims = claims.claims if isinstance(claims, Resolution) else claims
    payload = dict(claims.id_token()) if isinstance(claims, GroupClaims) else as_object(claims)
    if payload is None:
        reason = "must be an object: pass the payload of a verified and decoded token"
        raise InvalidClaimsError("ID token", [Problem("", reason)])
    if payload.get("cognito:preferred_role") == "":  # absent, for a rule on the claim too
        del payload["cognito:preferred_role"]
    if payload.get("token_use", "id") != "id":
        problem = Problem("token_use", "must be id: identity pools accept ID tokens only")
        raise InvalidClaimsError("ID token", [problem])
    return payload


def _list_other_mappings(provider: str, mappings: Mapping[str, RoleMapping]) -> str:
    pool = provider.rpartition(":")[0]
    if others := [name for name in mappings if name.rpartition(":")[0] == pool]:
        return f"; the user pool has one for a different app client: {', '.join(others)}"
    return f"; the identity pool has some for other providers: {', '.join(mappings)}"


def _choose(request: _Request, other: OpenQuestion | None = None) -> _Choice:
    """Choose a role by the documented answers to all open questions but `other`."""
    if other is rules.UPDATED_ISSUER and request.under_updated_name is not None:
        return _choose(request.under_updated_name)
    mapping = request.mapping
    if mapping is None:
        return _choose_without_mapping(request)
    choose = _choose_by_token if mapping.type == "Token" else _choose_by_rules
    return choose(request, mapping, other)


def _choose_without_mapping(request: _Request) -> _Choice:
    role, custom = request.authenticated_role, request.custom_role_arn
    if custom is not None:
        decided_by = (rules.CUSTOM_ROLE_WITHOUT_MAPPING,)
        if custom == role:
            reason = f"{request.no_mapping}, and the CustomRoleArn is the authenticated role"
            return AssumedRole(custom, reason, decided_by)
        return AccessDenied(f"{request.no_mapping}, so no CustomRoleArn can be chosen", decided_by)
    if role is None:
        reason = f"{request.no_mapping}, and {request.no_authenticated_role}"
        return AccessDenied(reason, (rules.NO_MAPPING,))
    reason = f"{request.no_mapping}, so the authenticated role is assumed"
    return AssumedRole(role, reason, (rules.NO_MAPPING,))


def _choose_by_token(request: _Request, mapping: RoleMapping, other: OpenQuestion | None) -> _Choice:
    # In the order of the guide: the CustomRoleArn, the preferred role, AmbiguousRoleResolution.
    groups, custom = request.groups, request.custom_role_arn
    if custom is not None:
        if custom in groups.roles:
            return AssumedRole(custom, "the CustomRoleArn is one of cognito:roles", (rules.CUSTOM_ROLE,))
        return AccessDenied("the CustomRoleArn is not one of cognito:roles", (rules.CUSTOM_ROLE,))
    if (preferred := groups.preferred_role) is not None:
        # It need not be one of cognito:roles: a trigger may set both claims to any string.
        return AssumedRole(preferred, "it is cognito:preferred_role", (rules.PREFERRED_ASSUMED,))
    if len(groups.roles) == 1 and other is rules.LONE_ROLE:
        return AssumedRole(groups.roles[0], "it is the only role of cognito:roles", ())
    no_roles = () if groups.roles else (rules.NO_ROLES,)
    reason = "cognito:preferred_role is not set"
    return _resolve_ambiguity(request, mapping, reason, rules.AMBIGUOUS_RESOLUTION, *no_roles)


def _choose_by_rules(request: _Request, mapping: RoleMapping, other: OpenQuestion | None) -> _Choice:
    mapping_rules, by_element = _list_rules(mapping), other is not rules.CONTAINS_ELEMENT
    matching = [
        (number, rule)
        for number, rule in enumerate(mapping_rules, start=1)
        if _matches(rule, request.payload.get(rule.claim), contains_element=by_element)
    ]
    if (custom := request.custom_role_arn) is not None:
        if any(rule.role_arn == custom for _, rule in matching):
            reason = "a rule that matches names the CustomRoleArn"
            return AssumedRole(custom, reason, (rules.CUSTOM_ROLE_OF_RULES,))
        reason = "no rule that matches names the CustomRoleArn"
        return AccessDenied(reason, (rules.CUSTOM_ROLE_OF_RULES,))
    # The rules after the first match are not evaluated, so they are no reason for the choice.
    evaluated = mapping_rules[: matching[0][0]] if matching else mapping_rules
    claims = [rule.claim for rule in evaluated]
    type_rules = _find_type_rules([request.payload[claim] for claim in claims if claim in request.payload])
    if matching:
        number, rule = matching[0]
        reason = f"rule {number} of {len(mapping_rules)} matches: "
        reason += f"{rule.claim} {rule.match_type} {rule.value!r}"
        return AssumedRole(rule.role_arn, reason, (rules.FIRST_MATCH, *type_rules))
    absent = (rules.ABSENT_CLAIM,) if any(request.payload.get(claim) is None for claim in claims) else ()
    count = len(mapping_rules)
    reason = "the rule does not match" if count == 1 else f"none of {count} rules matches"
    return _resolve_ambiguity(request, mapping, reason, rules.NO_MATCH, *absent, *type_rules)


def _find_type_rules(values: list[object]) -> tuple[Rule, ...]:
    """Return the rules for claims of other types than strings."""
    others = [value for value in values if not isinstance(value, str)]
    arrays = [value for value in others if as_list(value) is not None]
    found = {rules.ARRAY_ELEMENTS: bool(arrays), rules.CLAIM_TEXT: len(arrays) < len(others)}
    return tuple(rule for rule, applies in found.items() if applies)


def _resolve_ambiguity(request: _Request, mapping: RoleMapping, reason: str, *causes: Rule) -> _Choice:
    resolution = mapping.ambiguous_role_resolution
    if resolution is None:
        reason += ", and AmbiguousRoleResolution, which AWS requires, is missing"
        return AccessDenied(reason, causes)
    reason += f", and AmbiguousRoleResolution is {resolution}"
    if resolution == "Deny":
        return AccessDenied(reason, causes)
    if request.authenticated_role is None:
        return AccessDenied(f"{reason}: {request.no_authenticated_role}", causes)
    return AssumedRole(request.authenticated_role, reason, causes)


def _matches(rule: MappingRule, claim: object, *, contains_element: bool) -> bool:
    if claim is None:  # not even NotEqual matches: rule `absent-claim`
        return False
    elements = as_list(claim)
    texts = [format_claim(one) for one in ([claim] if elements is None else elements)]
    match rule.match_type:
        case "Equals":
            return rule.value in texts
        case "NotEqual":
            return rule.value not in texts
        case "StartsWith":
            return any(text.startswith(rule.value) for text in texts)
        case "Contains" if elements is not None and contains_element:
            return rule.value in texts
        case "Contains":
            return any(rule.value in text for text in texts)
        case _:
            assert_never(rule.match_type)
