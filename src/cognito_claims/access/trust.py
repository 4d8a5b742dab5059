"""Whether the trust policy of a role lets an identity pool assume it.

A condition, a statement and a policy each hold, do not hold, or may hold. The last is
the result of everything that this module does not evaluate, and of missing facts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Literal, TypeAlias

from cognito_claims.access import rules
from cognito_claims.access.assessment import Assessment, Verdict
from cognito_claims.access.policy import (
    PRINCIPAL_TYPES,
    Condition,
    Statement,
    TrustPolicy,
    TrustPolicyLike,
    parse_trust_policy,
)

if TYPE_CHECKING:
    from cognito_claims.rules import Rule

Flow: TypeAlias = Literal["enhanced", "classic"]
"""How credentials are requested: from the identity pool, or from STS with a token of the identity pool."""

_ASSUME = "sts:AssumeRoleWithWebIdentity"
_TAG = "sts:TagSession"
_SERVICES = {
    "cn-": "cognito-identity.cn-north-1.amazonaws.com.cn",
    "us-gov-": "cognito-identity-us-gov.amazonaws.com",
    "": "cognito-identity.amazonaws.com",
}
"""The name of the service by the start of the region."""
# The partitions for which AWS documents no name of the service.
_OTHER_PARTITION = re.compile("us-iso|eu-isoe|eusc-")
_POOL_ID = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]+:[0-9a-f-]{1,36}")
# Operators and keys of a policy are quoted only if they have the form of one.
_OPERATOR = re.compile(
    "(For(Any|All)Values?:)?(Not)?(String|Numeric|Date|Bool|Binary|Ip|Arn|Null)[A-Za-z]{0,30}"
)
_KEY = re.compile(r"[a-z][a-z0-9.-]{1,60}:(?!.*eyJ)[A-Za-z]{1,40}")


def evaluate_trust(
    policy: TrustPolicyLike,
    *,
    identity_pool_id: str,
    principal_tags: bool | None,
    identity_id: str | None = None,
    flow: Flow = "enhanced",
) -> Assessment:
    """Return whether a trust policy lets an identity pool assume its role for a signed-in user.

    Rules: every one of `TRUST_RULES`.

    >>> pool = "eu-west-1:0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
    >>> policy = {
    ...     "Version": "2012-10-17",
    ...     "Statement": [{
    ...         "Effect": "Allow",
    ...         "Principal": {"Federated": "cognito-identity.amazonaws.com"},
    ...         "Action": "sts:AssumeRoleWithWebIdentity",
    ...         "Condition": {
    ...             "StringEquals": {"cognito-identity.amazonaws.com:aud": pool},
    ...             "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "unauthenticated"},
    ...         },
    ...     }],
    ... }
    >>> trust = evaluate_trust(policy, identity_pool_id=pool, principal_tags=False)
    >>> print(trust.verdict, trust.reason, sep=": ")
    no: Statement[0]: amr must be unauthenticated, which is for guests

    Args:
        policy: The trust policy: the `AssumeRolePolicyDocument` of a role.
        identity_pool_id: The ID of the identity pool.
        principal_tags: Whether the identity pool maps claims of the user pool to principal tags.
            `None` if that is not known.
        identity_id: The ID of the user's identity in the identity pool, if it is known.
        flow: How the user requests credentials.

    Raises:
        InvalidResponseError: If the policy is not one.
    """
    parsed = parse_trust_policy(policy)
    request = _Request(_find_service(identity_pool_id), identity_pool_id, True, identity_id, flow)
    answer = _decide(parsed, _ASSUME, request)
    if answer.verdict is not Verdict.NO and principal_tags is not False:
        answer = _require_tags(answer, _decide(parsed, _TAG, request), mapped=principal_tags)
    return replace(answer, warnings=tuple(_find_warnings(parsed, request)))


@dataclass(frozen=True, slots=True)
class _Request:
    """A request for a role, as IAM sees it."""

    service: str | None
    """The service's name in the partition, or `None` if AWS documents none."""

    audience: str | None
    """The ID of the identity pool, or `None` for any other one."""

    signed_in: bool
    """Whether it is for a signed-in user, and not for a guest."""

    identity_id: str | None
    flow: Flow


@dataclass(frozen=True, slots=True)
class _Check:
    """Whether a part of a statement applies to a request; `None` if that is not known."""

    holds: bool | None
    reason: str
    rule: Rule


def _find_service(identity_pool_id: str) -> str | None:
    if _OTHER_PARTITION.match(identity_pool_id):
        return None
    return next(name for start, name in _SERVICES.items() if identity_pool_id.startswith(start))


