"""Services that list a user's groups wrongly, or store groups wrongly."""

from collections.abc import Callable
from itertools import count
from typing import Any

from tests.broken_services.registry import BUGS, CLAIMS, LEGAL, LISTS, Groups, register, replaces
from tests.fake_cognito import FakeCognito, FakePool, RefusedError
from tests.vector_adapter import JsonObject

Page = JsonObject
_DATES = ("CreationDate", "LastModifiedDate")


def cut(groups: Groups, start: int, size: int) -> Page:
    """Return the right page."""
    page: Page = {"Groups": groups[start : start + size]}
    return page | ({"NextToken": str(start + size)} if start + size < len(groups) else {})


# Which groups are listed.


@replaces("list_groups", "members-only", *LISTS)
def lists_every_group_of_the_pool(pool: FakePool, _: str) -> Groups:
    return [*pool.groups.values()]


@replaces("list_groups", "members-only", *LISTS)
def lists_the_first_group_of_the_pool_too(pool: FakePool, username: str) -> Groups:
    first = next(iter(pool.groups.values()))
    return [
        first,
        *(pool.groups[name] for name in pool.memberships[username] if name != first["GroupName"]),
    ]


@replaces("groups_of", "members-only", *CLAIMS, *LISTS)
def everyone_is_in_every_group(pool: FakePool, _: str) -> Groups:
    return [*pool.groups.values()]


@replaces("list_page", "each-group-once", *LISTS)
def the_last_group_is_lost(groups: Groups, limit: int, token: str | None) -> Page:
    return cut(groups[:-1], int(token or 0), limit)


@replaces("list_page", "each-group-once", *LISTS)
def the_first_group_is_lost(groups: Groups, limit: int, token: str | None) -> Page:
    return cut(groups[1:], int(token or 0), limit)


@replaces("list_page", "each-group-once", *LISTS)
def a_group_is_skipped_between_pages(groups: Groups, limit: int, token: str | None) -> Page:
    start = int(token or 0)
    page: Page = {"Groups": groups[start : start + limit]}
    return page | ({"NextToken": str(start + limit + 1)} if start + limit < len(groups) else {})


@replaces("list_page", "each-group-once", *LISTS)
def pages_overlap(groups: Groups, limit: int, token: str | None) -> Page:
    start = max(int(token or 0) - 1, 0)
    page = {"Groups": groups[start : start + limit]}
    following = int(token or 0) + limit
    return page | ({"NextToken": str(following)} if following < len(groups) else {})


@replaces("list_page", "each-group-once", *LISTS)
def the_last_of_a_page_comes_twice(groups: Groups, limit: int, token: str | None) -> Page:
    page = cut(groups, int(token or 0), limit)
    return page | {"Groups": page["Groups"] + page["Groups"][-1:]}


@replaces("list_page", "each-group-once", *LISTS)
def the_order_changes_between_calls(groups: Groups, limit: int, token: str | None) -> Page:
    return cut(groups[::-1] if token else groups, int(token or 0), limit)


# Limit.


@replaces("list_page", "limit-bounds", *LISTS)
def limit_is_ignored(groups: Groups, _: int, token: str | None) -> Page:
    return cut(groups, int(token or 0), 1000)


@replaces("list_page", "limit-bounds", *LISTS)
def limit_is_one_more(groups: Groups, limit: int, token: str | None) -> Page:
    return cut(groups, int(token or 0), limit + 1)


@replaces("list_page", "limit-bounds", *LISTS)
def limit_is_at_least_ten(groups: Groups, limit: int, token: str | None) -> Page:
    return cut(groups, int(token or 0), max(limit, 10))


@replaces("list_page", "request-accepted", *LISTS)
def limit_60_is_refused(groups: Groups, limit: int, token: str | None) -> Page:
    if limit >= 60:
        raise RefusedError(400, "InvalidParameterException")
    return cut(groups, int(token or 0), limit)


