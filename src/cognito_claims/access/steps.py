"""The way from a user to credentials in steps, which diagrams draw."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cognito_claims._counts import format_count
from cognito_claims.access.assessment import Verdict
from cognito_claims.access.result import Access, UnknownRole
from cognito_claims.access.rules import ANY_IDENTITY_POOL, ROLE_REPLACES
from cognito_claims.resolver import Resolution, rendering

if TYPE_CHECKING:
    from cognito_claims.access.result import RoleAccess
    from cognito_claims.resolver.outcomes import RankedGroup

MAX_GROUPS = 8
"""The number of groups that a diagram shows, besides those that decide."""

_PROVIDER = {
    Verdict.YES: "It accepts the user pool",
    Verdict.NO: "It does not accept the user pool",
    Verdict.UNKNOWN: "Unknown whether it accepts the user pool",
}
_TRUST = {
    Verdict.YES: "It admits the identity pool",
    Verdict.NO: "It does not admit the identity pool",
    Verdict.UNKNOWN: "Unknown whether it admits the identity pool",
}
_CREDENTIALS = {
    Verdict.YES: "The user gets credentials",
    Verdict.NO: "The user gets no credentials",
    Verdict.UNKNOWN: "Unknown whether the user gets credentials",
}


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a step."""

    text: str = ""
    """What it is about; empty if the code is all there is."""

    note: str = ""
    """A few words beside it."""

    code: str = ""
    """An ARN or an ID."""

    detail: str = ""
    """A sentence or phrase that explains it."""

    verdict: Verdict | None = None
    """The answer, if it is the answer to a question."""

    is_chosen: bool = False
    """Whether it leads to the role."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step, such as the groups or the role."""

    title: str
    """Its name."""

    link: str
    """How the step before leads to it, as words for an arrow; empty for the first."""

    items: tuple[Item, ...]
    """Its lines."""

    verdict: Verdict | None = None
    """Whether the user gets credentials; for the last step of a user's access only."""


def list_steps(subject: Access | Resolution, user: str | None = None) -> list[Step]:
    """Return the steps from a user to credentials, or to the claims of a resolution.

    Args:
        subject: The access of the user, or the user's resolved groups.
        user: The name to show for the user. By default, none.
    """
    access = subject if isinstance(subject, Access) else None
    resolution = subject.resolution if isinstance(subject, Access) else subject
    steps = [
        Step("User", "", (_describe_user(resolution, user),)),
        Step("Groups", "is in", tuple(_list_groups(resolution))),
        Step("Claims in the ID token", "are listed in", tuple(_list_claims(resolution, access))),
    ]
    if access is not None:
        steps.append(Step("Identity pool", "are presented to", tuple(_list_choice(access))))
        steps.append(Step("Role", "assigns", (_describe_role(access),)))
        if access.role is not None:
            steps.append(Step("Trust policy", "is guarded by", tuple(_list_trust(access.role))))
        steps.append(Step("Credentials", "therefore", (_describe_credentials(access),), access.verdict))
    return steps


def _describe_user(resolution: Resolution, user: str | None) -> Item:
    ids = (group.user_pool_id for group in resolution.ranking if group.user_pool_id is not None)
    return Item(user or "A user", code=next(ids, ""))


def _list_groups(resolution: Resolution) -> Iterator[Item]:
    ranked = resolution.ranked_groups
    shown = [one for place, one in enumerate(ranked) if place < MAX_GROUPS or _decides(one, resolution)]
    for one in shown:
        group = one.group
        precedence = "no precedence" if group.precedence is None else f"precedence {group.precedence}"
        yield Item(
            group.group_name,
            note=f"{precedence}, {one.status}",
            code=group.role_arn or "",
            is_chosen=_decides(one, resolution),
        )
    if len(ranked) > len(shown):
        yield Item(f"and {len(ranked) - len(shown):,} more")
    if not ranked:
        yield Item("None")


def _decides(ranked: RankedGroup, resolution: Resolution) -> bool:
    return ranked.group in resolution.decided_by


def _list_claims(resolution: Resolution, access: Access | None) -> Iterator[Item]:
    yield Item("cognito:groups", note=_count(len(resolution.ranking), "group"))
    yield Item("cognito:roles", note=_count(len(resolution.roles), "role"))
    preferred = resolution.preferred_role
    if preferred is None:
        reason = rendering.headline(resolution).partition(": ")[2]
        yield Item("cognito:preferred_role", note="absent", detail=reason)
    else:
        yield Item("cognito:preferred_role", code=preferred, is_chosen=True)
    if access is None:
        for question in resolution.open_questions:
            yield _ask(question.id, question.question)
    elif access.trigger.verdict is Verdict.YES:
        text = "A trigger may change the claims"
        yield Item(text, detail=access.trigger.reason, verdict=Verdict.UNKNOWN)


def _count(number: int, noun: str) -> str:
    return format_count(number, noun) if number else "absent"


def _ask(question_id: str, question: str) -> Item:
    return Item(f"Open question: {question_id}", detail=question, verdict=Verdict.UNKNOWN)


def _list_choice(access: Access) -> Iterator[Item]:
    yield Item(code=access.identity_pool_id)
    provider = access.provider
    reason = "" if provider.verdict is Verdict.YES else provider.reason
    yield Item(_PROVIDER[provider.verdict], detail=reason, verdict=provider.verdict)
    if isinstance(access.choice, UnknownRole):
        yield Item("Unknown which role it chooses", detail=access.choice.reason, verdict=Verdict.UNKNOWN)
    elif access.role is None:
        yield Item("It denies the request", detail=access.choice.reason, verdict=Verdict.NO)
    else:
        yield Item("It chooses a role", detail=access.choice.reason, verdict=Verdict.YES)
    for question in access.choice.open_questions:
        yield _ask(question.id, question.question)


def _describe_role(access: Access) -> Item:
    if access.role is None:
        return Item("Unknown" if isinstance(access.choice, UnknownRole) else "None")
    replaces = "It replaces the authenticated role." if ROLE_REPLACES in access.notes else ""
    return Item(code=access.role.role_arn, detail=replaces, is_chosen=True)


def _list_trust(role: RoleAccess) -> Iterator[Item]:
    trust = role.trust
    yield Item(_TRUST[trust.verdict], detail=trust.reason, verdict=trust.verdict)
    for rule in trust.warnings:
        others = "every identity pool" if rule is ANY_IDENTITY_POOL else "guests"
        yield Item(f"It also admits {others}", verdict=Verdict.NO)


def _describe_credentials(access: Access) -> Item:
    verdict, role = access.verdict, access.role
    detail = access.message or access.credentials.reason
    if verdict is Verdict.YES and role is not None and role.valid_for is not None:
        detail = f"valid for up to {role.valid_for.total_seconds() // 60:,.0f} minutes"
    return Item(_CREDENTIALS[verdict], detail=detail, verdict=verdict)
