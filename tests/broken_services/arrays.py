"""Services that issue wrong `cognito:groups` or `cognito:roles`."""

import html
from typing import Any
from unicodedata import combining, normalize
from urllib.parse import quote

from tests.broken_services.registry import LEGAL, Groups, changes_claim, changes_tokens

GROUPS = "cognito:groups"
ROLES = "cognito:roles"
Names = list[str] | None


def write(names: list[str]) -> object:
    """Return a claim, absent without names."""
    return names or ...


# The names of groups.


@changes_claim("no-duplicates", GROUPS)
def each_group_twice(names: Names) -> object:
    return write((names or []) * 2)


@changes_claim("no-duplicates", GROUPS)
def the_first_group_twice(names: Names) -> object:
    return write([*(names or [])[:1], *(names or [])])


@changes_claim("all-groups", GROUPS)
def the_first_group_alone(names: Names) -> object:
    return write((names or [])[:1])


@changes_claim("all-groups", GROUPS)
def all_groups_but_the_last(names: Names) -> object:
    return write((names or [])[:-1])


@changes_claim("all-groups", GROUPS)
def ten_groups(names: Names) -> object:
    return write((names or [])[:10])


@changes_claim("all-groups", GROUPS)
def twenty_five_groups(names: Names) -> object:
    return write((names or [])[:25])


@changes_claim("all-groups", GROUPS)
def sixty_groups(names: Names) -> object:
    return write((names or [])[:60])


@changes_claim("token-arrays", GROUPS)
def groups_with_commas(names: Names) -> object:
    return ",".join(names) if names else ...


@changes_claim("token-arrays", GROUPS)
def groups_in_brackets(names: Names) -> object:
    return f"[{' '.join(names)}]" if names else ...


@changes_claim("token-arrays", GROUPS)
def one_group_as_text(names: Names) -> object:
    return names[0] if names and len(names) == 1 else write(names or [])


@changes_claim("token-arrays", GROUPS)
def groups_as_objects(names: Names) -> object:
    return [{"GroupName": name} for name in names] if names else ...


@changes_claim("token-arrays", GROUPS)
def groups_as_an_object(names: Names) -> object:
    return dict.fromkeys(names, True) if names else ...


@changes_claim("no-groups", GROUPS)
def an_empty_array_without_groups(names: Names) -> object:
    return names or []


@changes_claim("no-groups", GROUPS)
def null_without_groups(names: Names) -> object:
    return names


@changes_claim("no-groups", GROUPS)
def empty_text_without_groups(names: Names) -> object:
    return names or ""


@changes_claim("names-as-created", GROUPS)
def groups_in_lower_case(names: Names) -> object:
    return write([name.lower() for name in names or ()])


@changes_claim("names-as-created", GROUPS)
def groups_in_upper_case(names: Names) -> object:
    return write([name.upper() for name in names or ()])


@changes_claim("names-as-created", GROUPS)
def groups_in_ascii(names: Names) -> object:
    return write([name.encode("ascii", "replace").decode() for name in names or ()])


@changes_claim("all-groups", GROUPS)
def groups_with_ascii_names_alone(names: Names) -> object:
    return write([name for name in names or () if name.isascii()])


@changes_claim("names-as-created", GROUPS)
def groups_in_the_basic_plane(names: Names) -> object:
    return write(["".join(one if ord(one) < 0x10000 else "?" for one in name) for name in names or ()])


@changes_claim("names-as-created", GROUPS)
def groups_cut_at_64_characters(names: Names) -> object:
    return write([name[:64] for name in names or ()])


@changes_claim("names-as-created", GROUPS)
def groups_escaped_for_html(names: Names) -> object:
    return write([html.escape(name) for name in names or ()])


@changes_claim("names-as-created", GROUPS)
def groups_escaped_for_urls(names: Names) -> object:
    return write([quote(name, safe="") for name in names or ()])


@changes_claim("names-as-created", GROUPS)
def groups_split_at_commas(names: Names) -> object:
    return write([part for name in names or () for part in name.split(",")])


@changes_claim("names-as-created", GROUPS)
def groups_in_nfc(names: Names) -> object:
    return write([normalize("NFC", name) for name in names or ()])


@changes_claim("names-as-created", GROUPS)
def groups_in_nfc_each_once(names: Names) -> object:
    return write([*dict.fromkeys(normalize("NFC", name) for name in names or ())])


@changes_claim("names-as-created", GROUPS)
def groups_without_combining_characters(names: Names) -> object:
    return write(["".join(one for one in name if not combining(one)) for name in names or ()])


@changes_claim("names-as-created", GROUPS)
def groups_with_a_capital_letter_at_first_alone(names: Names) -> object:
    return write([name.capitalize() for name in names or ()])


@changes_claim("names-as-created", GROUPS)
def groups_in_nfkc(names: Names) -> object:
    return write([normalize("NFKC", name) for name in names or ()])


@changes_claim("names-as-created", GROUPS)
def groups_with_a_prefix(names: Names) -> object:
    return write([f"ROLE_{name}" for name in names or ()])


