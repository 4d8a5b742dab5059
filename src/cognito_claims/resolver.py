"""From a user's groups to the preferred role, and why.

>>> resolution = resolve([
...     {"GroupName": "staff", "Precedence": 10, "RoleArn": "arn:aws:iam::123456789012:role/staff"},
...     {"GroupName": "admins", "Precedence": 0, "RoleArn": "arn:aws:iam::123456789012:role/admin"},
... ])
>>> resolution.preferred_role
'arn:aws:iam::123456789012:role/admin'
>>> [group.group_name for group in resolution.decided_by]
['admins']
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby
from typing import ClassVar, Literal, TypeAlias, TypeGuard, assert_never

from pydantic import BaseModel

from cognito_claims import _explain
from cognito_claims._wire import read_response
from cognito_claims.claims import GroupClaims
from cognito_claims.errors import ConflictingGroupsError, MixedUserPoolsError
from cognito_claims.models import AdminListGroupsForUserResponse, GroupType
from cognito_claims.pagination import AdminListGroupsForUserClient, AdminListGroupsForUserPaginator
from cognito_claims.rules import (
    FEDERATED_AUTO_GROUP,
    LOWEST_WINS,
    NO_ROLE,
    NULL_PRECEDENCE,
    NULL_RANKS_LAST,
    NULL_TIES,
    ONLY_ROLE,
    OPEN_QUESTIONS,
    ROLELESS_AT_BEST,
    ROLELESS_IGNORED,
    RULES,
    TIE_DIFFERING_ROLES,
    TIE_SAME_ROLE,
    OpenQuestion,
    Rule,
)

__all__ = [
    "Alternative",
    "Ambiguous",
    "NoRole",
    "Outcome",
    "Part",
    "Policy",
    "Preferred",
    "Resolution",
    "Standing",
    "resolve",
    "resolve_user",
]


@dataclass(frozen=True, slots=True)
class Policy:
    """How to answer what AWS leaves open. The default is what is documented.

    Raises:
        ValueError: a setting has another value than those named here.
    """

    null_precedence: Literal["ranks-last", "abstains"] = "ranks-last"
    """Whether a group without a precedence nominates its role after all others, or not at all."""

    roleless: Literal["ignored", "blocks"] = "ignored"
    """Whether a group without a role stands aside, or at the best precedence keeps any role from
    being preferred. The bare group of a federated sign-in never does."""

    def __post_init__(self) -> None:
        if self.null_precedence not in ("ranks-last", "abstains"):
            raise ValueError(f"null_precedence: 'ranks-last' or 'abstains', not {self.null_precedence!r}")
        if self.roleless not in ("ignored", "blocks"):
            raise ValueError(f"roleless: 'ignored' or 'blocks', not {self.roleless!r}")


@dataclass(frozen=True, slots=True)
class Preferred:
    """One role is preferred: `cognito:preferred_role` is set."""

    role_arn: str
    """The role's ARN."""

    decided_by: tuple[GroupType, ...]
    """The groups at the best precedence, all of which name the role; by name."""

    rules: tuple[Rule, ...]
    """The rules that led here."""


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Some group has a role and none is preferred: `cognito:roles` is set alone."""

    decided_by: tuple[GroupType, ...]
    """The groups at the best precedence, which disagree; by name. Empty if none competed."""

    rules: tuple[Rule, ...]
    """The rules that led here; none if it was a setting of the `Policy`."""


@dataclass(frozen=True, slots=True)
class NoRole:
    """No group has a role: neither role claim is set."""

    decided_by: ClassVar[tuple[GroupType, ...]] = ()
    rules: ClassVar[tuple[Rule, ...]] = (NO_ROLE,)


Outcome: TypeAlias = Preferred | Ambiguous | NoRole


class Part(StrEnum):
    """The part that a group has in a resolution."""

    DECIDES = "decides"
    """At the best precedence, and its role is preferred."""

    TIES = "ties"
    """At the best precedence, with others that do not name its role."""

    BLOCKS = "blocks"
    """At the best precedence without a role, under `Policy(roleless="blocks")`."""

    OUTRANKED = "outranked"
    """Has a role; other groups have a better precedence."""

    ABSTAINS = "abstains"
    """Has a role and no precedence, under `Policy(null_precedence="abstains")`."""

    NO_ROLE = "no role"
    """Has no role, and does not compete."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a group stands among the user's groups."""

    rank: int
    """1 for the best. Groups of one precedence share a rank; those without one share the last."""

    group: GroupType
    """The group."""

    part: Part
    """What it does to the outcome."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """What would be if AWS answered open questions in another way."""

    questions: tuple[OpenQuestion, ...]
    """The questions, as few as it takes."""

    policy: Policy
    """The policy with the other answers."""

    preferred_role: str | None
    """The preferred role under it."""


@dataclass(frozen=True, slots=True, repr=False)
class Resolution:
    """A user's groups resolved. What is rarely asked for is worked out when it is."""

    ranking: tuple[GroupType, ...]
    """The groups, best first: by precedence, those without one last, then by name."""

    roles: tuple[str, ...]
    """The ARNs of the groups' roles, each once, in the order of `ranking`."""

    preferred_role: str | None
    """The ARN of the preferred role, or `None`."""

    policy: Policy
    """The policy that was applied."""

    @property
    def decided_by(self) -> tuple[GroupType, ...]:
        """The groups that decided, by name: those at the best precedence among all that compete."""
        return _deciding(self.ranking, self.roles, self.policy)

    @property
    def claims(self) -> GroupClaims:
        """The claims that Cognito puts into the user's tokens."""
        names = tuple([group.group_name for group in self.ranking])
        return GroupClaims(names, self.roles, self.preferred_role)

    @property
    def outcome(self) -> Outcome:
        """What came out: `Preferred`, `Ambiguous` or `NoRole`."""
        if not self.roles:
            return NoRole()
        if self.preferred_role is None:
            return Ambiguous(self.decided_by, self.rules)
        return Preferred(self.preferred_role, self.decided_by, self.rules)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that led to the outcome, in the order of `RULES`."""
        applied = set(_applied(self))
        return tuple([rule for rule in RULES if rule in applied])

    @property
    def alternatives(self) -> tuple[Alternative, ...]:
        """The other answers to open questions that would change the preferred role."""
        found: list[Alternative] = []
        for questions in ((NULL_PRECEDENCE,), (ROLELESS_AT_BEST,), OPEN_QUESTIONS):
            if any(set(fewer.questions) <= set(questions) for fewer in found):
                continue
            policy = _with_other_answers(self.policy, questions)
            preferred_role = _preferred(self.ranking, self.roles, policy)
            if preferred_role != self.preferred_role:
                found.append(Alternative(questions, policy, preferred_role))
        return tuple(found)

    @property
    def open_questions(self) -> tuple[OpenQuestion, ...]:
        """The open questions on which the preferred role depends; empty if none changes it."""
        asked = {question for other in self.alternatives for question in other.questions}
        return tuple([question for question in OPEN_QUESTIONS if question in asked])

    @property
    def standings(self) -> tuple[Standing, ...]:
        """Each group of `ranking` with its rank and its part."""
        deciding = {group.group_name for group in self.decided_by}
        standings: list[Standing] = []
        for _, tied in groupby(self.ranking, key=lambda group: group.precedence):
            rank = len(standings) + 1
            standings += [Standing(rank, group, _part(group, self, deciding)) for group in tied]
        return tuple(standings)

    def explain(self) -> str:
        """Tell the whole reasoning in plain text, one line a group."""
        return _explain.as_text(self)

    def _repr_html_(self) -> str:
        return _explain.as_html(self)

    def __repr__(self) -> str:
        match outcome := self.outcome:
            case Preferred(role_arn):
                told = f"Preferred {role_arn!r}"
            case Ambiguous():
                told = "Ambiguous"
            case NoRole():
                told = "NoRole"
            case _:
                assert_never(outcome)
        return f"<Resolution {told}, {len(self.ranking)} groups>"


_AFTER_ALL = 2**31  # one more than the highest precedence
_DOCUMENTED = Policy()
_NOT_GROUPS: tuple[type, ...] = (str, BaseModel, Mapping)


def resolve(
    groups: Iterable[GroupType | Mapping[str, object]], *, policy: Policy = _DOCUMENTED
) -> Resolution:
    """Work out the role claims of a user who is in these groups, all of them.

    The groups with the lowest precedence decide; a group without one ranks
    after every group that has one. If the deciding groups name one role, it is
    preferred; if they name several, none is. A group that comes twice counts
    once, and of two versions of one group the one modified last counts. The
    order of the groups does not matter, and nothing passed in is changed.

    Rules: every one of `cognito_claims.rules.RULES`.

    Args:
        groups: groups, or boto3's dictionaries, or a mix; any number.
        policy: how to answer what AWS leaves open.

    Raises:
        InvalidResponseError: some dictionary is no valid group.
        MixedUserPoolsError: the groups belong to more than one user pool.
        ConflictingGroupsError: differing groups of one name, and no dates that decide.
        TypeError: `groups` is a whole response or a single group.
    """
    given = tuple(groups)
    members = given if _are_groups(given) else _read(groups, given)
    ranking = _rank(members) if len(members) > 1 else members
    roles = _roles(ranking)
    return Resolution(ranking, roles, _preferred(ranking, roles, policy), policy)


def resolve_user(
    client: AdminListGroupsForUserClient,
    *,
    user_pool_id: str,
    username: str,
    policy: Policy = _DOCUMENTED,
) -> Resolution:
    """Ask a user pool for all groups of a user, and resolve them.

    Args:
        client: a boto3 `cognito-idp` client that may call AdminListGroupsForUser.
        user_pool_id: the user's pool.
        username: the username, or an alias of it.
        policy: how to answer what AWS leaves open.

    Raises:
        InvalidRequestError: an argument does not fit; nothing was sent.
        InvalidResponseError: a page does not fit its model.
        PaginationError: the service repeated a page token.
        Exception: whatever boto3 raises, such as `UserNotFoundException`.
    """
    pages = AdminListGroupsForUserPaginator(client).paginate(Username=username, UserPoolId=user_pool_id)
    return resolve(pages.groups(), policy=policy)


def _are_groups(members: tuple[object, ...]) -> TypeGuard[tuple[GroupType, ...]]:
    for member in members:  # noqa: SIM110, all() costs more than the rest for the few groups of most users
        if type(member) is not GroupType:
            return False
    return True


def _read(groups: object, members: tuple[object, ...]) -> tuple[GroupType, ...]:
    if isinstance(groups, _NOT_GROUPS):
        raise TypeError(
            f"expected the groups themselves, got {type(groups).__name__}: "
            'pass response["Groups"], page.groups or a list'
        )
    return read_response(AdminListGroupsForUserResponse, {"Groups": members}).groups


def _rank(members: tuple[GroupType, ...]) -> tuple[GroupType, ...]:
    keyed: list[tuple[int, str, GroupType]] = []
    pools: set[str | None] = set()
    for group in members:
        precedence = group.precedence
        keyed.append((_AFTER_ALL if precedence is None else precedence, group.group_name, group))
        pools.add(group.user_pool_id)
    pools.discard(None)
    if len(pools) > 1:
        raise MixedUserPoolsError(sorted(filter(None, pools)))
    if len({name for _, name, _ in keyed}) < len(keyed):
        return _rank(_latest(members))
    keyed.sort()  # never compares two groups, since a name comes once
    return tuple([group for _, _, group in keyed])


def _roles(ranking: tuple[GroupType, ...]) -> tuple[str, ...]:
    return tuple(filter(None, {group.role_arn: None for group in ranking}))


def _latest(members: tuple[GroupType, ...]) -> tuple[GroupType, ...]:
    by_name: dict[str, list[GroupType]] = {}
    for group in dict.fromkeys(members):
        by_name.setdefault(group.group_name, []).append(group)
    latest = {name: _latest_version(versions) for name, versions in by_name.items()}
    if conflicts := sorted(name for name, version in latest.items() if version is None):
        raise ConflictingGroupsError(conflicts)
    return tuple(version for version in latest.values() if version is not None)


def _latest_version(versions: list[GroupType]) -> GroupType | None:
    if len(versions) == 1:
        return versions[0]
    dates = [date.timestamp() for group in versions if (date := group.last_modified_date) is not None]
    newest = max(dates, default=None)
    if newest is None or len(dates) < len(versions) or dates.count(newest) > 1:
        return None
    return versions[dates.index(newest)]


def _deciding(
    ranking: tuple[GroupType, ...], roles: tuple[str, ...], policy: Policy
) -> tuple[GroupType, ...]:
    """Give the groups at the best precedence among those that compete."""
    if not roles:
        return ()
    nulls_compete = policy.null_precedence == "ranks-last"
    # Documented, only-role holds against a group without a role.
    roleless_compete = policy.roleless == "blocks" and not _only_role(roles, policy)
    deciding: list[GroupType] = []
    for group in ranking:
        if deciding and group.precedence != deciding[0].precedence:
            break
        if group.precedence is None and not nulls_compete:
            break
        if group.role_arn is not None or (roleless_compete and not _is_federated_auto_group(group)):
            deciding.append(group)
    return tuple(deciding)


def _preferred(ranking: tuple[GroupType, ...], roles: tuple[str, ...], policy: Policy) -> str | None:
    if _only_role(roles, policy):
        return roles[0]
    nominated = {group.role_arn for group in _deciding(ranking, roles, policy)}
    return nominated.pop() if len(nominated) == 1 else None


def _only_role(roles: tuple[str, ...], policy: Policy) -> bool:
    return len(roles) == 1 and policy.null_precedence == "ranks-last"


def _with_other_answers(policy: Policy, questions: Iterable[OpenQuestion]) -> Policy:
    if NULL_PRECEDENCE in questions:
        ranks_last = policy.null_precedence == "ranks-last"
        policy = replace(policy, null_precedence="abstains" if ranks_last else "ranks-last")
    if ROLELESS_AT_BEST in questions:
        ignored = policy.roleless == "ignored"
        policy = replace(policy, roleless="blocks" if ignored else "ignored")
    return policy


def _is_federated_auto_group(group: GroupType) -> bool:
    return (
        group.role_arn is None
        and group.precedence is None
        and group.user_pool_id is not None
        and group.group_name.startswith(f"{group.user_pool_id}_")
    )


def _part(group: GroupType, resolution: Resolution, deciding: set[str]) -> Part:
    if group.group_name in deciding:
        if resolution.preferred_role is not None:
            return Part.DECIDES
        return Part.BLOCKS if group.role_arn is None else Part.TIES
    if group.role_arn is None:
        return Part.NO_ROLE
    if group.precedence is None and resolution.policy.null_precedence == "abstains":
        return Part.ABSTAINS
    return Part.OUTRANKED


def _applied(resolution: Resolution) -> Iterator[Rule]:
    """Give the rules but for which the outcome, or who decided it, could be another."""
    if not resolution.roles:
        yield NO_ROLE
    only_role = _only_role(resolution.roles, resolution.policy)
    if only_role:
        yield ONLY_ROLE
    if not resolution.decided_by:
        return
    best = resolution.decided_by[0].precedence
    tied_roles = [group.role_arn for group in resolution.decided_by]
    if len(tied_roles) > 1 and best is None:
        yield NULL_TIES
    if len(set(tied_roles) - {None}) > 1:
        yield TIE_DIFFERING_ROLES
    elif len(tied_roles) > 1 and None not in tied_roles:
        yield TIE_SAME_ROLE
    for standing in resolution.standings:
        group = standing.group
        if standing.part is Part.OUTRANKED:
            yield NULL_RANKS_LAST if group.precedence is None else LOWEST_WINS
        elif standing.part is Part.NO_ROLE and not only_role and _ranks_with_or_before(group, best):
            yield FEDERATED_AUTO_GROUP if _is_federated_auto_group(group) else ROLELESS_IGNORED


def _ranks_with_or_before(group: GroupType, precedence: int | None) -> bool:
    return precedence is None or (group.precedence is not None and group.precedence <= precedence)
