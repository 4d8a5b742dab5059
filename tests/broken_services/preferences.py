"""Services that prefer a wrong role, or write the preferred role in a wrong form."""

import json
import struct
from collections import Counter
from collections.abc import Callable
from typing import Any

from tests.broken_services.registry import LEGAL, Groups, changes_claim, changes_tokens, prefers

MAX = 2147483647
ROLE = "cognito:preferred_role"
_NO_ORDER = "no precedence counts, so a worse group can win, and a tie too"
_ANY_OTHER = "the groups that prevent the role have a worse precedence or none"


def choose(
    groups: Groups,
    key: Callable[[int | None], float | str | None],
    tied: Callable[[Groups], str | None] = lambda _: None,
) -> str | None:
    """Choose as AWS documents it, by a key of the precedence. A group whose key is `None` abstains."""
    keys = [(key(group.get("Precedence")), group) for group in groups if "RoleArn" in group]
    competing: list[tuple[Any, Any]] = [(rank, group) for rank, group in keys if rank is not None]
    if not competing:
        return None
    best = min(rank for rank, _ in competing)
    first = [group for rank, group in competing if rank == best]
    roles = {group["RoleArn"] for group in first}
    return roles.pop() if len(roles) == 1 else tied(first)


def rank(precedence: int | None) -> float:
    return MAX + 1 if precedence is None else precedence


def with_role(groups: Groups) -> Groups:
    return [group for group in groups if "RoleArn" in group]


def of_ranks(groups: Groups) -> list[Groups]:
    """Return the groups with a role in steps of equal rank, the best first."""
    ranks = sorted({rank(group.get("Precedence")) for group in with_role(groups)})
    return [[group for group in with_role(groups) if rank(group.get("Precedence")) == one] for one in ranks]


def names_one_role(groups: Groups) -> bool:
    return len({group["RoleArn"] for group in groups}) == 1


# The order of precedence.


@prefers("lowest-wins")
def highest_wins(groups: Groups) -> str | None:
    return choose(groups, lambda one: MAX + 1 if one is None else -one)


@prefers("lowest-wins")
def highest_wins_and_null_is_best(groups: Groups) -> str | None:
    return choose(groups, lambda one: -MAX - 1 if one is None else -one)


@prefers("null-ranks-last")
def null_is_zero(groups: Groups) -> str | None:
    return choose(groups, lambda one: one or 0)


@prefers("null-ranks-last")
def null_is_999(groups: Groups) -> str | None:
    return choose(groups, lambda one: 999 if one is None else one)


@prefers("null-ranks-last")
def null_is_the_largest_precedence(groups: Groups) -> str | None:
    return choose(groups, lambda one: MAX if one is None else one)


@prefers("null-ranks-last")
def null_is_best(groups: Groups) -> str | None:
    return choose(groups, lambda one: -1 if one is None else one)


@prefers("lowest-wins")
def zero_is_null(groups: Groups) -> str | None:
    return choose(groups, lambda one: one or MAX + 1)


@prefers("lowest-wins")
def zero_does_not_compete(groups: Groups) -> str | None:
    return choose(groups, lambda one: None if one == 0 else rank(one))


@prefers("lowest-wins")
def compares_as_text(groups: Groups) -> str | None:
    return choose(groups, lambda one: "~" if one is None else str(one))


@prefers("lowest-wins")
def stores_16_bits(groups: Groups) -> str | None:
    return choose(groups, lambda one: MAX if one is None else one & 0xFFFF)


@prefers("lowest-wins")
def stores_16_bits_with_a_sign(groups: Groups) -> str | None:
    return choose(groups, lambda one: MAX if one is None else (one + 0x8000 & 0xFFFF) - 0x8000)


@prefers("lowest-wins")
def rounds_to_float32(groups: Groups) -> str | None:
    return choose(groups, lambda one: struct.unpack("f", struct.pack("f", rank(one)))[0])


@prefers("lowest-wins")
def counts_modulo_1000(groups: Groups) -> str | None:
    return choose(groups, lambda one: MAX if one is None else one % 1000)


