"""Services that list or store the members of a group wrongly."""

import html
import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Any
from unicodedata import combining, is_normalized, normalize

from tests.broken_services.registry import (
    BUGS,
    CLAIMS,
    LEGAL,
    LISTS,
    changes_tokens,
    register,
    replaces,
)
from tests.fake_cognito import FakeCognito, FakePool, RefusedError
from tests.vector_adapter import JsonObject

_DATES = ("CreationDate", "LastModifiedDate")


# The members of a group.


def changes_group(
    rule: str, *, bugs: Any = BUGS, subjects: tuple[str, ...] = ("listing",), name: str = ""
) -> Callable[[Callable[[JsonObject], object]], Any]:
    """Register a function that changes a listed group."""

    def decorate(function: Callable[[JsonObject], object]) -> Any:
        def list_group(group: JsonObject) -> JsonObject:
            group = {**group}
            function(group)
            return group

        list_group.__name__ = name or function.__name__
        return replaces("list_group", rule, *subjects, bugs=bugs)(list_group)

    return decorate


@changes_group("unset-is-absent")
def an_unset_precedence_is_zero(group: JsonObject) -> None:
    group.setdefault("Precedence", 0)


@changes_group("unset-is-absent")
def an_unset_precedence_is_minus_one(group: JsonObject) -> None:
    group.setdefault("Precedence", -1)


@changes_group("unset-is-absent")
def an_unset_precedence_is_the_largest(group: JsonObject) -> None:
    group.setdefault("Precedence", 2147483647)


@changes_group("unset-is-absent")
def unset_members_are_null(group: JsonObject) -> None:
    for name in ("Precedence", "RoleArn", "Description"):
        group.setdefault(name, None)


@changes_group("unset-is-absent")
def an_unset_role_is_null(group: JsonObject) -> None:
    group.setdefault("RoleArn", None)


@changes_group("an empty string counts as absent: empty-is-unset", bugs=LEGAL)
def unset_texts_are_empty(group: JsonObject) -> None:
    group.setdefault("RoleArn", "")
    group.setdefault("Description", "")


@changes_group("a number of seconds may be whole", bugs=LEGAL)
def dates_are_whole_seconds(group: JsonObject) -> None:
    group |= {name: int(group[name]) for name in _DATES}


@changes_group("AWS adds members over time", bugs=LEGAL)
def there_is_a_new_member(group: JsonObject) -> None:
    group["Color"] = "blue"


@changes_group("listed-as-created")
def precedence_zero_is_left_out(group: JsonObject) -> None:
    if group.get("Precedence") == 0:
        del group["Precedence"]


@changes_group("listed-as-created")
def the_largest_precedence_is_a_million(group: JsonObject) -> None:
    if "Precedence" in group:
        group["Precedence"] = min(group["Precedence"], 1_000_000)


@changes_group("listed-as-created")
def the_path_of_the_role_is_lost(group: JsonObject) -> None:
    if "RoleArn" in group:
        group["RoleArn"] = f"{group['RoleArn'].partition('/')[0]}/{group['RoleArn'].rpartition('/')[2]}"


@changes_group("listed-as-created")
def the_role_is_lost(group: JsonObject) -> None:
    group.pop("RoleArn", None)


@changes_group("listed-as-created")
def the_description_is_lost(group: JsonObject) -> None:
    group.pop("Description", None)


@changes_group("listed-as-created")
def the_lines_of_the_description_are_joined(group: JsonObject) -> None:
    group |= {"Description": group["Description"].replace("\n", " ")} if "Description" in group else {}


@changes_group("listed-as-created")
def the_description_is_in_ascii(group: JsonObject) -> None:
    if "Description" in group:
        group["Description"] = group["Description"].encode("ascii", "ignore").decode()


def rewrite(name: str, change: Callable[[str], str]) -> Callable[[JsonObject], None]:
    """Return a function that changes a member of a group, if it is there."""

    def rewrite_member(group: JsonObject) -> None:
        group |= {name: change(group[name])} if name in group else {}

    return rewrite_member


def cut(length: int) -> Callable[[str], str]:
    return lambda text: text[:length]


TEXT_CHANGES: dict[str, Callable[[str], str]] = {
    "in_lower_case": str.lower,
    "escaped_for_html": html.escape,
    "escaped_as_json": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "in_nfc": lambda text: normalize("NFC", text),
    "in_nfkc": lambda text: normalize("NFKC", text),
    "in_ascii": lambda text: text.encode("ascii", "replace").decode(),
    "in_the_basic_plane": lambda text: re.sub("[^\\0-\uffff]", "?", text),
    "without_combining_characters": lambda text: "".join(one for one in text if not combining(one)),
}
for way, change_text in TEXT_CHANGES.items():
    changes_group("names-as-created", name=f"names_are_listed_{way}")(rewrite("GroupName", change_text))
    changes_group("listed-as-created", name=f"descriptions_are_listed_{way}")(
        rewrite("Description", change_text)
    )

