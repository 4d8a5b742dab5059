"""The rules that wrong claims in tokens break.

A case can be decided by several rules. The groups show which of them a wrong
answer breaks: the role of a group that ranks lower breaks `lowest-wins`, the
role of one of the groups that tie breaks `tie-differing-roles`.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import JsonValue

from cognito_claims._wire.json import as_list
from cognito_claims.conformance import rules, shapes
from cognito_claims.conformance.observation import Fault
from cognito_claims.events.rules import TOKEN_ARRAYS
from cognito_claims.group import GroupType
from cognito_claims.resolver import Resolution, resolve
from cognito_claims.resolver.decision import is_federated_auto_group
from cognito_claims.rules import (
    ALL_GROUPS,
    ALL_ROLES,
    FEDERATED_AUTO_GROUP,
    ID_TOKEN_ALONE,
    LOWEST_WINS,
    NO_GROUPS,
    NO_ROLE,
    NULL_RANKS_LAST,
    NULL_TIES,
    ONLY_ROLE,
    TIE_DIFFERING_ROLES,
    TIE_SAME_ROLE,
    Rule,
)

_PREFERRED_ROLE: Final = "cognito:preferred_role"
_EMPTY: Final[tuple[JsonValue, ...]] = (None, "", [])
_Claims = Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class _ArrayClaim:
    name: str
    complete: Rule
    """The rule that it contains all elements."""
    absent: tuple[Rule, ...]
    """The rules that it is absent without elements."""
    foreign: str
    """The elements that do not belong in it although the pool has them."""


_GROUPS: Final = _ArrayClaim("cognito:groups", ALL_GROUPS, (NO_GROUPS,), "groups that the user is not in")
_ROLES: Final = _ArrayClaim(
    "cognito:roles", ALL_ROLES, (NO_ROLE, rules.ABSENT_NOT_EMPTY), "roles of groups that the user is not in"
)


def find_claim_faults(
    subject: str,
    groups: Sequence[GroupType],
    answer: shapes.TokensAnswer,
    pool_groups: Collection[GroupType],
) -> Iterator[Fault]:
    """Yield the rules that an answer breaks, the most specific first.

    An answer may break none of them and still be wrong.

    Args:
        subject: A subject of `TokensVectors`.
        groups: The user's groups.
        answer: The claims of the subject in both tokens.
        pool_groups: Groups of the user pool, of which the user may be in some.
    """
    id_token, access_token = answer.id_token or {}, answer.access_token or {}
    names = [group.group_name for group in groups]
    foreign = [group for group in pool_groups if group.group_name not in names]
    match subject:
        case "groups-claim":
            foreign_names = {group.group_name for group in foreign}
            yield from _find_array_faults(_GROUPS, id_token, "ID token", names, foreign_names)
            yield from _find_array_faults(_GROUPS, access_token, "access token", names, foreign_names)
        case "roles-claim":
            yield from _find_misplaced(_ROLES.name, id_token, access_token)
            roles = [group.role_arn for group in groups if group.role_arn is not None]
            yield from _find_array_faults(_ROLES, id_token, "ID token", roles, _get_roles(foreign))
        case "preferred-role":
            yield from _find_misplaced(_PREFERRED_ROLE, id_token, access_token)
            yield from _find_preferred_role_faults(groups, id_token, _get_roles(foreign))
        case _:
            for name in access_token:
                yield Fault(ID_TOKEN_ALONE, f"the access token contains {name}")


def _get_roles(groups: Collection[GroupType]) -> set[str]:
    return {group.role_arn for group in groups if group.role_arn is not None}


def _find_misplaced(name: str, id_token: _Claims, access_token: _Claims) -> Iterator[Fault]:
    if name in access_token and name not in id_token:
        yield Fault(ID_TOKEN_ALONE, f"the access token contains {name}, but the ID token does not")


def _find_array_faults(
    claim: _ArrayClaim, token: _Claims, where: str, expected: Sequence[str], foreign: Collection[str]
) -> Iterator[Fault]:
    if claim.name not in token:
        if expected:
            yield Fault(claim.complete, f"the {where} does not contain {claim.name}")
        return
    value = token[claim.name]
    if not expected and value in _EMPTY:
        for rule in claim.absent:
            yield Fault(rule, f"the {where} contains an empty {claim.name}")
        return
    elements = as_list(value)
    texts = [one for one in elements or () if isinstance(one, str)]
    if elements is None or len(texts) < len(elements):
        yield Fault(TOKEN_ARRAYS, f"{claim.name} in the {where} is not an array of strings")
        return
    found, allowed = Counter(texts), Counter(expected)
    extra, missing = found.keys() - allowed.keys(), allowed.keys() - found.keys()
    if extra.intersection(foreign):
        yield Fault(rules.MEMBERS_ONLY, f"{claim.name} in the {where} contains {claim.foreign}")
    repeated = any(found[one] not in (1, allowed[one]) for one in found.keys() & allowed.keys())
    if extra.difference(foreign) or (repeated and missing):
        yield Fault(
            rules.NAMES_AS_CREATED, f"{claim.name} in the {where} contains an element that no group has"
        )
    elif repeated:
        yield Fault(rules.NO_DUPLICATES, f"{claim.name} in the {where} repeats an element")
    elif missing:
        reason = f"{claim.name} in the {where} lacks {len(missing)} of {len(allowed)} elements"
        yield Fault(claim.complete, reason)


def _find_preferred_role_faults(
    groups: Sequence[GroupType], id_token: _Claims, foreign_roles: Collection[str]
) -> Iterator[Fault]:
    resolution = resolve(groups)
    value = id_token.get(_PREFERRED_ROLE)
    if _PREFERRED_ROLE not in id_token:
        yield from _blame_absence(groups, resolution)
    elif not isinstance(value, str) or not value:
        yield Fault(rules.ABSENT_NOT_EMPTY, f"{_PREFERRED_ROLE} is neither an ARN nor absent")
        if not resolution.roles:
            yield Fault(NO_ROLE, f"{_PREFERRED_ROLE} is set, but no group has a role")
    elif value in resolution.roles:
        yield from _blame_choice(resolution, value)
    elif value in foreign_roles:
        yield Fault(rules.MEMBERS_ONLY, f"{_PREFERRED_ROLE} is the role of a group that the user is not in")
    else:
        yield Fault(rules.NAMES_AS_CREATED, f"{_PREFERRED_ROLE} is not the role of any group")


def _blame_absence(groups: Sequence[GroupType], resolution: Resolution) -> Iterator[Fault]:
    """Yield what a missing preferred role breaks."""
    best = resolution.decided_by
    if best and any(group.role_arn is None and is_federated_auto_group(group) for group in groups):
        # If the cause is a different rule, cases without such a group fail too, and outnumber these.
        yield Fault(FEDERATED_AUTO_GROUP, "the group of federated users prevents a preferred role")
    ties_at_null = any(group.precedence is None for group in best)
    preferred = {None, *(group.role_arn for group in best)}
    others = [group for group in resolution.ranking if best and group.role_arn not in preferred]
    if len(best) > 1:
        rule = NULL_TIES if ties_at_null else TIE_SAME_ROLE
        yield Fault(rule, "the best groups name the same role, but it is not preferred")
    if best and not others:
        yield Fault(ONLY_ROLE, "the only role is not preferred")
    if any(group.precedence is not None for group in others):
        yield Fault(LOWEST_WINS, "the role of the group with the lowest precedence is not preferred")
    if any(group.precedence is None for group in others) and not ties_at_null:
        yield Fault(NULL_RANKS_LAST, "a group without a precedence prevents a preferred role")


def _blame_choice(resolution: Resolution, role: str) -> Iterator[Fault]:
    """Yield what a role of one of the user's groups breaks, if it is preferred by mistake."""
    best_roles = {group.role_arn for group in resolution.decided_by}
    best = resolution.decided_by[0].precedence
    if len(best_roles) > 1:
        if role in best_roles and best is None:
            yield Fault(NULL_TIES, "groups without a precedence tie, but one of their roles is preferred")
        yield Fault(TIE_DIFFERING_ROLES, "the best groups name different roles, but a role is preferred")
    worse = {group.precedence for group in resolution.ranking if group.role_arn == role} - {best}
    if worse - {None}:
        yield Fault(
            LOWEST_WINS, "the role of a group that does not have the lowest precedence is preferred"
        )
    if None in worse:
        yield Fault(NULL_RANKS_LAST, "the role of a group without a precedence is preferred")