@replaces("list_page", "a page may be shorter than Limit", *LISTS, bugs=LEGAL)
def limit_is_at_most_ten(groups: Groups, limit: int, token: str | None) -> Page:
    return cut(groups, int(token or 0), min(limit, 10))


@replaces("list_page", "a page may be empty", *LISTS, bugs=LEGAL)
def the_first_page_is_empty(groups: Groups, limit: int, token: str | None) -> Page:
    return cut(groups, int(token), limit) if token else {"Groups": [], "NextToken": "0"}


@replaces("list_page", "a page may be empty, so the last one too", *LISTS, bugs=LEGAL)
def a_full_last_page_has_a_token(groups: Groups, limit: int, token: str | None) -> Page:
    start = int(token or 0)
    page: Page = {"Groups": groups[start : start + limit]}
    return page | ({"NextToken": str(start + limit)} if start + limit <= len(groups) else {})


# NextToken.


@replaces("list_page", "token-advances", *LISTS)
def the_token_is_ignored(groups: Groups, limit: int, _: str | None) -> Page:
    return cut(groups, 0, limit)


@replaces("list_page", "token-advances", *LISTS)
def the_token_is_ignored_and_new(groups: Groups, limit: int, token: str | None) -> Page:
    page: Page = {"Groups": groups[:limit]}
    return page | ({"NextToken": f"{token or ''}+"} if limit < len(groups) else {})


@replaces("list_page", "token-ends", *LISTS)
def the_token_is_always_the_same(groups: Groups, limit: int, token: str | None) -> Page:
    page = cut(groups, limit if token else 0, limit)
    return page | ({"NextToken": "same"} if limit < len(groups) else {})


@replaces("list_page", "token-advances", *LISTS)
def the_first_page_comes_twice(groups: Groups, limit: int, token: str | None) -> Page:
    if token == "again" or token is None:
        page = cut(groups, 0, limit)
        return page | ({"NextToken": "again"} if token is None and "NextToken" in page else {})
    return cut(groups, int(token), limit)


@replaces("list_page", "token-ends", *LISTS)
def there_is_always_a_token(groups: Groups, limit: int, token: str | None) -> Page:
    return {"NextToken": str(len(groups)), **cut(groups, int(token or 0), limit)}


@replaces("list_page", "token-ends", *LISTS)
def there_is_always_a_new_token(groups: Groups, limit: int, token: str | None) -> Page:
    start = int(token or 0)
    return {"Groups": groups[start : start + limit], "NextToken": str(start + limit)}


@replaces("list_page", "token-continues", *LISTS)
def there_is_no_token(groups: Groups, limit: int, _: str | None) -> Page:
    return {"Groups": groups[:limit]}


@replaces("list_page", "token-continues", *LISTS)
def the_second_page_has_no_token(groups: Groups, limit: int, token: str | None) -> Page:
    page = cut(groups, int(token or 0), limit)
    return {"Groups": page["Groups"]} if token else page


@replaces("list_page", "token-continues", *LISTS)
def the_token_is_an_empty_text(groups: Groups, limit: int, token: str | None) -> Page:
    page = cut(groups, int(token or 0), limit)
    return page | ({"NextToken": ""} if "NextToken" in page else {})


@replaces("list_page", "unset-is-absent", *LISTS)
def the_last_token_is_null(groups: Groups, limit: int, token: str | None) -> Page:
    return {"NextToken": None, **cut(groups, int(token or 0), limit)}


@replaces("list_page", "an empty string counts as absent: unset-is-absent", *LISTS, bugs=LEGAL)
def the_last_token_is_an_empty_text(groups: Groups, limit: int, token: str | None) -> Page:
    return {"NextToken": "", **cut(groups, int(token or 0), limit)}


@replaces("list_page", "documented-types", *LISTS)
def the_token_is_a_number(groups: Groups, limit: int, token: str | None) -> Page:
    page = cut(groups, int(token or 0), limit)
    return page | ({"NextToken": int(page["NextToken"])} if "NextToken" in page else {})


