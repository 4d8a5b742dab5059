"""From a user's groups to the preferred role.

>>> resolution = resolve([
...     {"GroupName": "staff", "Precedence": 10, "RoleArn": "arn:aws:iam::123456789012:role/staff"},
...     {"GroupName": "admins", "Precedence": 0, "RoleArn": "arn:aws:iam::123456789012:role/admin"},
... ])
>>> resolution.preferred_role
'arn:aws:iam::123456789012:role/admin'
>>> [group.group_name for group in resolution.decided_by]
['admins']

What few ask for is imported where it is asked for: this module is on the way of
every cold start. `make bench` prints what that is worth.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeGuard

from pydantic import BaseModel

from cognito_claims._hypothesis import drawn
from cognito_claims._wire import read_response, since_epoch
from cognito_claims.errors import ConflictingGroupsError, MixedUserPoolsError
from cognito_claims.models import AdminListGroupsForUserResponse, GroupType, PageResponse

if TYPE_CHECKING:
    from cognito_claims.claims import GroupClaims
    from cognito_claims.pagination import AdminListGroupsForUserClient
    from cognito_claims.reasons import Alternative, Outcome, Standing
    from cognito_claims.rules import OpenQuestion, Rule

__all__ = ["Policy", "Resolution", "resolve", "resolve_user"]


@dataclass(frozen=True, slots=True, kw_only=True)
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

    @property
    def is_documented(self) -> bool:
        """Whether both answers are the documented ones."""
        return self == DOCUMENTED


@dataclass(frozen=True, slots=True, repr=False)
class Resolution:
    """A user's groups resolved."""

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
        return deciding(self.ranking, self.roles, self.policy)

    @property
    def claims(self) -> GroupClaims:
        """The claims that Cognito puts into the user's tokens."""
        from cognito_claims.claims import GroupClaims

        names = tuple([group.group_name for group in self.ranking])
        return GroupClaims(names, self.roles, self.preferred_role)

    @property
    def outcome(self) -> Outcome:
        """What came out: `Preferred`, `Ambiguous` or `NoRole`."""
        from cognito_claims import reasons

        return reasons.outcome(self)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that led to the outcome, in the order of `RULES`."""
        from cognito_claims import reasons

        return reasons.rules(self)

    @property
    def alternatives(self) -> tuple[Alternative, ...]:
        """The other answers to open questions that would change the preferred role."""
        from cognito_claims import reasons

        return reasons.alternatives(self)

    @property
    def open_questions(self) -> tuple[OpenQuestion, ...]:
        """The open questions on which the preferred role depends; empty if none changes it.

        Two are named where it takes the other answers to both: with one role in
        all, a group without a role can block it only if `only-role` does not hold.
        """
        from cognito_claims import reasons

        return reasons.open_questions(self)

    @property
    def standings(self) -> tuple[Standing, ...]:
        """Each group of `ranking` with its rank and its part."""
        from cognito_claims import reasons

        return reasons.standings(self)

    def explain(self) -> str:
        """Tell the whole reasoning in plain text, one line a group."""
        from cognito_claims import _explain

        return _explain.as_text(self)

    def _repr_html_(self) -> str:
        from cognito_claims import _explain

        return _explain.as_html(self)

    def __repr__(self) -> str:
        role = "" if self.preferred_role is None else f" {self.preferred_role!r}"
        count = len(self.ranking)
        return f"<Resolution {type(self.outcome).__name__}{role}, {count} group{'s'[: count != 1]}>"


_AFTER_ALL = 2**31  # one more than the highest precedence
DOCUMENTED = Policy()
_NOT_GROUPS: tuple[type, ...] = (str, bytes, BaseModel, Mapping)


def resolve(
    groups: Iterable[GroupType | Mapping[str, object]], *, policy: Policy = DOCUMENTED
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
        InvalidResponseError: some dictionary is no valid group. Its `operation` is
            `AdminListGroupsForUser`, whichever call the dictionary came from.
        MixedUserPoolsError: the groups belong to more than one user pool.
        ConflictingGroupsError: differing groups of one name, and no dates that decide.
        TypeError: `groups` is a whole response, pages or a single group.
    """
    given = tuple(groups)
    members = given if given and _are_groups(given) else _read(groups, given)
    ranking = _rank(members) if len(members) > 1 else members
    roles = _roles(ranking)
    return Resolution(ranking, roles, preferred(ranking, roles, policy), policy)


