"""The groups that a service lists, compared with those that were created.

The bodies of the responses are compared, since boto3 drops a null, converts a
date and ignores a member that it does not know.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import JsonValue, ValidationError

from cognito_claims._wire.json import as_list, as_object
from cognito_claims._wire.scalars import MAX_PAGE_SIZE
from cognito_claims.client import PaginatorConfigDict
from cognito_claims.client.rules import EACH_GROUP_ONCE, LISTED_AS_CREATED, UNSET_IS_ABSENT
from cognito_claims.conformance import rules, shapes
from cognito_claims.conformance.endpoint import BYSTANDERS, EXAMPLE_POOL, Pool, fold_name
from cognito_claims.conformance.observation import Fault, Observation
from cognito_claims.models import GroupType

_SETTINGS: Final = ("Precedence", "RoleArn", "Description")
_SHOWN: Final = ("GroupName", *_SETTINGS)
_DATES: Final = ("CreationDate", "LastModifiedDate")
_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "Precedence": (int,),
    **dict.fromkeys(_DATES, (int, float)),
    **dict.fromkeys(("GroupName", "UserPoolId", "RoleArn", "Description"), (str,)),
}
_JSON_TYPES: Final[dict[type, str]] = {
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}
"""The names of types in JSON Schema, since the authors of services use any language."""
_YEAR_10000 = 253_402_300_800
"""A date in milliseconds is later than this, unless it is before 1978."""
_MORE_PAGES = 20
"""How many pages a list may have beyond one for each group, since a page may be empty."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it was sent."""

    groups: tuple[dict[str, object], ...]
    """The groups that have a name."""

    token: str | None
    """The token of the next page. An empty one counts as absent."""

    unknown: tuple[str, ...]
    """Members with undocumented names."""

    @property
    def names(self) -> list[str]:
        """The names of the groups."""
        return [str(group["GroupName"]) for group in self.groups]


def get_page_limit(groups: int) -> int:
    """Return the number of pages after which a list of groups counts as endless."""
    return groups + _MORE_PAGES


def parse_pages(bodies: Iterable[object]) -> tuple[list[Page], list[Fault]]:
    """Parse the bodies of responses, and return the faults of their members beside the groups."""
    pages: list[Page] = []
    faults: list[Fault] = []
    for body in bodies:
        members = as_object(body) or {}
        unknown = tuple(sorted(members.keys() - {"Groups", "NextToken"}))
        groups = as_list(members.get("Groups"))
        if groups is None:
            is_empty = as_object(body) is not None and not unknown and "Groups" not in members
            rule = rules.EMPTY_LIST_IS_PRESENT if is_empty else rules.DOCUMENTED_MEMBERS
            faults.append(Fault(rule, "the response has no array Groups"))
        objects = [as_object(one) or {} for one in groups or ()]
        named = [one for one in objects if isinstance(one.get("GroupName"), str)]
        if len(named) < len(objects):
            faults.append(Fault(rules.DOCUMENTED_MEMBERS, "an element of Groups has no GroupName"))
        token = members.get("NextToken")
        faults += _find_token_faults(members)
        faults += (fault for group in named for fault in _find_type_faults(group))
        pages.append(Page(tuple(named), str(token) if token else None, unknown))
    return pages, faults


def _find_token_faults(members: dict[str, object]) -> Iterator[Fault]:
    token = members.get("NextToken", "")
    if token is None:
        yield Fault(UNSET_IS_ABSENT, "NextToken is null")
    elif not isinstance(token, str):
        yield Fault(rules.DOCUMENTED_TYPES, f"NextToken has the type {_JSON_TYPES[type(token)]}")
    elif any(map(str.isspace, token)):
        yield Fault(rules.DOCUMENTED_TYPES, "NextToken contains white space")


def _find_type_faults(group: dict[str, Any]) -> Iterator[Fault]:
    for name, types in _TYPES.items():
        value = group.get(name)
        if value is None:
            continue
        if type(value) not in types:
            yield Fault(rules.DOCUMENTED_TYPES, f"{name} has the type {_JSON_TYPES[type(value)]}")
        elif name in _DATES and not 0 <= value < _YEAR_10000:
            yield Fault(rules.DOCUMENTED_TYPES, f"{name} is not a Unix time in seconds")


def observe_listing(pool: Pool, groups: Sequence[GroupType]) -> Observation[shapes.ListingAnswer]:
    """List the groups of a new user who is in them."""
    listed, faults, error = _list_groups(pool, pool.populate(groups), groups)
    if error is not None and not faults:
        raise error
    got: list[JsonValue] = [{name: group[name] for name in _SHOWN if name in group} for group in listed]
    # An empty string counts as absent.
    members = [{name: group[name] for name in _SHOWN if group.get(name, "") != ""} for group in listed]
    try:
        answer = shapes.ListingAnswer.model_validate({"groups": members})
    except ValidationError:
        answer = None
    return Observation(answer, {"groups": got}, tuple(faults))


