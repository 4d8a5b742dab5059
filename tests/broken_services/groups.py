"""Services that list or store the members of a group wrongly."""

from collections.abc import Callable
from typing import Any

from tests.broken_services.registry import BUGS, CLAIMS, LEGAL, LISTS, register, replaces
from tests.fake_cognito import FakeCognito, RefusedError
from tests.vector_adapter import JsonObject

_DATES = ("CreationDate", "LastModifiedDate")


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
    if group.get("Precedence") == 0:
        raise RefusedError(400, "InvalidParameterException")


def ignore_the_case_of_names(service: FakeCognito) -> None:
    names: set[tuple[str, str]] = set()

    def create_group(group: JsonObject) -> JsonObject:
        name = (group["UserPoolId"], group["GroupName"].lower())
        if name in names:
            raise RefusedError(400, "GroupExistsException")
        names.add(name)
        return group

    service.create_group = create_group  # type: ignore[method-assign]


register(BUGS, ("request-accepted",), "names_without_case", (*CLAIMS, *LISTS), ignore_the_case_of_names)


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