@changes_tokens("all-groups", "groups-claim")
def no_federated_group(id_token: Any, access_token: Any, *_: Groups) -> None:
    for token in (id_token, access_token):
        names = [name for name in token.pop(GROUPS, []) if "_Fake" not in name]
        token.update({GROUPS: names} if names else {})


@changes_tokens("all-groups", "groups-claim")
def groups_with_a_role_alone(id_token: Any, access_token: Any, groups: Groups, _: Groups) -> None:
    for token in (id_token, access_token):
        names = [group["GroupName"] for group in groups if "RoleArn" in group]
        token.pop(GROUPS, None)
        token.update({GROUPS: names} if names else {})


@changes_tokens("all-groups", "groups-claim")
def no_groups_in_the_id_token(id_token: Any, *_: Any) -> None:
    id_token.pop(GROUPS, None)


@changes_tokens("all-groups", "groups-claim")
def no_groups_in_the_access_token(_: Any, access_token: Any, *__: Groups) -> None:
    access_token.pop(GROUPS, None)


@changes_tokens("members-only", "groups-claim")
def every_group_of_the_pool(id_token: Any, access_token: Any, _: Groups, pool: Groups) -> None:
    for token in (id_token, access_token):
        token[GROUPS] = [group["GroupName"] for group in pool]


@changes_tokens("members-only", "groups-claim")
def every_group_of_the_pool_in_the_access_token(
    _: Any, access_token: Any, __: Groups, pool: Groups
) -> None:
    access_token[GROUPS] = [group["GroupName"] for group in pool]


@changes_tokens("members-only", "groups-claim")
def the_first_group_of_the_pool_beside_the_own(
    id_token: Any, access_token: Any, _: Groups, pool: Groups
) -> None:
    for token in (id_token, access_token):
        token[GROUPS] = sorted({*token.get(GROUPS, []), pool[0]["GroupName"]})


@changes_tokens("id-token-alone", "preferred-role", "roles-claim", "groups-claim", "access-token")
def the_tokens_exchanged(id_token: Any, access_token: Any, *_: Groups) -> None:
    before = {**id_token}, {**access_token}
    id_token.clear()
    access_token.clear()
    id_token |= before[1]
    access_token |= before[0]


# The roles.


@changes_claim("no-duplicates", ROLES, where=(0,))
def each_role_twice(roles: Names) -> object:
    return write((roles or []) * 2)


@changes_claim("names-as-created", ROLES, where=(0,))
def roles_in_upper_case(roles: Names) -> object:
    return write([role.upper() for role in roles or ()])


@changes_claim("names-as-created", ROLES, where=(0,))
def roles_in_lower_case(roles: Names) -> object:
    return write([role.lower() for role in roles or ()])


@changes_claim("names-as-created", ROLES, where=(0,))
def paths_of_roles_in_lower_case(roles: Names) -> object:
    parts = [role.rpartition("/") for role in roles or ()]
    return write([f"{path.lower()}/{name}" for path, _, name in parts])


@changes_claim("names-as-created", ROLES, where=(0,))
def roles_cut_at_1024_characters(roles: Names) -> object:
    return write([role[:1024] for role in roles or ()])


@changes_claim("all-roles", ROLES, where=(0,))
def roles_of_the_partition_aws_alone(roles: Names) -> object:
    return write([role for role in roles or () if role.startswith("arn:aws:")])


@changes_claim("all-roles", ROLES, where=(0,))
def roles_of_one_account_alone(roles: Names) -> object:
    return write([role for role in roles or () if ":123456789012:" in role])


@changes_claim("all-roles", ROLES, where=(0,))
def roles_without_a_path_alone(roles: Names) -> object:
    return write([role for role in roles or () if role.count("/") == 1])


@changes_claim("token-arrays", ROLES, where=(0,))
def roles_in_an_array_in_an_array(roles: Names) -> object:
    return [roles] if roles else ...


@changes_tokens("token-arrays", "roles-claim")
def null_for_each_group_without_a_role(id_token: Any, _: Any, groups: Groups, __: Groups) -> None:
    missing = [None for group in groups if "RoleArn" not in group]
    id_token |= {ROLES: [*id_token[ROLES], *missing]} if ROLES in id_token else {}


@changes_tokens("names-as-created", "roles-claim")
def empty_text_for_each_group_without_a_role(id_token: Any, _: Any, groups: Groups, __: Groups) -> None:
    missing = ["" for group in groups if "RoleArn" not in group]
    id_token |= {ROLES: [*id_token[ROLES], *missing]} if ROLES in id_token else {}


@changes_claim("names-as-created", ROLES, where=(0,))
def the_names_of_roles(roles: Names) -> object:
    return write([role.rpartition("/")[2] for role in roles or ()])


@changes_claim("names-as-created", ROLES, where=(0,))
def roles_without_their_path(roles: Names) -> object:
    return write([f"{role.partition('/')[0]}/{role.rpartition('/')[2]}" for role in roles or ()])


