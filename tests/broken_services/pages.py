"""Services that return wrong pages of a user's groups."""

from collections.abc import Callable
from itertools import count
from typing import Any

from tests.broken_services.registry import BUGS, CLAIMS, LEGAL, LISTS, Groups, register, replaces
from tests.fake_cognito import FakeCognito, FakePool, RefusedError
from tests.vector_adapter import JsonObject

Page = JsonObject
ListPage = Callable[[Groups, int], Page]


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


@replaces("list_page", "a page may be short, and the last one empty", *LISTS, bugs=LEGAL)
def each_page_has_one_group_and_a_token(groups: Groups, _: int, token: str | None) -> Page:
    start = int(token or 0)
    page: Page = {"Groups": groups[start : start + 1]}
    return page | ({"NextToken": str(start + 1)} if start < len(groups) else {})


@replaces("list_page", "a page may be empty", *LISTS, bugs=LEGAL)
def every_other_page_is_empty(groups: Groups, limit: int, token: str | None) -> Page:
    if token is None or token.endswith("-"):
        return cut(groups, int((token or "0").rstrip("-")), limit)
    return {"Groups": [], "NextToken": f"{token}-"}


@replaces("list_page", "AWS guarantees no order", *LISTS, bugs=LEGAL)
def groups_come_in_a_different_order(groups: Groups, limit: int, token: str | None) -> Page:
    return cut(groups[::-1], int(token or 0), limit)


@replaces("list_page", "a page may be empty", *LISTS, bugs=LEGAL)
def the_first_page_is_empty(groups: Groups, limit: int, token: str | None) -> Page:
    return cut(groups, int(token), limit) if token else {"Groups": [], "NextToken": "0"}


@replaces("list_page", "a page may be empty, so the last one too", *LISTS, bugs=LEGAL)
def a_full_last_page_has_a_token(groups: Groups, limit: int, token: str | None) -> Page:
    start = int(token or 0)
    page: Page = {"Groups": groups[start : start + limit]}
    return page | ({"NextToken": str(start + limit)} if start + limit <= len(groups) else {})


# Requests without Limit.


def without_limit(rule: str, *, bugs: Any = BUGS) -> Callable[[ListPage], ListPage]:
    """Register a function that lists a page of the groups, from a number on, if there is no Limit."""

    def decorate(function: ListPage) -> ListPage:
        def install(service: FakeCognito) -> None:
            service.default_limit = 0

            def list_page(groups: Groups, limit: int, token: str | None) -> Page:
                start = int(token or 0)
                return cut(groups, start, limit) if limit else function(groups, start)

            service.list_page = list_page  # type: ignore[method-assign]

        register(bugs, (rule,), function.__name__, LISTS, install)
        return function

    return decorate


@without_limit("token-continues")
def without_limit_there_is_one_page(groups: Groups, _: int) -> Page:
    return {"Groups": groups[:60]}


@without_limit("token-advances")
def without_limit_the_token_is_ignored(groups: Groups, _: int) -> Page:
    return cut(groups, 0, 50)


@without_limit("each-group-once")
def without_limit_pages_overlap(groups: Groups, start: int) -> Page:
    page = cut(groups, start, 25)
    return page | {"Groups": groups[max(start - 5, 0) : start + 25]}


@without_limit("request-accepted")
def without_limit_a_request_is_refused(_: Groups, __: int) -> Page:
    raise RefusedError(400, "InvalidParameterException")


@without_limit("token-continues")
def without_limit_there_are_no_groups(_: Groups, __: int) -> Page:
    return {"Groups": []}


@without_limit("AWS does not document the length of a page without Limit", bugs=LEGAL)
def without_limit_a_page_has_ten_groups(groups: Groups, start: int) -> Page:
    return cut(groups, start, 10)


@without_limit("AWS does not document the length of a page without Limit", bugs=LEGAL)
def without_limit_a_page_has_every_group(groups: Groups, _: int) -> Page:
    return {"Groups": groups}


# NextToken.


@replaces("list_page", "documented-types", *LISTS)
def the_token_contains_a_space(groups: Groups, limit: int, token: str | None) -> Page:
    page = cut(groups, int((token or "0").removeprefix("page ")), limit)
    return page | ({"NextToken": f"page {page['NextToken']}"} if "NextToken" in page else {})


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


def the_first_page_comes_again_after_the_second(groups: Groups, limit: int, token: str | None) -> Page:
    if token == "again":
        return {"Groups": groups[:limit], "NextToken": str(2 * limit)}
    page = cut(groups, int(token or 0), limit)
    goes_back = token == str(limit) and "NextToken" in page
    return page | ({"NextToken": "again"} if goes_back else {})


def go_back_to_the_first_page(service: FakeCognito) -> None:
    service.list_page = the_first_page_comes_again_after_the_second  # type: ignore[method-assign]


register(
    BUGS,
    ("token-advances", "each-group-once"),
    "the_first_page_comes_again_after_the_second",
    LISTS,
    go_back_to_the_first_page,
    reason="a list that is resumed after MaxItems requests a page again, which no token led to",
)


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


@replaces("list_page", "an empty string counts as absent: empty-is-unset", *LISTS, bugs=LEGAL)
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


@replaces("list_page", "empty-list-is-present", *LISTS)
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
