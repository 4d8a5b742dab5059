"""The part of an audit about trust policies: which roles an identity pool can assume, and who else can."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cognito_claims.access import Verdict
from cognito_claims.access.facts import IdentityPoolFacts, list_accounts, list_assigned_roles
from cognito_claims.access.result import NOT_TRUSTED
from cognito_claims.access.rules import ANY_IDENTITY_POOL, GUESTS_TRUSTED, SAME_ACCOUNT
from cognito_claims.pool import findings
from cognito_claims.pool._audit.phrases import format_counts, format_names

if TYPE_CHECKING:
    from cognito_claims.identity_pool import AccessDenied, AssumedRole
    from cognito_claims.models import GroupType
    from cognito_claims.pool._audit.accumulator import AuditAccumulator, FindingAccumulator
    from cognito_claims.pool._user_sets import UserSet
    from cognito_claims.pool.findings import Check


class RoleTrust:
    """Whether the roles of groups and of the identity pool can be assumed. Each role is evaluated once.

    Raises:
        InvalidResponseError: If the trust policy of one of these roles is malformed.
    """

    def __init__(
        self, facts: IdentityPoolFacts, ranking: Sequence[GroupType], seen: AuditAccumulator
    ) -> None:
        self._facts = facts
        self._seen = seen
        self._all_names = [group.group_name for group in ranking]
        self._names: defaultdict[str, list[str]] = defaultdict(list)
        for group in ranking:
            if group.role_arn is not None:
                self._names[group.role_arn].append(group.group_name)
        arns = dict.fromkeys([*self._names, *list_assigned_roles(facts.pool_roles)])
        self._accounts = list_accounts(arns)
        self._trust = {arn: facts.assess_role(arn, self._accounts) for arn in arns}
        self._classic = facts.assess_classic_flow()
        self._not_assumable: dict[str | None, FindingAccumulator] = {}

    def add_roles(self) -> None:
        """Add the findings about one role each, and what is not evaluated."""
        for arn, trust in self._trust.items():
            if trust.verdict is Verdict.NO:
                title = f"The identity pool cannot assume {arn}."
                reason = trust.reason
                if SAME_ACCOUNT not in trust.rules:  # AWS documents no message for it
                    reason += f". The error message of AWS: {NOT_TRUSTED}"
                self._not_assumable[arn] = self._add(findings.ROLE_NOT_ASSUMABLE, arn, title, reason)
            if ANY_IDENTITY_POOL in trust.warnings:
                title = f"{arn} trusts every identity pool, in any account."
                reason = "no condition on aud limits the identity pools"
                self._add(findings.ROLE_TRUSTS_ANY_IDENTITY_POOL, arn, title, reason)
            if GUESTS_TRUSTED in trust.warnings:
                title = f"{arn} trusts guests."
                reason = f"no condition on amr excludes them; {self._describe_guests()}"
                self._add(findings.ROLE_TRUSTS_GUESTS, arn, title, reason)
        if parts := [*self._list_unknown()]:
            check = findings.ACCESS_NOT_EVALUATED
            found = self._seen.get(check, reason="; ".join(parts))
            found.groups.update(name for arn in self._unknown_roles for name in self._names.get(arn, ()))

    def add_provider(self) -> None:
        """Add the finding about a user pool whose tokens the identity pool does not accept."""
        provider = self._facts.assess_provider()
        if provider.verdict is Verdict.NO:
            found = self._seen.get(findings.USER_POOL_NOT_ACCEPTED, reason=provider.reason)
            self._seen.watch(found, self._all_names)

    def add_classic_flow(self) -> None:
        """Add the finding about roles that users can request by the classic flow."""
        if self._classic.verdict is not Verdict.YES:
            return
        arns = dict.fromkeys([*self._trust, *self._facts.roles])
        trust = {arn: self._facts.assess_role(arn, self._accounts, "classic") for arn in arns}
        admitting = [arn for arn, one in trust.items() if one.verdict is not Verdict.NO]
        unknown = sum(one.verdict is Verdict.UNKNOWN for one in trust.values())
        reason = f"{self._classic.reason}; of {len(trust):,} known roles, "
        reason += f"{len(admitting) - unknown:,} trust it and {unknown:,} are not evaluated"
        reason += f": {format_names(admitting)}" if admitting else ""
        found = self._seen.get(findings.CLASSIC_FLOW_WITHOUT_MAPPING, reason=reason)
        found.groups.update(name for arn in admitting for name in self._names.get(arn, ()))

    def add(self, users: UserSet, choice: AssumedRole | AccessDenied) -> None:
        """Add the users of a set to the finding about the role that the identity pool chooses for them."""
        if (found := self._not_assumable.get(choice.role_arn)) is not None:
            found.add_set(users)

    def _add(self, check: Check, role_arn: str, title: str, reason: str) -> FindingAccumulator:
        found = self._seen.get(check, role_arn, title, reason)
        found.groups.update(self._names.get(role_arn, ()))
        return found

    @property
    def _unknown_roles(self) -> list[str]:
        return [arn for arn, trust in self._trust.items() if trust.verdict is Verdict.UNKNOWN]

    def _list_unknown(self) -> Iterator[str]:
        """Yield what is not evaluated, with the reason."""
        if unknown := self._unknown_roles:
            reasons = Counter(self._trust[arn].reason for arn in unknown)
            start = f"{len(unknown):,} of {len(self._trust):,} roles, {format_names(unknown)}"
            yield f"{start}: {format_counts(reasons)}"
        if self._classic.verdict is Verdict.UNKNOWN:
            yield f"the classic flow: {self._classic.reason}"

    def _describe_guests(self) -> str:
        description = self._facts.description
        if description is None:
            return "the description of the identity pool, which was not passed, shows if it has guests"
        allows = "allows" if description.allow_unauthenticated_identities else "does not allow"
        return f"the identity pool {allows} guests"