def _require_tags(answer: Assessment, tagging: Assessment, *, mapped: bool | None) -> Assessment:
    """Combine the answers for both actions, where claims are mapped to principal tags or may be."""
    if tagging.verdict is Verdict.YES:
        return answer
    if mapped is True:
        reason = f"the identity pool maps claims to principal tags, but {_TAG}: {tagging.reason}"
        if answer.verdict is Verdict.YES or tagging.verdict is Verdict.NO:
            return Assessment(
                tagging.verdict, reason, (rules.TAG_SESSION, *tagging.rules), tagging.statement
            )
        return answer
    if answer.verdict is Verdict.UNKNOWN:
        return answer
    reason = f"{_TAG} is not allowed, and it is not known whether the identity pool needs it: "
    reason += "pass the principal tags of the identity pool"
    return Assessment(Verdict.UNKNOWN, reason, (rules.TAG_SESSION,), tagging.statement)


def _find_warnings(policy: TrustPolicy, request: _Request) -> Iterator[Rule]:
    """Yield who else is trusted: the answers to the requests of others."""
    others = replace(request, audience=None, identity_id=None)
    guests = replace(request, signed_in=False, identity_id=None)
    if _trusts(policy, others) or _trusts(policy, replace(others, signed_in=False)):
        yield rules.ANY_IDENTITY_POOL
    if _trusts(policy, guests):
        yield rules.GUESTS_TRUSTED


def _trusts(policy: TrustPolicy, request: _Request) -> bool:
    return _decide(policy, _ASSUME, request).verdict is Verdict.YES


@dataclass(frozen=True, slots=True)
class _Evaluated:
    """A statement with the checks of its parts."""

    index: int
    statement: Statement
    checks: tuple[_Check, ...]

    @property
    def applies(self) -> bool | None:
        results = {check.holds for check in self.checks}
        return False if False in results else None if None in results else True

    def list_checks(self, holds: bool | None) -> list[_Check]:
        return [check for check in self.checks if check.holds is holds]

    def assess(self, verdict: Verdict, prefix: str = "") -> Assessment:
        """Return an answer for the parts that keep the statement from applying, or may do so."""
        found = self.list_checks(False if verdict is Verdict.NO else None)
        found.sort(key=lambda check: rules.TRUST_RULES.index(check.rule))
        found_rules = tuple(dict.fromkeys(check.rule for check in found))
        reason = f"Statement[{self.index}]{prefix}: {_join_reasons(found)}"
        return Assessment(verdict, reason, found_rules, self.index)


def _join_reasons(checks: Iterable[_Check]) -> str:
    """Return the reasons of checks, regardless of the order of the conditions in a statement."""
    keyed = sorted((rules.TRUST_RULES.index(check.rule), check.reason) for check in checks)
    return "; ".join(dict.fromkeys(reason for _, reason in keyed))


def _decide(policy: TrustPolicy, action: str, request: _Request) -> Assessment:
    """Decide as IAM does: a Deny wins, then one Allow suffices, and without one the request is denied."""
    evaluated = [
        _Evaluated(index, statement, tuple(_check_statement(statement, action, request)))
        for index, statement in enumerate(policy.statements)
    ]
    allows = [one for one in evaluated if one.statement.effect == "Allow"]
    denies = [one for one in evaluated if one.statement.effect == "Deny"]
    if denying := _find_first(denies, True):
        return Assessment(
            Verdict.NO,
            f"Statement[{denying.index}] denies the identity pool {action}",
            (rules.DENY_WINS,),
            denying.index,
        )
    if allowing := _find_first(allows, True):
        if may_deny := _find_first(denies, None):
            return may_deny.assess(Verdict.UNKNOWN, ", which denies")
        _, _, *conditions = allowing.checks
        held = _join_reasons(conditions) or "it has no condition"
        reason = f"Statement[{allowing.index}] allows the identity pool {action}: {held}"
        return Assessment(Verdict.YES, reason, (rules.ALLOW_REQUIRED,), allowing.index)
    if may_allow := _find_first(allows, None):
        return may_allow.assess(Verdict.UNKNOWN)
    if allows:
        # Of several, the one of which most applies is probably the one that was meant.
        return max(allows, key=_rank_miss).assess(Verdict.NO)
    return Assessment(Verdict.NO, "no statement allows anything", (rules.ALLOW_REQUIRED,))


def _rank_miss(evaluated: _Evaluated) -> tuple[bool, bool, int, list[str]]:
    """Return how nearly a statement applies: by its principal, its action, and then its other parts."""
    principal, action, *_ = evaluated.checks
    failed = evaluated.list_checks(False)
    ids = sorted(check.rule.id for check in failed)
    return principal.holds is not False, action.holds is not False, -len(failed), ids


def _find_first(evaluated: Iterable[_Evaluated], applies: bool | None) -> _Evaluated | None:
    found = [one for one in evaluated if one.applies is applies]
    # Not the first by index: the answer must not depend on the order of the statements.
    return min(found, key=lambda one: sorted(c.rule.id for c in one.list_checks(None)), default=None)