for length in (64, 127):
    changes_group("names-as-created", name=f"names_are_cut_at_{length}")(rewrite("GroupName", cut(length)))
for length in (256, 1024, 2047):
    for member in ("RoleArn", "Description"):
        changes_group("listed-as-created", name=f"{member.lower()}_is_cut_at_{length}")(
            rewrite(member, cut(length))
        )

changes_group("names-as-created", name="names_end_at_a_comma")(
    rewrite("GroupName", lambda name: name.partition(",")[0])
)
changes_group("listed-as-created", name="roles_are_listed_in_lower_case")(rewrite("RoleArn", str.lower))
changes_group("listed-as-created", name="blanks_around_a_description_are_lost")(
    rewrite("Description", str.strip)
)
changes_group("listed-as-created", name="blanks_in_a_description_are_joined")(
    rewrite("Description", lambda text: re.sub(" +", " ", text))
)


@changes_group("documented-types")
def precedence_is_text(group: JsonObject) -> None:
    group |= {"Precedence": str(group["Precedence"])} if "Precedence" in group else {}


@changes_group("documented-types")
def precedence_is_a_fraction(group: JsonObject) -> None:
    group |= {"Precedence": float(group["Precedence"])} if "Precedence" in group else {}


@changes_group("documented-types")
def dates_are_text(group: JsonObject) -> None:
    group |= dict.fromkeys(_DATES, "2026-11-30T12:00:00Z")


@changes_group("documented-types", subjects=LISTS)
def dates_are_words(group: JsonObject) -> None:
    group |= dict.fromkeys(_DATES, "yesterday")


@changes_group("documented-types", subjects=LISTS)
def dates_are_milliseconds(group: JsonObject) -> None:
    group |= {name: int(group[name] * 1000) for name in _DATES}


@changes_group("documented-types", subjects=LISTS)
def the_date_of_the_change_is_in_microseconds(group: JsonObject) -> None:
    group["LastModifiedDate"] = int(group["LastModifiedDate"] * 1_000_000)


@changes_group("documented-types", subjects=LISTS)
def dates_are_objects(group: JsonObject) -> None:
    group |= {name: {"seconds": group[name]} for name in _DATES}


@changes_group("documented-types", subjects=LISTS)
def dates_are_true(group: JsonObject) -> None:
    group |= dict.fromkeys(_DATES, True)


@changes_group("documented-types")
def one_date_is_text(group: JsonObject) -> None:
    group["LastModifiedDate"] = "1764504000"


@changes_group("pool-and-dates")
def dates_are_missing(group: JsonObject) -> None:
    for name in _DATES:
        del group[name]


@changes_group("pool-and-dates")
def the_date_of_creation_is_missing(group: JsonObject) -> None:
    del group["CreationDate"]


@changes_group("pool-and-dates")
def dates_are_null(group: JsonObject) -> None:
    group |= dict.fromkeys(_DATES)


@changes_group("pool-and-dates")
def the_pool_is_missing(group: JsonObject) -> None:
    del group["UserPoolId"]


@changes_group("pool-and-dates")
def the_pool_is_a_different_one(group: JsonObject) -> None:
    group["UserPoolId"] = "eu-west-1_Other"


@changes_group("documented-members")
def the_dates_have_different_names(group: JsonObject) -> None:
    group["CreatedDate"] = group.pop("CreationDate")


@changes_group("documented-members")
def the_pool_has_a_different_name(group: JsonObject) -> None:
    group["PoolId"] = group.pop("UserPoolId")


@changes_group("documented-members")
def the_role_has_a_different_name(group: JsonObject) -> None:
    group |= {"RoleARN": group.pop("RoleArn")} if "RoleArn" in group else {}


@changes_group("documented-members")
def the_precedence_begins_in_lower_case(group: JsonObject) -> None:
    group |= {"precedence": group.pop("Precedence")} if "Precedence" in group else {}


@changes_group("documented-members")
def the_name_has_a_different_name(group: JsonObject) -> None:
    group["Name"] = group.pop("GroupName")


@changes_group("names-as-created")
def the_name_is_in_upper_case(group: JsonObject) -> None:
    group["GroupName"] = group["GroupName"].upper()


# Groups as they are created.


