"""The roles that a user can get, as values, as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING, ClassVar, Final, TypeAlias, final

from cognito_claims.access.assessment import Assessment, Verdict
from cognito_claims.access.rules import SAME_ACCOUNT
from cognito_claims.identity_pool import AccessDenied
from cognito_claims.identity_pool.rules import NO_MAPPING

if TYPE_CHECKING:
    from pydantic import JsonValue

    from cognito_claims.identity_pool import AssumedRole
    from cognito_claims.resolver import Alternative, Resolution
    from cognito_claims.rules import OpenQuestion, Rule

CREDENTIALS_LIFETIME: Final = timedelta(hours=1)
"""How long credentials of the enhanced flow are valid at most."""

NOT_TRUSTED: Final = (
    "InvalidIdentityPoolConfigurationException: Invalid identity pool configuration. "
    "Check assigned IAM roles for this pool."
)
"""The error message of the service if the identity pool cannot assume a role."""


class Way(StrEnum):
    """How a user gets a role."""

    HANDED_OUT = "handed-out"
    """The identity pool chooses it."""

    CUSTOM_ROLE = "custom-role"
    """The user requests it by `CustomRoleArn`."""

    OPEN_QUESTION = "open-question"
    """The identity pool chooses it if AWS answers an open question differently."""

    CLASSIC_FLOW = "classic-flow"
    """The user requests it from STS, with a token of the identity pool."""


@final
@dataclass(frozen=True, slots=True)
class RoleAccess:
    """A role that a user can get, if the role trusts the identity pool."""

    role_arn: str
    """The ARN of the role."""

    way: Way
    """How the user gets it."""

    reason: str
    """The reason, as a phrase."""

    rules: tuple[Rule, ...]
    """The rules that led to this way."""

    trust: Assessment
    """Whether the identity pool can assume the role."""

    valid_for: timedelta | None = CREDENTIALS_LIFETIME
    """How long its credentials are valid at most, also after the token has expired or the user has left
    the group. `None` if that is not known."""


@final
@dataclass(frozen=True, slots=True)
class UnknownRole:
    """The role that the identity pool chooses depends on claims that do not come from groups."""

    reason: str
    """The reason, as a phrase that names the claims."""

    rules: ClassVar[tuple[Rule, ...]] = ()
    """Always empty."""

    alternatives: ClassVar[tuple[Alternative, ...]] = ()
    """Always empty."""

    open_questions: ClassVar[tuple[OpenQuestion, ...]] = ()
    """Always empty."""

    role_arn: ClassVar[None] = None
    """Always `None`."""


@dataclass(frozen=True, slots=True)
class Access:
    """The data of `EffectiveAccess`, which adds the renderings for people."""

    identity_pool_id: str
    """The ID of the identity pool."""

    resolution: Resolution
    """The groups of the user, resolved."""

    choice: AssumedRole | AccessDenied | UnknownRole
    """The role that the identity pool chooses for these groups, or its refusal, or why neither is known."""

    roles: tuple[RoleAccess, ...]
    """Every role with each way to get it. The one that is handed out is the first, if there is one."""

    provider: Assessment
    """Whether the identity pool accepts the tokens of the user pool."""

    classic_flow: Assessment
    """Whether the identity pool allows the classic flow."""

    trigger: Assessment
    """Whether a pre token generation trigger may change the groups and roles."""

    notes: tuple[Rule, ...]
    """The rules to know about these roles: what they replace, and how long credentials remain valid."""

    @property
    def role(self) -> RoleAccess | None:
        """The role that the identity pool hands out, or `None` if it denies the request, or may."""
        return next((one for one in self.roles if one.way is Way.HANDED_OUT), None)

    @property
    def other_roles(self) -> tuple[RoleAccess, ...]:
        """The roles that the user can get in other ways."""
        return tuple(one for one in self.roles if one.way is not Way.HANDED_OUT)

    @property
    def credentials(self) -> Assessment:
        """Whether the user gets credentials without requesting a certain role, with what decides that."""
        if self.provider.verdict is Verdict.NO:
            return self.provider
        missing = [*self._list_missing_facts()]
        if not missing:
            return self._assess_choice()
        reasons = dict.fromkeys(one.reason for one in missing)
        found = dict.fromkeys(rule for one in missing for rule in one.rules)
        return Assessment(Verdict.UNKNOWN, "; ".join(reasons), tuple(found))

    @property
    def verdict(self) -> Verdict:
        """Whether the user gets credentials without requesting a certain role."""
        return self.credentials.verdict

    def _assess_choice(self) -> Assessment:
        """Return whether the user gets credentials if the identity pool accepts the token as it is."""
        choice = self.choice
        if isinstance(choice, UnknownRole):
            return Assessment(Verdict.UNKNOWN, choice.reason, ())
        trust = self._find_trust(choice.role_arn)
        if trust is None or trust.verdict is Verdict.YES:
            verdict = Verdict.NO if trust is None else Verdict.YES
            return Assessment(verdict, choice.reason, choice.rules)
        return trust

    def _find_trust(self, role_arn: str | None) -> Assessment | None:
        """Return whether a role can be assumed that the identity pool chooses, or may choose."""
        chosen = (one for one in self.roles if one.way in (Way.HANDED_OUT, Way.OPEN_QUESTION))
        return next((one.trust for one in chosen if one.role_arn == role_arn), None)

    def _list_missing_facts(self) -> Iterator[Assessment]:
        """Yield what could change whether the user gets credentials."""
        own = self._assess_choice()
        is_open = own.verdict is Verdict.UNKNOWN
        if is_open:
            yield own
        for other in self.choice.alternatives:
            trust = self._find_trust(other.role_arn)
            if own.verdict is not (Verdict.NO if trust is None else trust.verdict):
                is_open = True
                yield Assessment(Verdict.UNKNOWN, f"it depends on {other.question.id}", ())
        # Without a mapping, no claim of the token matters.
        if self.trigger.verdict is not Verdict.NO and NO_MAPPING not in self.choice.rules:
            is_open = True
            reason = f"{self.trigger.reason}, and a trigger may change the groups and roles"
            yield Assessment(Verdict.UNKNOWN, reason, self.trigger.rules)
        if self.provider.verdict is Verdict.UNKNOWN and (is_open or own.verdict is Verdict.YES):
            yield self.provider

    @property
    def message(self) -> str | None:
        """The error message of the service, if it is known and the user gets no credentials."""
        is_certain = self.verdict is Verdict.NO and not self.choice.alternatives
        if not is_certain or self.provider.verdict is Verdict.NO:
            return None
        if isinstance(self.choice, AccessDenied):
            return self.choice.message
        # AWS documents no message for a role of a different account.
        return None if SAME_ACCOUNT in self.credentials.rules else NOT_TRUSTED

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules that led to the results, each once."""
        assessments = (self.provider, self.classic_flow, self.trigger)
        groups = (
            self.choice.rules,
            *(rules for one in self.roles for rules in (one.rules, one.trust.rules, one.trust.warnings)),
            *(one.rules for one in assessments),
            self.notes,
        )
        return tuple(dict.fromkeys(chain.from_iterable(groups)))


