"""`resolve` and its result.

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

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias, TypeGuard

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from cognito_claims._counts import format_count
from cognito_claims._registry import publish
from cognito_claims._wire.base import to_time_since_epoch
from cognito_claims._wire.parsing import parse_written_response
from cognito_claims.claims import GroupClaims
from cognito_claims.errors import ConflictingGroupsError, MixedUserPoolsError
from cognito_claims.group import GroupType
from cognito_claims.resolver import outcomes, rendering
from cognito_claims.resolver.decision import Decision
from cognito_claims.resolver.policy import Policy

if TYPE_CHECKING:
    from cognito_claims.resolver.outcomes import Alternative, Outcome, RankedGroup
    from cognito_claims.rules import OpenQuestion, Rule


@dataclass(frozen=True, repr=False)
class Resolution(Decision):
    """The resolved groups of a user: the decision, the resulting claims, and the reasons."""

    @property
    def claims(self) -> GroupClaims:
        """The claims that Cognito adds to the user's tokens."""
        claims = object.__new__(GroupClaims)  # as in `Decision.from_ranking`
        claims.__dict__.update(
            groups=tuple([group.group_name for group in self.ranking]),
            roles=self.roles,
            preferred_role=self.preferred_role,
        )
        return claims

    @property
    def outcome(self) -> Outcome:
        """The outcome: `Preferred`, `Ambiguous` or `NoRole`."""
        return outcomes.build_outcome(self)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that led to the outcome, in the order of `RULES`."""
        return outcomes.find_rules(self)

    @property
    def ranked_groups(self) -> tuple[RankedGroup, ...]:
        """Each group of `ranking` with its rank and status."""
        return outcomes.rank_groups(self)

    @cached_property  # each alternative is a decision under another policy: decide it once
    def alternatives(self) -> tuple[Alternative, ...]:
        """The other answers to open questions that would change the preferred role."""
        return outcomes.find_alternatives(self)

    @property
    def open_questions(self) -> tuple[OpenQuestion, ...]:
        """The open questions whose other answer, by itself, would change the preferred role."""
        return outcomes.find_open_questions(self.alternatives)

    def explain(self) -> str:
        """Explain the outcome as plain text, with one line for each group."""
        return rendering.render_text(self, self.alternatives)

    def _repr_html_(self) -> str:
        from cognito_claims.resolver.notebook import render_html  # few programs show one

        return render_html(self, self.claims, self.alternatives)

    def __repr__(self) -> str:
        role = "" if self.preferred_role is None else f" {self.preferred_role!r}"
        groups = format_count(len(self.ranking), "group")
        return f"<Resolution {type(self.outcome).__name__}{role}, {groups}>"


_Item: TypeAlias = GroupType | Mapping[str, object]

# Built at its first use, as the models are.
_GROUPS = TypeAdapter(tuple[GroupType, ...], config=ConfigDict(defer_build=True))
_KEYS = frozenset(key for name, field in GroupType.model_fields.items() for key in (name, field.alias))
_NOT_GROUPS: tuple[type, ...] = (type(None), str, bytes, BaseModel, Mapping)


def resolve(
    groups: Iterable[GroupType | Mapping[str, object]], *, policy: Policy = Policy.DOCUMENTED
) -> Resolution:
    """Compute the role claims of a user who is in exactly these groups.

    The groups with the lowest precedence decide; a group without one ranks
    after every group that has one. If the deciding groups name one role, it is
    preferred; if they name several, none is. Duplicate groups count once. If two
    versions of a group differ, the one that was modified last counts. The order
    of the groups does not matter, and the arguments are not modified.

    Rules: every one of `cognito_claims.rules.RULES`.

    >>> resolve([
    ...     {"GroupName": "admins", "Precedence": 0, "RoleArn": "arn:aws:iam::123456789012:role/admin"},
    ...     {"GroupName": "newsletter"},
    ... ]).claims.id_token()["cognito:preferred_role"]
    'arn:aws:iam::123456789012:role/admin'

    Args:
        groups: Any number of `GroupType` or boto3 dictionaries, or a mix of both.
        policy: How to answer the questions that AWS leaves open.

    Raises:
        InvalidResponseError: If a dictionary is not a valid group. The `operation` is
            `AdminListGroupsForUser`, whichever call the dictionary comes from.
        MixedUserPoolsError: If the groups belong to more than one user pool.
        ConflictingGroupsError: If groups with the same name differ, and their dates do not show
            which is the latest.
        TypeError: If `groups` is a whole response, pages or a single group, or `policy` is not a `Policy`.
    """
    if type(policy) is not Policy:
        raise TypeError(f"policy: expected a Policy, got {type(policy).__name__}: pass Policy(...)")
    items = () if _is_none(groups) else tuple(groups)  # `None`: perhaps `response.get("Groups")`
    members = items if items and _all_group_types(items) else _parse_groups(groups, items)
    ranking = _rank(members) if len(members) > 1 else members
    return Resolution.from_ranking(ranking, policy)


def _is_none(value: object) -> bool:
    return value is None


def _all_group_types(items: tuple[object, ...]) -> TypeGuard[tuple[GroupType, ...]]:
    for item in items:  # noqa: SIM110, all() costs more than the rest for the few groups of most users
        if type(item) is not GroupType:
            return False
    return True


def _parse_groups(groups: object, items: tuple[_Item, ...]) -> tuple[GroupType, ...]:
    parsed = _parse_if_valid(items)
    if parsed:
        return parsed
    from cognito_claims.models import AdminListGroupsForUserResponse, PageResponse  # see group.py

    if isinstance(groups, _NOT_GROUPS) or any(isinstance(item, PageResponse) for item in items):
        raise TypeError(
            f"expected an iterable of groups, got {type(groups).__name__}: "
            'pass response["Groups"], page.groups, pages.groups() or a list'
        )
    return parse_written_response(AdminListGroupsForUserResponse, {"Groups": items}).groups


def _parse_if_valid(items: tuple[_Item, ...]) -> tuple[GroupType, ...]:
    # Most input is valid. For that, a validator of the groups alone, without the page around them and
    # without pydantic's own check for unknown keys, saves a fifth of the time, for one group a third.
    try:
        groups: tuple[GroupType, ...] = _GROUPS.validator.validate_python(items)
        return groups if _KEYS.issuperset(chain.from_iterable(items)) else ()
    except (ValidationError, TypeError):  # TypeError: among the items is a model with an unhashable value
        return ()


def _rank(members: tuple[GroupType, ...]) -> tuple[GroupType, ...]:
    # In two lists, so that all keys of a list have one type, which Python compares faster.
    with_precedence: list[tuple[int, str, GroupType]] = []
    without: list[tuple[str, GroupType]] = []
    names: set[str] = set()
    pools: set[str | None] = set()
    for group in members:
        name, precedence = group.group_name, group.precedence
        names.add(name)
        pools.add(group.user_pool_id)
        if precedence is None:
            without.append((name, group))
        else:
            with_precedence.append((precedence, name, group))
    pools.discard(None)
    if len(pools) > 1:
        raise MixedUserPoolsError(sorted(filter(None, pools)))
    if len(names) < len(members):
        return _rank(_drop_duplicates(members))
    with_precedence.sort()  # names are unique, so no two groups are compared
    without.sort()
    return (*[group for _, _, group in with_precedence], *[group for _, group in without])


def _drop_duplicates(members: tuple[GroupType, ...]) -> tuple[GroupType, ...]:
    versions_by_name: dict[str, list[GroupType]] = {}
    for group in dict.fromkeys(members):
        versions_by_name.setdefault(group.group_name, []).append(group)
    latest = {name: _find_latest(versions) for name, versions in versions_by_name.items()}
    if conflicts := sorted(name for name, version in latest.items() if version is None):
        raise ConflictingGroupsError(conflicts)
    return tuple(version for version in latest.values() if version is not None)


def _find_latest(versions: list[GroupType]) -> GroupType | None:
    if len(versions) == 1:
        return versions[0]
    dates = [
        to_time_since_epoch(date) for group in versions if (date := group.last_modified_date) is not None
    ]
    if len(dates) < len(versions) or dates.count(max(dates)) > 1:
        return None
    return versions[dates.index(max(dates))]


publish(Resolution)