def _check_statement(statement: Statement, action: str, request: _Request) -> Iterator[_Check]:
    yield _check_principal(statement, request)
    yield _check_action(statement, action)
    for condition in statement.conditions:
        yield _check_condition(condition, request)
    for name in statement.other_members:
        if name in ("Resource", "NotResource"):
            yield _leave_open(f"has {name}, which is not evaluated")
        elif name not in ("NotPrincipal", "NotAction"):
            yield _leave_open("has a member that is not evaluated")


def _leave_open(reason: str, rule: Rule = rules.NOT_EVALUATED) -> _Check:
    return _Check(None, reason, rule)


def _check_principal(statement: Statement, request: _Request) -> _Check:
    if "NotPrincipal" in statement.other_members:
        return _leave_open("has NotPrincipal, which is not evaluated")
    principals = dict(statement.principals)
    federated, service = principals.get("Federated", ()), request.service
    if service is None and federated:
        return _leave_open("AWS documents no name of the identity pools service in this partition")
    if service in federated:
        return _Check(True, "", rules.TRUSTED_PRINCIPAL)
    names = (*principals.get("*", ()), *principals.get("AWS", ()), *federated)
    if "*" in names or any("*" in name or name.lower() == service for name in federated):
        return _leave_open(f"the principal is not {service} exactly, but may include it")
    if not principals.keys() <= {*PRINCIPAL_TYPES}:
        return _leave_open("has a type of principal that is not evaluated")
    return _Check(False, f"the principal is not {service}", rules.TRUSTED_PRINCIPAL)


def _check_action(statement: Statement, action: str) -> _Check:
    if "NotAction" in statement.other_members:
        return _leave_open("has NotAction, which is not evaluated")
    if any(_matches(pattern.lower(), action.lower()) for pattern in statement.actions):
        return _Check(True, "", rules.TRUSTED_ACTION)
    return _Check(False, f"the action does not include {action}", rules.TRUSTED_ACTION)


def _check_condition(condition: Condition, request: _Request) -> _Check:
    operator, key = condition.operator, condition.key.lower()
    name = f"{operator if _OPERATOR.fullmatch(operator) else 'a condition'} on "
    name += condition.key if _KEY.fullmatch(condition.key) else "a key"
    values = [value for value in condition.values if isinstance(value, str) and "${" not in value]
    if not values or len(values) < len(condition.values):
        return _leave_open(f"{name} has no value, a variable or a value that is no string")
    service = request.service  # without one, no key is its own
    if (operator, key) == ("StringEquals", f"{service}:aud"):
        return _check_audience(values, request)
    if (operator, key) == ("StringEquals", f"{service}:sub"):
        return _check_identity(values, request)
    if (operator, key) == ("ForAnyValue:StringLike", f"{service}:amr"):
        return _check_amr(values, request, name)
    if (operator, key, request.flow) == ("IpAddress", "aws:sourceip", "enhanced"):
        return _Check(False, "aws:SourceIp never holds in the enhanced flow", rules.SOURCE_IP)
    return _leave_open(f"{name} is not evaluated")


def _check_audience(values: Sequence[str], request: _Request) -> _Check:
    if request.audience in values:
        return _Check(True, "aud is the identity pool", rules.TRUSTED_AUDIENCE)
    shown = " or ".join(sorted(values)) if all(map(_POOL_ID.fullmatch, values)) else "a different value"
    reason = f"aud must be {shown}, which is not the ID of this identity pool"
    if any("*" in value for value in values):
        reason += " (StringEquals has no wildcards)"
    return _Check(False, reason, rules.TRUSTED_AUDIENCE)


def _check_identity(values: Sequence[str], request: _Request) -> _Check:
    if request.identity_id is None:
        reason = "sub is limited to some identities: pass the ID of the user's identity"
        return _leave_open(reason, rules.TRUSTED_IDENTITY)
    if request.identity_id in values:
        return _Check(True, "sub is the user's identity", rules.TRUSTED_IDENTITY)
    return _Check(False, "sub must be the identity of a different user", rules.TRUSTED_IDENTITY)


def _check_amr(values: Sequence[str], request: _Request, name: str) -> _Check:
    expected = "authenticated" if request.signed_in else "unauthenticated"
    if any(_matches(pattern, expected) for pattern in values):
        return _Check(True, f"amr contains {expected}", rules.SIGNED_IN)
    if not request.signed_in:  # the amr of a guest contains nothing else
        return _Check(False, "amr must not be that of a guest", rules.SIGNED_IN)
    if {*values} == {"unauthenticated"}:
        return _Check(False, "amr must be unauthenticated, which is for guests", rules.SIGNED_IN)
    # The other elements of a signed-in user's amr name the providers of the sign-in.
    return _leave_open(f"{name} names providers, which are not evaluated")


def _matches(pattern: str, text: str) -> bool:
    """Return whether a text matches a pattern with the wildcards * and ?."""
    return fnmatchcase(text, pattern.replace("[", "[[]"))