Section: TypeAlias = tuple[str, list[str]]


def list_sections(access: Access) -> Iterator[Section]:
    """Yield the parts of the explanation: a title, and indented lines."""
    role, choice = access.role, access.choice
    if role is None:
        title = "Unknown" if isinstance(choice, UnknownRole) else "Denied"
        yield title, [f"  {choice.reason}{_format_ids(choice.rules)}"]
    else:
        yield f"Handed out: {role.role_arn}", [*_describe_role(role, "  ")]
    yield "Credentials", [_format_assessment("  the user gets credentials", access.credentials)]
    if access.message is not None:
        yield "Message of the service", [f"  {access.message}"]
    if access.other_roles:
        yield "Other roles", [line for one in access.other_roles for line in _describe_other(one)]
    if choice.alternatives:
        yield "Open questions", [f"  {line}" for line in list_alternatives(choice.alternatives)]
    settings = list_settings(access).items()
    yield "Settings", [_format_assessment(f"  {label}", one) for label, one in settings]
    yield "Rules", [f"  {rule.id} ({rule.basis}): {rule.sentence}" for rule in access.rules]
    yield "What the roles permit is not evaluated.", []


def list_settings(access: Access) -> dict[str, Assessment]:
    """Return what was assessed of the identity pool and the user pool, by a label."""
    return {
        "the identity pool accepts the user pool": access.provider,
        "the classic flow is allowed": access.classic_flow,
        "a trigger may change groups and roles": access.trigger,
    }