@prefers("lowest-wins")
def clamps_at_1000(groups: Groups) -> str | None:
    return choose(groups, lambda one: MAX if one is None else min(one, 1000))


@prefers("lowest-wins", "tie-differing-roles", reason=_NO_ORDER)
def takes_the_first_role(groups: Groups) -> str | None:
    return next((group["RoleArn"] for group in with_role(groups)), None)


@prefers("lowest-wins", "tie-differing-roles", reason=_NO_ORDER)
def takes_the_last_role(groups: Groups) -> str | None:
    return next((group["RoleArn"] for group in reversed(with_role(groups))), None)


@prefers("lowest-wins", "tie-differing-roles", reason=_NO_ORDER)
def takes_the_first_group_by_name(groups: Groups) -> str | None:
    ordered = sorted(with_role(groups), key=lambda group: str(group["GroupName"]))
    return ordered[0]["RoleArn"] if ordered else None


@prefers("lowest-wins", "tie-differing-roles", reason=_NO_ORDER)
def takes_the_first_role_by_name(groups: Groups) -> str | None:
    return min((group["RoleArn"] for group in with_role(groups)), default=None)


@prefers("lowest-wins", "tie-differing-roles", reason=_NO_ORDER)
def takes_the_role_of_most_groups(groups: Groups) -> str | None:
    roles = [group["RoleArn"] for group in with_role(groups)]
    return max(roles, key=roles.count, default=None)


@prefers("lowest-wins", "null-ranks-last", reason=_ANY_OTHER)
def prefers_none_of_several_roles(groups: Groups) -> str | None:
    nominees = with_role(groups)
    return nominees[0]["RoleArn"] if nominees and names_one_role(nominees) else None


@prefers("lowest-wins", "null-ranks-last", reason=_ANY_OTHER)
def any_tie_counts(groups: Groups) -> str | None:
    tied = any(not names_one_role(step) for step in of_ranks(groups))
    return None if tied else choose(groups, rank)


# Ties.


@prefers("tie-differing-roles")
def a_tie_goes_to_the_first(groups: Groups) -> str | None:
    return choose(groups, rank, lambda tied: tied[0]["RoleArn"])


@prefers("tie-differing-roles")
def a_tie_goes_to_the_last(groups: Groups) -> str | None:
    return choose(groups, rank, lambda tied: tied[-1]["RoleArn"])


@prefers("tie-differing-roles")
def a_tie_goes_by_the_names_of_groups(groups: Groups) -> str | None:
    return choose(groups, rank, lambda tied: min(tied, key=lambda one: str(one["GroupName"]))["RoleArn"])


@prefers("tie-differing-roles")
def a_tie_goes_by_the_names_of_roles(groups: Groups) -> str | None:
    return choose(groups, rank, lambda tied: min(one["RoleArn"] for one in tied))


@prefers("tie-differing-roles", "null-ties", reason="groups without a precedence tie too")
def a_tie_goes_to_the_majority(groups: Groups) -> str | None:
    def vote(tied: Groups) -> str | None:
        [(role, most), *others] = Counter(one["RoleArn"] for one in tied).most_common()
        return role if all(count < most for _, count in others) else None

    return choose(groups, rank, vote)


@prefers("tie-differing-roles")
def a_tie_falls_through(groups: Groups) -> str | None:
    agreeing = [step for step in of_ranks(groups) if names_one_role(step)]
    return agreeing[0][0]["RoleArn"] if agreeing else None


@prefers("tie-differing-roles")
def a_tie_falls_through_one_step(groups: Groups) -> str | None:
    agreeing = [step for step in of_ranks(groups)[:2] if names_one_role(step)]
    return agreeing[0][0]["RoleArn"] if agreeing else None


@prefers("tie-differing-roles")
def a_tie_of_a_number_goes_to_the_first(groups: Groups) -> str | None:
    return choose(groups, rank, lambda tied: tied[0]["RoleArn"] if "Precedence" in tied[0] else None)


def agree(of: Callable[[str], str]) -> Callable[[Groups], str | None]:
    """Return the first of the roles that tie, if a part of their ARNs is equal."""

    def prefer(tied: Groups) -> str | None:
        return tied[0]["RoleArn"] if len({of(one["RoleArn"]) for one in tied}) == 1 else None

    return prefer