def stores(rule: str) -> Callable[[Callable[[JsonObject], object]], Any]:
    """Register a function that changes a group before it is stored."""

    def decorate(function: Callable[[JsonObject], object]) -> Any:
        def create_group(group: JsonObject) -> JsonObject:
            function(group)
            return group

        create_group.__name__ = function.__name__
        return replaces("create_group", rule, *CLAIMS, *LISTS)(create_group)

    return decorate


@stores("listed-as-created")
def no_precedence_is_stored(group: JsonObject) -> None:
    group.pop("Precedence", None)


@stores("listed-as-created")
def no_role_is_stored(group: JsonObject) -> None:
    group.pop("RoleArn", None)


@stores("listed-as-created")
def no_description_is_stored(group: JsonObject) -> None:
    group.pop("Description", None)


@stores("listed-as-created")
def no_precedence_zero_is_stored(group: JsonObject) -> None:
    if not group.get("Precedence"):
        group.pop("Precedence", None)


@stores("listed-as-created")
def a_precedence_is_stored_in_16_bits(group: JsonObject) -> None:
    group |= {"Precedence": group["Precedence"] & 0xFFFF} if "Precedence" in group else {}


@stores("unset-is-absent")
def no_precedence_is_stored_as_zero(group: JsonObject) -> None:
    group.setdefault("Precedence", 0)


@stores("request-accepted")
def commas_are_refused(group: JsonObject) -> None:
    if "," in group["GroupName"]:
        raise RefusedError(400, "InvalidParameterException")


@stores("request-accepted")
def names_outside_ascii_are_refused(group: JsonObject) -> None:
    if not group["GroupName"].isascii():
        raise RefusedError(400, "InvalidParameterException")


@stores("request-accepted")
def precedence_zero_is_refused(group: JsonObject) -> None:
    if group.get("Precedence") == 0:
        raise RefusedError(400, "InvalidParameterException")


def consider_names_equal(fold: Callable[[str], str]) -> Callable[[FakeCognito], None]:
    """Return an installation of a service for which names are equal that `fold` makes equal."""

    def install(service: FakeCognito) -> None:
        names: set[tuple[str, str]] = set()

        def create_group(group: JsonObject) -> JsonObject:
            name = (group["UserPoolId"], fold(group["GroupName"]))
            if name in names:
                raise RefusedError(400, "GroupExistsException")
            names.add(name)
            return group

        def groups_of(pool: FakePool, username: str) -> list[JsonObject]:
            groups = {fold(name): group for name, group in pool.groups.items()}
            return [groups[name] for name in dict.fromkeys(map(fold, pool.memberships[username]))]

        service.create_group = create_group  # type: ignore[method-assign]
        service.groups_of = groups_of  # type: ignore[method-assign]

    return install


EVERYWHERE = (*CLAIMS, *LISTS)
SILENT = ("AWS is silent on which names are equal",)
for way, fold_name in {
    "case": str.lower,
    "case_of_any_script": str.casefold,
    "combining_characters": TEXT_CHANGES["in_nfc"],
    "compatible_characters": TEXT_CHANGES["in_nfkc"],
}.items():
    register(LEGAL, SILENT, f"names_without_regard_to_{way}", EVERYWHERE, consider_names_equal(fold_name))


def fold_to_nfkc_alone(name: str) -> str:
    """Fold names that are equal under NFKC, but not those that are equal under NFC."""
    return normalize("NFKC", name) if is_normalized("NFC", name) else name


for difference, fold_name in {
    "case": str.lower,
    "combining_characters": TEXT_CHANGES["in_nfc"],
    "compatible_characters": fold_to_nfkc_alone,
}.items():

    @changes_tokens(
        "one-answer",
        "groups-claim",
        "listing",
        name=f"{difference}_of_names_count_in_lists_alone",
    )
    def list_equal_names_once(
        id_token: JsonObject,
        access_token: JsonObject,
        *_: Any,
        fold_name: Callable[[str], str] = fold_name,
    ) -> None:
        for token in (id_token, access_token):
            names = {fold_name(name): name for name in token.pop("cognito:groups", [])}
            token.update({"cognito:groups": [*names.values()]} if names else {})


def share_groups_between_pools(service: FakeCognito) -> None:
    names: set[str] = set()

    def create_group(group: JsonObject) -> JsonObject:
        if group["GroupName"] in names:
            raise RefusedError(400, "GroupExistsException")
        names.add(group["GroupName"])
        return group

    service.create_group = create_group  # type: ignore[method-assign]


register(BUGS, ("request-accepted",), "pools_share_their_groups", EVERYWHERE, share_groups_between_pools)


def limit_the_groups_of_a_pool(service: FakeCognito) -> None:
    counts: Counter[str] = Counter()

    def create_group(group: JsonObject) -> JsonObject:
        counts[group["UserPoolId"]] += 1
        if counts[group["UserPoolId"]] > 50:
            raise RefusedError(400, "LimitExceededException")
        return group

    service.create_group = create_group  # type: ignore[method-assign]