@replaces("list_page", "documented-members", *LISTS)
def the_token_is_named_pagination_token(groups: Groups, limit: int, token: str | None) -> Page:
    page = cut(groups, int(token or 0), limit)
    return {name.replace("NextToken", "PaginationToken"): value for name, value in page.items()}


@replaces("list_page", "documented-members", *LISTS)
def the_token_begins_in_lower_case(groups: Groups, limit: int, token: str | None) -> Page:
    page = cut(groups, int(token or 0), limit)
    return {name.replace("NextToken", "nextToken"): value for name, value in page.items()}


def make_tokens_work_once(service: FakeCognito) -> None:
    used: set[str] = set()
    numbers = count(1)

    def list_page(groups: Groups, limit: int, token: str | None) -> Page:
        if token in used:
            raise RefusedError(400, "InvalidParameterException")
        used.update([token] if token else [])
        page = cut(groups, int((token or "0").partition("-")[0]), limit)
        return page | ({"NextToken": f"{page['NextToken']}-{next(numbers)}"} if "NextToken" in page else {})

    service.list_page = list_page  # type: ignore[method-assign]


register(BUGS, ("max-items-resumes",), "a_token_works_once", LISTS, make_tokens_work_once)


# Groups.


@replaces("list_page", "documented-members", *LISTS)
def groups_are_missing_when_empty(groups: Groups, limit: int, token: str | None) -> Page:
    page = cut(groups, int(token or 0), limit)
    return page if page["Groups"] else {}


@replaces("list_page", "documented-members", *LISTS)
def groups_are_null_when_empty(groups: Groups, limit: int, token: str | None) -> Page:
    page = cut(groups, int(token or 0), limit)
    return page if page["Groups"] else {"Groups": None}


@replaces("list_page", "documented-members", *LISTS)
def groups_begin_in_lower_case(groups: Groups, limit: int, token: str | None) -> Page:
    page = cut(groups, int(token or 0), limit)
    return {name.replace("Groups", "groups"): value for name, value in page.items()}


@replaces("list_page", "documented-members", *LISTS)
def groups_are_names(groups: Groups, limit: int, token: str | None) -> Page:
    page = cut(groups, int(token or 0), limit)
    return page | {"Groups": [group["GroupName"] for group in page["Groups"]]}


# The members of a group.


def changes_group(rule: str, *, bugs: Any = BUGS) -> Callable[[Callable[[JsonObject], object]], Any]:
    """Register a function that changes a listed group."""

    def decorate(function: Callable[[JsonObject], object]) -> Any:
        def list_group(group: JsonObject) -> JsonObject:
            group = {**group}
            function(group)
            return group

        list_group.__name__ = function.__name__
        return replaces("list_group", rule, "listing", bugs=bugs)(list_group)

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


@changes_group("an empty string counts as absent: unset-is-absent", bugs=LEGAL)
def unset_texts_are_empty(group: JsonObject) -> None:
    group.setdefault("RoleArn", "")
    group.setdefault("Description", "")


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


@changes_group("documented-types")
def precedence_is_text(group: JsonObject) -> None:
    group |= {"Precedence": str(group["Precedence"])} if "Precedence" in group else {}


@changes_group("documented-types")
def precedence_is_a_fraction(group: JsonObject) -> None:
    group |= {"Precedence": float(group["Precedence"])} if "Precedence" in group else {}


@changes_group("documented-types")
def dates_are_text(group: JsonObject) -> None:
    group |= dict.fromkeys(_DATES, "2026-11-30T12:00:00Z")


@changes_group("documented-types")
def dates_are_words(group: JsonObject) -> None:
    group |= dict.fromkeys(_DATES, "yesterday")


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
    if group.get("Precedence") == 0 and group["GroupName"] != "bystanders":
        raise RefusedError(400, "InvalidParameterException")


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