def resolve_user(
    client: AdminListGroupsForUserClient,
    *,
    user_pool_id: str,
    username: str,
    policy: Policy = DOCUMENTED,
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
        ConflictingGroupsError: a group was changed between two pages that both
            hold it, and its dates do not decide; ask again.
        TypeError: the client is one of aiobotocore.
        Exception: whatever boto3 raises, such as `UserNotFoundException`.
    """
    from cognito_claims.pagination import AdminListGroupsForUserPaginator

    pages = AdminListGroupsForUserPaginator(client).paginate(Username=username, UserPoolId=user_pool_id)
    return resolve(pages.groups(), policy=policy)


def _are_groups(members: tuple[object, ...]) -> TypeGuard[tuple[GroupType, ...]]:
    for member in members:  # noqa: SIM110, all() costs more than the rest for the few groups of most users
        if type(member) is not GroupType:
            return False
    return True


def _read(groups: object, members: tuple[object, ...]) -> tuple[GroupType, ...]:
    if isinstance(groups, _NOT_GROUPS) or any(isinstance(member, PageResponse) for member in members):
        raise TypeError(
            f"expected the groups themselves, got {type(groups).__name__}: "
            'pass response["Groups"], page.groups, pages.groups() or a list'
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
    dates = [since_epoch(date) for group in versions if (date := group.last_modified_date) is not None]
    if len(dates) < len(versions) or dates.count(max(dates)) > 1:
        return None
    return versions[dates.index(max(dates))]


def deciding(
    ranking: tuple[GroupType, ...], roles: tuple[str, ...], policy: Policy
) -> tuple[GroupType, ...]:
    """Give the groups at the best precedence among those that compete."""
    if not roles:
        return ()
    nulls_compete = policy.null_precedence == "ranks-last"
    # Documented, only-role holds against a group without a role.
    roleless_compete = policy.roleless == "blocks" and not only_role(roles, policy)
    best: list[GroupType] = []
    for group in ranking:
        if best and group.precedence != best[0].precedence:
            break
        if group.precedence is None and not nulls_compete:
            break
        if group.role_arn is not None or (roleless_compete and not is_federated_auto_group(group)):
            best.append(group)
    return tuple(best)


def preferred(ranking: tuple[GroupType, ...], roles: tuple[str, ...], policy: Policy) -> str | None:
    """Give the role that the deciding groups agree on, or `None`."""
    if only_role(roles, policy):
        return roles[0]
    nominated = {group.role_arn for group in deciding(ranking, roles, policy)}
    return nominated.pop() if len(nominated) == 1 else None


def only_role(roles: tuple[str, ...], policy: Policy) -> bool:
    """Tell whether the rule `only-role` decides: an abstaining group would not nominate its role."""
    return len(roles) == 1 and policy.null_precedence == "ranks-last"


def is_federated_auto_group(group: GroupType) -> bool:
    """Tell the bare group of a federated sign-in, among groups without a role."""
    return group.precedence is None and has_federated_name(group)


def has_federated_name(group: GroupType) -> bool:
    """Tell a group into which a federated sign-in puts a user, by its own pool: `<poolId>_<IdP>`."""
    if group.user_pool_id is None:
        return False
    pool, mark, provider = group.group_name.partition(f"{group.user_pool_id}_")
    return not pool and bool(mark and provider)


drawn(Policy, Resolution)