@prefers("tie-differing-roles")
def a_tie_of_one_name_is_none(groups: Groups) -> str | None:
    return choose(groups, rank, agree(lambda role: role.rpartition("/")[2]))


@prefers("tie-differing-roles")
def a_tie_of_one_path_is_none(groups: Groups) -> str | None:
    return choose(groups, rank, agree(lambda role: role.partition("role/")[2]))


@prefers("IAM does not distinguish roles by case: role-case", bugs=LEGAL)
def a_tie_without_regard_to_case_is_none(groups: Groups) -> str | None:
    return choose(groups, rank, agree(str.lower))


@prefers("null-ties")
def a_tie_of_nulls_goes_to_the_first(groups: Groups) -> str | None:
    return choose(groups, rank, lambda tied: None if "Precedence" in tied[0] else tied[0]["RoleArn"])


@prefers("null-ties")
def a_tie_of_nulls_goes_to_the_last(groups: Groups) -> str | None:
    return choose(groups, rank, lambda tied: None if "Precedence" in tied[-1] else tied[-1]["RoleArn"])


@prefers("tie-same-role")
def a_tie_of_one_role_is_a_tie(groups: Groups) -> str | None:
    steps = of_ranks(groups)
    return choose(groups, rank) if steps and len(steps[0]) == 1 else None


@prefers("tie-same-role")
def a_tie_of_a_number_is_a_tie(groups: Groups) -> str | None:
    steps = of_ranks(groups)
    tied = steps and len(steps[0]) > 1 and "Precedence" in steps[0][0]
    return None if tied else choose(groups, rank)


# Groups without a precedence, and without a role.


@prefers("federated-auto-group")
def the_group_of_federated_users_blocks(groups: Groups) -> str | None:
    bare = [group for group in groups if group["GroupName"].startswith(f"{group['UserPoolId']}_")]
    return (
        None
        if any(group.keys().isdisjoint({"RoleArn", "Precedence"}) for group in bare)
        else choose(groups, rank)
    )


@prefers("lowest-wins", "tie-differing-roles", reason="the group may be the best one, or one of a tie")
def a_role_of_a_different_account_does_not_compete(groups: Groups) -> str | None:
    return choose([group for group in groups if ":123456789012:" in group.get("RoleArn", "")], rank)


@prefers("only-role")
def the_only_role_is_not_preferred(groups: Groups) -> str | None:
    return None if with_role(groups) and names_one_role(with_role(groups)) else choose(groups, rank)


@prefers("only-role")
def the_only_group_is_not_preferred(groups: Groups) -> str | None:
    return None if len(groups) == 1 else choose(groups, rank)


@prefers("one-answer")
def null_nominates_alone_and_not_in_company(groups: Groups) -> str | None:
    return choose(groups, rank if len(with_role(groups)) == 1 else lambda one: one)


@prefers("one-answer")
def null_nominates_in_company_and_not_alone(groups: Groups) -> str | None:
    return choose(groups, rank if len(with_role(groups)) > 1 else lambda one: one)


@prefers("one-answer")
def two_agreeing_nulls_do_not_nominate(groups: Groups) -> str | None:
    nulls = [group for group in with_role(groups) if "Precedence" not in group]
    return choose(groups, rank if len(nulls) < 2 else lambda one: one)


@prefers("one-answer")
def a_group_without_a_role_blocks_at_zero(groups: Groups) -> str | None:
    blocked = any("RoleArn" not in group and group.get("Precedence") == 0 for group in groups)
    roles = {group["RoleArn"] for group in with_role(groups)}
    return None if blocked and len(roles) > 1 else choose(groups, rank)


@prefers("one-answer")
def a_group_without_a_role_blocks_the_only_role(groups: Groups) -> str | None:
    nominees = with_role(groups)
    others = [group["Precedence"] for group in groups if "RoleArn" not in group and "Precedence" in group]
    best = min((rank(group.get("Precedence")) for group in nominees), default=0)
    blocked = best <= MAX and any(one <= best for one in others)
    return None if nominees and names_one_role(nominees) and blocked else choose(groups, rank)