register(BUGS, ("request-accepted",), "a_pool_has_fifty_groups", LISTS, limit_the_groups_of_a_pool)


def limit_the_groups_of_a_user(service: FakeCognito) -> None:
    def add(body: JsonObject) -> JsonObject:
        if len(service.pools[body["UserPoolId"]].memberships[body["Username"]]) >= 50:
            raise RefusedError(400, "LimitExceededException")
        return service.respond_correctly("AdminAddUserToGroup", body)

    service.instead["AdminAddUserToGroup"] = add


register(BUGS, ("request-accepted",), "a_user_has_fifty_groups", LISTS, limit_the_groups_of_a_user)


def share_memberships_between_pools(service: FakeCognito) -> None:
    joined: dict[str, dict[str, JsonObject]] = {}

    def add(body: JsonObject) -> JsonObject:
        pool_id, name = body["UserPoolId"], body["GroupName"]
        groups = joined.setdefault(body["Username"], {})
        groups[name] = service.pools[pool_id].groups[name]
        joined[body["Username"]] = {one: {**group, "UserPoolId": pool_id} for one, group in groups.items()}
        return {}

    def groups_of(pool: FakePool, username: str) -> list[JsonObject]:
        del pool  # the bug
        return [*joined.get(username, {}).values()]

    service.instead["AdminAddUserToGroup"] = add
    service.groups_of = groups_of  # type: ignore[method-assign]


register(
    BUGS,
    ("names-as-created", "members-only", "all-groups"),
    "pools_share_their_memberships",
    EVERYWHERE,
    share_memberships_between_pools,
    reason="groups of an earlier pool can be unknown in this one, or those of others",
)


def keep_the_last_membership(service: FakeCognito) -> None:
    def add(body: JsonObject) -> JsonObject:
        service.pools[body["UserPoolId"]].memberships[body["Username"]] = [body["GroupName"]]
        return {}

    service.instead["AdminAddUserToGroup"] = add


register(
    BUGS,
    ("each-group-once", "all-groups"),
    "a_user_is_in_the_last_group_alone",
    ("groups-claim", *LISTS),
    keep_the_last_membership,
    reason="lists and tokens both lack groups",
)


def issue_the_tokens_of_the_first_user(service: FakeCognito) -> None:
    issued: dict[str, JsonObject] = {}

    def initiate(body: JsonObject) -> JsonObject:
        response = service.respond_correctly("AdminInitiateAuth", body)
        return issued.setdefault(body["UserPoolId"], response)

    service.instead["AdminInitiateAuth"] = initiate


register(
    BUGS,
    ("all-groups", "members-only"),
    "the_tokens_of_the_first_user_are_cached",
    ("groups-claim",),
    issue_the_tokens_of_the_first_user,
    reason="the first user can be in fewer groups, or in other ones",
)


@stores("request-accepted")
def long_descriptions_are_refused(group: JsonObject) -> None:
    if len(group.get("Description", "")) > 1000:
        raise RefusedError(400, "InvalidParameterException")


@stores("request-accepted")
def long_roles_are_refused(group: JsonObject) -> None:
    if len(group.get("RoleArn", "")) > 512:
        raise RefusedError(400, "InvalidParameterException")


@replaces("list_groups", "each-group-once", *LISTS)
def groups_with_one_role_are_listed_once(pool: FakePool, username: str) -> list[JsonObject]:
    groups = [pool.groups[name] for name in pool.memberships[username]]
    return [*{group.get("RoleArn", group["GroupName"]): group for group in groups}.values()]


@replaces("list_groups", "each-group-once", *LISTS)
def groups_with_one_precedence_are_listed_once(pool: FakePool, username: str) -> list[JsonObject]:
    groups = [pool.groups[name] for name in pool.memberships[username]]
    return [*{group.get("Precedence", group["GroupName"]): group for group in groups}.values()]


def give_the_role_of_the_group_before(service: FakeCognito) -> None:
    before: JsonObject = {}

    def create_group(group: JsonObject) -> JsonObject:
        stored = {**before, **group}
        before.clear()
        before.update({"RoleArn": group["RoleArn"]} if "RoleArn" in group else {})
        return stored

    service.create_group = create_group  # type: ignore[method-assign]


register(
    BUGS,
    ("listed-as-created",),
    "a_group_has_the_role_of_the_one_before",
    (*CLAIMS, *LISTS),
    give_the_role_of_the_group_before,
)


@stores("names-as-created")
def names_are_stored_in_upper_case(group: JsonObject) -> None:
    group["GroupName"] = group["GroupName"].upper()