def find_stored_faults(pool: Pool, username: str, groups: Sequence[GroupType]) -> list[Fault]:
    """Return the faults of the stored groups that change the claims in tokens."""
    _, faults, _ = _list_groups(pool, username, groups, compared=("Precedence", "RoleArn"))
    stored = (LISTED_AS_CREATED, UNSET_IS_ABSENT, rules.NAMES_AS_CREATED)
    return [fault for fault in faults if fault.rule in stored]


def _list_groups(
    pool: Pool, username: str, groups: Sequence[GroupType], compared: Sequence[str] = _SETTINGS
) -> tuple[list[dict[str, Any]], list[Fault], Exception | None]:
    """Return the listed groups, each once, and the faults, or the error if the list has an end."""
    # MaxItems ends the list even if the endpoint returns a token on every page.
    config = PaginatorConfigDict(PageSize=MAX_PAGE_SIZE, MaxItems=max(len(groups), 1))
    failure: Exception | None = None
    with pool.record_pages(get_page_limit(len(groups))) as bodies:
        try:
            list(pool.list_groups(username, config))
        except Exception as error:  # noqa: BLE001, botocore's parser fails in many ways
            failure = error
    pages, faults = parse_pages(bodies)
    listed: list[dict[str, Any]] = []
    for group in (group for page in pages for group in page.groups):
        if group not in listed:
            listed.append(group)
    names = [str(group["GroupName"]) for group in listed]
    strange = [*find_strange_names(pool, names, groups)]
    faults += strange
    if failure is None and not strange:  # otherwise, groups may be missing because of that
        faults += find_missing_names(names, groups)
    created = {group.group_name: group.model_dump(by_alias=True) for group in groups}
    for group in listed:
        if (settings := created.get(str(group["GroupName"]))) is not None:
            faults += _find_faults(group, {name: settings.get(name) for name in compared}, pages)
    return listed, faults, failure


def find_strange_names(pool: Pool, listed: Iterable[str], groups: Iterable[GroupType]) -> Iterator[Fault]:
    """Yield a fault for groups that the user is not in, and for names with which no group was created."""
    strange = {*listed} - {group.group_name for group in groups}
    foreign = strange & {BYSTANDERS.group_name, *pool.groups}
    if foreign:
        yield Fault(rules.MEMBERS_ONLY, "a group is listed that the user is not in")
    if strange - foreign:
        yield Fault(rules.NAMES_AS_CREATED, "a listed name is not the name of any group")


def find_missing_names(listed: Iterable[str], groups: Iterable[GroupType]) -> Iterator[Fault]:
    """Yield a fault for the user's groups that are not listed, not even under a similar name."""
    found = {*map(fold_name, listed)}
    missing = [group for group in groups if fold_name(group.group_name) not in found]
    if missing:
        yield Fault(EACH_GROUP_ONCE, f"{len(missing)} of the user's groups are not listed")


def _find_faults(
    group: dict[str, Any], created: dict[str, object], pages: Iterable[Page]
) -> Iterator[Fault]:
    unknown = [*sorted(group.keys() - _TYPES.keys()), *(name for page in pages for name in page.unknown)]
    wrong = [*_find_wrong_settings(group, created), *_find_missing_members(group)]
    if unknown and any(name not in group for name, _ in wrong):
        # A member that is missing may be there under a different name.
        names = ", ".join(dict.fromkeys(unknown))
        yield Fault(rules.DOCUMENTED_MEMBERS, f"undocumented members: {names}")
    for _, fault in wrong:
        yield fault


def _find_wrong_settings(group: dict[str, Any], created: dict[str, object]) -> Iterator[tuple[str, Fault]]:
    """Yield the members that differ from the group as it was created."""
    for name, value in created.items():
        listed = group.get(name)
        if value is None and listed not in (None, ""):
            # A number stands for an absent one; a text belongs to a different group.
            rule = LISTED_AS_CREATED if isinstance(listed, str) else UNSET_IS_ABSENT
            yield name, Fault(rule, f"{name} was not set, and is listed")
        elif value is None and name in group and listed is None:
            yield name, Fault(UNSET_IS_ABSENT, f"{name} is null")
        elif value is not None and listed in (None, ""):
            yield name, Fault(LISTED_AS_CREATED, f"{name} was set, and is not listed")
        elif value is not None and listed != value:
            yield name, Fault(LISTED_AS_CREATED, f"{name} is listed with a different value")


def _find_missing_members(group: dict[str, Any]) -> Iterator[tuple[str, Fault]]:
    """Yield the members that every group has, and this one has not."""
    for name in ("UserPoolId", *_DATES):
        if group.get(name) is None:
            yield name, Fault(rules.POOL_AND_DATES, f"{name} is missing")
    if group.get("UserPoolId") not in (None, EXAMPLE_POOL):
        yield "UserPoolId", Fault(rules.POOL_AND_DATES, "UserPoolId is not the ID of the user pool")


def has_duplicates(names: Sequence[str]) -> bool:
    """Return whether a name comes more than once."""
    return len({*names}) < len(names)