@prefers("AWS is silent on whether a group without a precedence nominates a role", bugs=LEGAL)
def null_never_nominates(groups: Groups) -> str | None:
    return choose(groups, lambda one: one)


# The form of the claim.


@changes_claim("absent-not-empty", ROLE, where=(0,))
def null_without_a_preferred_role(role: str | None) -> object:
    return role


@changes_claim("absent-not-empty", ROLE, where=(0,))
def empty_without_a_preferred_role(role: str | None) -> object:
    return role or ""


@changes_claim("absent-not-empty", ROLE, where=(0,))
def false_without_a_preferred_role(role: str | None) -> object:
    return role or False


@changes_claim("absent-not-empty", ROLE, where=(0,))
def an_array_of_the_preferred_role(role: str | None) -> object:
    return [role] if role else ...


@changes_claim("absent-not-empty", ROLE, where=(0,))
def an_array_that_may_be_empty(role: str | None) -> object:
    return [role] if role else []


@changes_claim("names-as-created", ROLE, where=(0,))
def the_name_of_the_role(role: str | None) -> object:
    return role.rpartition("/")[2] if role else ...


@changes_claim("names-as-created", ROLE, where=(0,))
def the_role_in_lower_case(role: str | None) -> object:
    return role.lower() if role else ...


@changes_claim("names-as-created", ROLE, where=(0,))
def the_role_without_its_path(role: str | None) -> object:
    return f"{role.partition('/')[0]}/{role.rpartition('/')[2]}" if role else ...


@changes_claim("names-as-created", ROLE, where=(0,))
def the_role_cut_at_1024_characters(role: str | None) -> object:
    return role[:1024] if role else ...


@changes_claim("names-as-created", ROLE, where=(0,))
def the_role_in_the_partition_aws(role: str | None) -> object:
    return f"arn:aws:{role.split(':', 2)[2]}" if role else ...


@changes_claim("absent-not-empty", ROLE, where=(0,))
def the_role_in_an_object(role: str | None) -> object:
    return {"RoleArn": role} if role else ...


@changes_claim("names-as-created", ROLE, where=(0,))
def the_role_in_upper_case(role: str | None) -> object:
    return role.upper() if role else ...


@changes_claim("names-as-created", ROLE, where=(0,))
def the_role_in_quotes(role: str | None) -> object:
    return json.dumps(role) if role else ...


@changes_claim("names-as-created", ROLE, where=(0,))
def the_word_none(role: str | None) -> object:
    return str(role)


@changes_tokens("absent-not-empty", "preferred-role")
def every_role_of_a_tie(id_token: Any, _: Any, groups: Groups, __: Groups) -> None:
    if len({group["RoleArn"] for group in with_role(groups)}) > 1:
        id_token.setdefault(ROLE, [group["RoleArn"] for group in of_ranks(groups)[0]])


@changes_tokens("names-as-created", "preferred-role")
def the_name_of_the_group(id_token: Any, _: Any, groups: Groups, __: Groups) -> None:
    names = [group["GroupName"] for group in groups if group.get("RoleArn") == id_token.get(ROLE, 0)]
    id_token |= {ROLE: names[0]} if names else {}


@changes_tokens("id-token-alone", "preferred-role", "access-token")
def the_preferred_role_in_the_access_token(id_token: Any, access_token: Any, *_: Groups) -> None:
    access_token |= {ROLE: id_token.pop(ROLE)} if ROLE in id_token else {}


@changes_tokens("id-token-alone", "preferred-role", "access-token")
def the_preferred_role_in_both_tokens(id_token: Any, access_token: Any, *_: Groups) -> None:
    access_token |= {ROLE: id_token[ROLE]} if ROLE in id_token else {}


@changes_tokens("members-only", "preferred-role")
def the_best_role_of_the_pool(id_token: Any, _: Any, __: Groups, pool: Groups) -> None:
    best = choose(pool, rank, lambda tied: tied[0]["RoleArn"])
    id_token[ROLE] = best