@changes_claim("all-roles", ROLES, where=(0,))
def two_roles(roles: Names) -> object:
    return write((roles or [])[:2])


@changes_claim("all-roles", ROLES, where=(0,))
def five_roles(roles: Names) -> object:
    return write((roles or [])[:5])


@changes_claim("all-roles", ROLES, where=(0,))
def ten_roles(roles: Names) -> object:
    return write((roles or [])[:10])


@changes_claim("all-roles", ROLES, where=(0,))
def sixty_roles(roles: Names) -> object:
    return write((roles or [])[:60])


@changes_claim("all-roles", ROLES, where=(0,))
def several_roles_alone(roles: Names) -> object:
    return write(roles if roles and len(roles) > 1 else [])


@changes_claim("token-arrays", ROLES, where=(0,))
def roles_with_commas(roles: Names) -> object:
    return ",".join(roles) if roles else ...


@changes_claim("token-arrays", ROLES, where=(0,))
def one_role_as_text(roles: Names) -> object:
    return roles[0] if roles and len(roles) == 1 else write(roles or [])


@changes_claim("token-arrays", ROLES, where=(0,))
def roles_as_objects(roles: Names) -> object:
    return [{"RoleArn": role} for role in roles] if roles else ...


@changes_claim("no-role", ROLES, where=(0,))
def an_empty_array_without_roles(roles: Names) -> object:
    return roles or []


@changes_claim("no-role", ROLES, where=(0,))
def null_without_roles(roles: Names) -> object:
    return roles


@changes_claim("no-role", ROLES, where=(0,))
def empty_text_without_roles(roles: Names) -> object:
    return roles or ""


@changes_tokens("all-roles", "roles-claim")
def the_preferred_role_alone(id_token: Any, *_: Any) -> None:
    role = id_token.get("cognito:preferred_role")
    id_token.pop(ROLES, None)
    id_token |= {ROLES: [role]} if role else {}


@changes_tokens("all-roles", "roles-claim")
def no_preferred_role_among_the_roles(id_token: Any, *_: Any) -> None:
    roles = [role for role in id_token.pop(ROLES, []) if role != id_token.get("cognito:preferred_role")]
    id_token |= {ROLES: roles} if roles else {}


@changes_tokens("all-roles", "roles-claim")
def roles_with_a_precedence_alone(id_token: Any, _: Any, groups: Groups, __: Groups) -> None:
    id_token.pop(ROLES, None)
    roles = sorted({one["RoleArn"] for one in groups if "RoleArn" in one and "Precedence" in one})
    id_token |= {ROLES: roles} if roles else {}


@changes_tokens("members-only", "roles-claim")
def every_role_of_the_pool(id_token: Any, _: Any, __: Groups, pool: Groups) -> None:
    id_token[ROLES] = sorted({group["RoleArn"] for group in pool if "RoleArn" in group})


@changes_tokens("id-token-alone", "roles-claim", "access-token")
def the_roles_in_the_access_token(id_token: Any, access_token: Any, *_: Groups) -> None:
    access_token |= {ROLES: id_token.pop(ROLES)} if ROLES in id_token else {}


@changes_tokens("id-token-alone", "roles-claim", "access-token")
def the_roles_in_both_tokens(id_token: Any, access_token: Any, *_: Groups) -> None:
    access_token |= {ROLES: id_token[ROLES]} if ROLES in id_token else {}


@changes_tokens("one-answer", "roles-claim")
def a_role_twice_only_for_two_groups(id_token: Any, _: Any, groups: Groups, __: Groups) -> None:
    roles = [group["RoleArn"] for group in groups if "RoleArn" in group]
    id_token |= {ROLES: roles} if len(roles) == 2 else {}


@changes_tokens("tokens have other claims too", "groups-claim", "access-token", bugs=LEGAL)
def claims_of_a_trigger(id_token: Any, access_token: Any, *_: Groups) -> None:
    for token in (id_token, access_token):
        token.update({"custom:department": "legal", "cognito:username": "alice"})


@changes_claim("AWS guarantees no order", GROUPS, bugs=LEGAL)
def groups_in_reverse_order(names: Names) -> object:
    return write((names or [])[::-1])


@changes_tokens("AWS documents a set of roles, not whether one comes twice", "roles-claim", bugs=LEGAL)
def a_role_once_for_each_group(id_token: Any, _: Any, groups: Groups, __: Groups) -> None:
    roles = [group["RoleArn"] for group in groups if "RoleArn" in group]
    id_token |= {ROLES: roles} if roles else {}


@changes_claim("AWS is silent on the case of roles: role-case", ROLES, bugs=LEGAL, where=(0,))
def roles_without_regard_to_case(roles: Names) -> object:
    return write([*{role.lower(): role for role in roles or ()}.values()])


@changes_claim("a user has at most 100 groups", ROLES, bugs=LEGAL, where=(0,))
def a_hundred_roles(roles: Names) -> object:
    return write((roles or [])[:100])
