"""The pages in which a service lists a user's groups."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from cognito_claims.client import PaginatorConfigDict
from cognito_claims.client.rules import EACH_GROUP_ONCE, LIMIT_BOUNDS, MAX_ITEMS_RESUMES, TOKEN_ENDS
from cognito_claims.conformance import rules, shapes
from cognito_claims.conformance.endpoint import EndlessListError, Pool
from cognito_claims.conformance.lists import (
    Page,
    find_missing_names,
    find_strange_names,
    get_page_limit,
    has_duplicates,
    parse_pages,
)
from cognito_claims.conformance.observation import Fault, Observation
from cognito_claims.errors import PaginationError
from cognito_claims.models import GroupType


def create_groups(case_input: shapes.PagingInput) -> tuple[GroupType, ...]:
    """Return the groups of a case. All cases have the same ones, so that they can share a pool."""
    return tuple(GroupType(group_name=f"group-{number}") for number in range(case_input.group_count))


@dataclass
class _List:
    """What one or two calls of the paginator return: until `MaxItems`, and from there on."""

    names: list[str] = field(default_factory=list[str])
    """The names of the groups that the paginator returned."""

    first: int = 0
    """The number of groups that the first call returned."""

    is_cut: bool = False
    """Whether the first call returned a token to resume from."""

    error: Exception | None = None
    """The error that ended a call."""


def observe_paging(pool: Pool, case_input: shapes.PagingInput) -> Observation[shapes.PagingAnswer]:
    """List the groups of a new user, and resume if `MaxItems` ends the list."""
    groups = create_groups(case_input)
    username = pool.populate(groups)
    with pool.record_pages(2 * get_page_limit(len(groups))) as bodies:
        listed = _list_all(pool, username, case_input)
    pages, faults = parse_pages(bodies)
    faults += _find_faults(pool, case_input, listed, pages)
    if listed.error is not None and not faults:
        raise listed.error
    rest = len(listed.names) - listed.first
    # A token may lead to an empty page. Then nothing is left to resume.
    resumes = listed.is_cut and (rest > 0 or {*listed.names} != {group.group_name for group in groups})
    answer = shapes.PagingAnswer(first=listed.first, resumes=resumes, rest=rest)
    return Observation(None if listed.error else answer, answer.to_json(), tuple(faults))


def _list_all(pool: Pool, username: str, case_input: shapes.PagingInput) -> _List:
    listed = _List()
    config = PaginatorConfigDict(PageSize=case_input.page_size, MaxItems=case_input.max_items)
    try:
        iterator = pool.list_groups(username, config)
        for page in iterator:
            listed.names += [group.group_name for group in page.groups]
            listed.first = len(listed.names)
        if iterator.resume_token is not None:
            listed.is_cut = True
            config = PaginatorConfigDict(PageSize=case_input.page_size, StartingToken=iterator.resume_token)
            for page in pool.list_groups(username, config):
                listed.names += [group.group_name for group in page.groups]
    except Exception as error:  # noqa: BLE001, botocore's parser fails in many ways
        listed.error = error
    return listed


def _find_faults(
    pool: Pool, case_input: shapes.PagingInput, listed: _List, pages: list[Page]
) -> Iterator[Fault]:
    groups = create_groups(case_input)
    names = {group.group_name for group in groups}
    sent = {name for page in pages for name in page.names}
    longest = max((len({*page.names}) for page in pages), default=0)
    if case_input.page_size is not None and longest > case_input.page_size:
        reason = f"a page has {longest} groups, but Limit is {case_input.page_size}"
        yield Fault(LIMIT_BOUNDS, reason)
    strange = [*find_strange_names(pool, sent, groups)]
    yield from strange
    if strange:  # then groups may be missing, and the list endless, because of that
        return
    if isinstance(listed.error, PaginationError | EndlessListError):
        if names <= sent:
            yield Fault(TOKEN_ENDS, "every page has a NextToken, even after the last group")
        else:
            yield Fault(rules.TOKEN_ADVANCES, "a NextToken repeats, and groups are missing")
        return
    if listed.error is not None:
        if listed.is_cut:
            yield Fault(MAX_ITEMS_RESUMES, "the call that resumes the list failed")
        return
    if has_duplicates(listed.names):
        if not listed.is_cut and _has_repeated_page(pages):
            yield Fault(rules.TOKEN_ADVANCES, "a NextToken led to a page that was already returned")
        yield Fault(EACH_GROUP_ONCE, "a group is listed twice")
    if names - {*listed.names}:
        yield from _blame_missing(case_input, listed, pages)
    yield from find_missing_names(listed.names, groups)


def _blame_missing(case_input: shapes.PagingInput, listed: _List, pages: list[Page]) -> Iterator[Fault]:
    """Yield why groups are missing that a page announced, or that a full page leaves out."""
    last = pages[-1]
    if last.unknown:
        reason = f"NextToken is missing, but there are undocumented members: {', '.join(last.unknown)}"
        yield Fault(rules.DOCUMENTED_MEMBERS, reason)
    elif last.token is not None or {name for page in pages for name in page.names} - {*listed.names}:
        yield Fault(MAX_ITEMS_RESUMES, "there is no token to resume from")
    elif len(last.groups) >= (case_input.page_size or 0):
        yield Fault(rules.TOKEN_CONTINUES, "a full page has no NextToken, and groups are missing")


def _has_repeated_page(pages: list[Page]) -> bool:
    """Return whether two pages have the same groups."""
    sent = [frozenset(page.names) for page in pages if page.groups]
    return len({*sent}) < len(sent)