def list_alternatives(alternatives: Iterable[Alternative]) -> Iterator[str]:
    """Yield each open question that a role depends on, and the role with the other answer."""
    for other in alternatives:
        yield f"{other.question.id}: {other.question.question} {other.question.evidence}"
        yield f"with the other answer: {other.role_arn or 'denied'}"


def report_alternatives(alternatives: Iterable[Alternative]) -> list[JsonValue]:
    """Return the open questions that a role depends on, for a JSON report."""
    return [{"open_question": one.question.id, "role_arn": one.role_arn} for one in alternatives]


def _describe_other(role: RoleAccess) -> Iterator[str]:
    yield f"  {role.role_arn}"
    yield from _describe_role(role, "    ")


def _describe_role(role: RoleAccess, indent: str) -> Iterator[str]:
    yield f"{indent}{role.way}: {role.reason}{_format_ids(role.rules)}"
    yield _format_assessment(f"{indent}can be assumed", role.trust)
    for rule in role.trust.warnings:
        yield f"{indent}warning{_format_ids((rule,))}"
    if role.trust.verdict is Verdict.NO:
        return
    seconds = _count_seconds(role)
    duration = "an unknown time" if seconds is None else f"up to {seconds:,} seconds"
    yield f"{indent}credentials are valid for {duration}"


def _format_assessment(label: str, assessment: Assessment) -> str:
    return f"{label}: {assessment.verdict}: {assessment.reason}{_format_ids(assessment.rules)}"


def _format_ids(rules: tuple[Rule, ...]) -> str:
    return f" [{', '.join(rule.id for rule in rules)}]" if rules else ""


def build_access_report(access: Access) -> dict[str, JsonValue]:
    """Return the JSON report of `cognito-claims access`. Keys may be added; none changes its meaning."""
    role, choice = access.role, access.choice
    unchosen = "unknown" if isinstance(choice, UnknownRole) else "denied"
    return {
        "version": 1,
        "identity_pool_id": access.identity_pool_id,
        "outcome": unchosen if role is None else "assumed",
        "verdict": access.verdict.value,
        "reason": access.credentials.reason,
        "message": access.message,
        "role": None if role is None else _report_role(role),
        "other_roles": [_report_role(one) for one in access.other_roles],
        "alternatives": report_alternatives(choice.alternatives),
        "provider": _report(access.provider),
        "classic_flow": _report(access.classic_flow),
        "trigger": _report(access.trigger),
        "notes": [rule.id for rule in access.notes],
        "rules": [
            {"id": rule.id, "sentence": rule.sentence, "basis": rule.basis.value, "source": rule.source}
            for rule in access.rules
        ],
    }


def _report_role(role: RoleAccess) -> dict[str, JsonValue]:
    trust = role.trust
    return {
        "role_arn": role.role_arn,
        "way": role.way.value,
        "reason": role.reason,
        "rules": [rule.id for rule in role.rules],
        "trust": {
            **_report(trust),
            "statement": trust.statement,
            "warnings": [rule.id for rule in trust.warnings],
        },
        "valid_for": None if trust.verdict is Verdict.NO else _count_seconds(role),
    }


def _count_seconds(role: RoleAccess) -> int | None:
    return None if role.valid_for is None else int(role.valid_for.total_seconds())


def _report(assessment: Assessment) -> dict[str, JsonValue]:
    return {
        "verdict": assessment.verdict.value,
        "reason": assessment.reason,
        "rules": [rule.id for rule in assessment.rules],
    }
