"""Single bugs in readers of tokens and events."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from typing import Any

from cognito_claims import GroupClaims, InvalidClaimsError
from cognito_claims._wire.json import as_list, as_object, get_path
from cognito_claims.conformance.shapes import EventInput
from cognito_claims.errors import Problem
from cognito_claims.events import ClaimsSource
from tests.broken_rules.events import find_splits
from tests.broken_rules.mutants import Mutant, MutantReader
from tests.broken_rules.registry import BREAKS
from tests.vector_adapter import JsonObject, VectorAdapter

Split = Callable[[str, EventInput], str | list[str]]
REST, HTTP, JWT = ClaimsSource.REST_API, ClaimsSource.HTTP_API, ClaimsSource.JWT
TRIGGER, APPSYNC = ClaimsSource.PRE_TOKEN_GENERATION, ClaimsSource.APPSYNC


def find_claims(event: JsonObject) -> JsonObject:
    """Return the claims in a token or in the event of a gateway."""
    authorizer: Any = get_path(event, "requestContext", "authorizer") or {}
    claims: Any = (authorizer.get("jwt") or authorizer).get("claims")
    claims = claims or get_path(event, "identity", "claims")
    return event if claims is None else claims


def change_event(source: ClaimsSource, change: Callable[[JsonObject], Any]) -> MutantReader:
    """Change the events of a source before they are read."""

    def before(given: EventInput) -> EventInput:
        if given.source is not source:
            return given
        event = deepcopy(given.event)
        change(event)
        return given.model_copy(update={"event": event})

    return MutantReader(before)


def split(source: ClaimsSource, name: str, splits: Split) -> MutantReader:
    """Split the string of a claim in a wrong way: the library reads the resulting array as it is."""

    def before(given: EventInput) -> EventInput:
        event = deepcopy(given.event)
        claims = find_claims(event)
        if given.source is source and isinstance(claims.get(name), str):
            claims[name] = splits(claims[name], given)
        return given.model_copy(update={"event": event})

    return MutantReader(before)


def split_groups(source: ClaimsSource, splits: Split) -> MutantReader:
    return split(source, "cognito:groups", splits)


def change_claims(source: ClaimsSource, change: Callable[[GroupClaims], GroupClaims]) -> MutantReader:
    """Change the claims that were read from the events of a source."""
    return MutantReader(after=lambda claims, given: change(claims) if given.source is source else claims)


def change_names(source: ClaimsSource, change: Callable[[str], str]) -> MutantReader:
    return change_claims(source, lambda one: replace(one, groups=tuple(map(change, one.groups))))


def cut_groups(source: ClaimsSource, count: int) -> MutantReader:
    return change_claims(source, lambda one: replace(one, groups=one.groups[:count]))


def keep_roles(source: ClaimsSource, is_kept: Callable[[str], object]) -> MutantReader:
    return change_claims(source, lambda one: replace(one, roles=tuple(filter(is_kept, one.roles))))


def refuse(is_refused: Callable[[EventInput], object]) -> MutantReader:
    def before(given: EventInput) -> EventInput:
        if is_refused(given):
            raise InvalidClaimsError("mutant", [Problem("", "refused")])
        return given

    return MutantReader(before)


class Lenient(VectorAdapter):
    """Reads some events that cannot be read."""

    def __init__(
        self, applies: Callable[[EventInput], object], read: Callable[[EventInput], GroupClaims]
    ) -> None:
        self.applies, self.read = applies, read

    def parse_event(self, case_input: EventInput) -> GroupClaims:
        return self.read(case_input) if self.applies(case_input) else super().parse_event(case_input)


def get_groups(given: EventInput) -> Any:
    return find_claims(given.event).get("cognito:groups")


def read_jwt(form: type, read: Callable[[Any], tuple[str, ...]]) -> Lenient:
    """Read the groups of a token that are of a wrong form."""

    def is_wrong(value: Any) -> bool:
        wrong_element = as_list(value) is not None and not all(
            isinstance(one, str) and one for one in value
        )
        return isinstance(value, form) and (form is not list or wrong_element)

    return Lenient(
        lambda given: given.source is JWT and is_wrong(get_groups(given)),
        lambda given: GroupClaims(read(get_groups(given))),
    )


def has_issuer(given: EventInput, text: str) -> bool:
    return text in str(find_claims(given.event).get("iss"))


def join_arrays(event: JsonObject) -> None:
    claims = find_claims(event)
    joined = {name: ",".join(map(str, value)) for name, value in claims.items() if as_list(value)}
    claims.update(joined)


def split_arrays(event: JsonObject) -> None:
    claims = find_claims(event)
    arrays = {name: value for name, value in claims.items() if as_list(value)}
    claims.update({name: " ".join(map(str, value)).split() for name, value in arrays.items()})


def use_first_reading(text: str, given: EventInput) -> str | list[str]:
    """Take the known names from the left, the shortest first."""
    known = sorted(given.known_groups or (), key=len)
    names: list[str] = []
    rest = text
    while rest and (found := next((name for name in known if f"{rest},".startswith(f"{name},")), None)):
        names.append(found)
        rest = rest[len(found) + 1 :]
    return text if rest else names


def leave_out_unknown(text: str, given: EventInput) -> str | list[str]:
    parts = text.split(",")
    if given.known_groups is None or find_splits(text, given.known_groups) or len(parts) == 1:
        return text
    return [part for part in parts if part in given.known_groups] or text


def believe_unknown(text: str, given: EventInput) -> str | list[str]:
    if given.known_groups is None or find_splits(text, given.known_groups):
        return text
    return text.split(",")


def fold_known(text: str, given: EventInput) -> str | list[str]:
    known = [name.lower() for name in given.known_groups or ()]
    parts = text.split(",")
    return parts if len(parts) > 1 and all(part.lower() in known for part in parts) else text


def count_utf16(text: str, given: EventInput) -> str | list[str]:
    units = len(text.encode("utf-16-le")) // 2
    return text.split(",") if len(text) <= 128 < units and not given.comma_free else text


def join_commas(text: str, given: EventInput) -> str:
    return text if given.comma_free else re.sub(",+", ",", text)


def forget_known_groups(given: EventInput) -> EventInput:
    return given.model_copy(update={"known_groups": None})


def forget_comma_free(given: EventInput) -> EventInput:
    """Use `comma_free` only to refuse a string."""
    is_legal = all(name and " " not in name for name in str(get_groups(given)).split(","))
    return given.model_copy(update={"comma_free": False}) if given.comma_free and is_legal else given


def requires_known_name(given: EventInput) -> bool:
    name = str(get_groups(given))
    known = given.known_groups
    return given.source is REST and known is not None and "," not in name and name not in known


def swap_request_for_response(event: JsonObject) -> None:
    details: Any = as_object(event["response"].get("claimsOverrideDetails")) or {}
    if "groupOverrideDetails" in details:
        event["request"]["groupConfiguration"] = details["groupOverrideDetails"]


def read_configuration_of_jwt(event: JsonObject) -> None:
    if "groupConfiguration" in event:
        event["cognito:groups"] = event["groupConfiguration"]["groupsToOverride"]


def read_groups_beside_claims(event: JsonObject) -> None:
    if as_object(identity := event["identity"]) and "claims" in identity:
        identity["claims"] = {**identity["claims"], "cognito:groups": identity["groups"]}


def prefer_first_role(claims: GroupClaims, given: EventInput) -> GroupClaims:
    is_absent = given.source is JWT and "cognito:preferred_role" not in given.event
    return replace(claims, preferred_role=claims.roles[0]) if is_absent and claims.roles else claims


def read_scopes(claims: GroupClaims, given: EventInput) -> GroupClaims:
    scopes = as_list(get_path(given.event, "request", "scopes")) if given.source is TRIGGER else None
    return replace(claims, groups=(*claims.groups, *map(str, scopes or ())))


def read_null_role(claims: GroupClaims, given: EventInput) -> GroupClaims:
    configuration = get_path(given.event, "request", "groupConfiguration")
    is_null = get_path(configuration, "preferredRole") is None and get_path(
        configuration, "groupsToOverride"
    )
    return replace(claims, preferred_role="None") if given.source is TRIGGER and is_null else claims


def list_token_bugs() -> Iterator[tuple[str, VectorAdapter]]:
    for form in ("NFC", "NFKC"):
        yield (
            f"names are normalized to {form}",
            change_names(JWT, lambda one, form=form: unicodedata.normalize(form, one)),  # type: ignore[misc]
        )
    yield "names lose what is not ASCII", change_names(JWT, lambda one: re.sub(r"[^\x00-\x7f]", "", one))
    yield "names end at a comma", change_names(JWT, lambda one: one.partition(",")[0])
    yield "names lose their brackets", change_names(JWT, lambda one: one.strip("[]"))
    for count in (1, 25, 60, 99):
        yield f"the groups end after {count}", cut_groups(JWT, count)
    yield "the first group is lost", change_claims(JWT, lambda one: replace(one, groups=one.groups[1:]))
    yield (
        "the groups are one string",
        change_claims(JWT, lambda one: replace(one, groups=(",".join(one.groups),))),
    )
    yield "the roles are lost", change_claims(JWT, lambda one: replace(one, roles=()))
    yield "only the first role is read", change_claims(JWT, lambda one: replace(one, roles=one.roles[:1]))
    yield "roles of other partitions are left out", keep_roles(JWT, lambda one: one.startswith("arn:aws:"))
    yield "roles with a path are left out", keep_roles(JWT, lambda one: one.count("/") == 1)
    yield "the preferred role is lost", change_claims(JWT, lambda one: replace(one, preferred_role=None))
    yield (
        "without a preferred role, it is the first role",
        MutantReader(after=prefer_first_role),
    )
    yield "access tokens are refused", refuse(lambda one: one.event.get("token_use") == "access")
    yield "the updated issuer is refused", refuse(lambda one: has_issuer(one, "//issuer-"))
    yield "issuers in China are refused", refuse(lambda one: has_issuer(one, ".cn/"))
    yield "a claim is read as a trigger's configuration", change_event(JWT, read_configuration_of_jwt)
    yield (
        "a token without groups is refused",
        refuse(lambda one: one.source is JWT and "cognito:groups" not in one.event),
    )
    yield "AppSync's groups are read beside the claims", change_event(APPSYNC, read_groups_beside_claims)
    yield (
        "AppSync's null groups are refused",
        refuse(
            lambda one: (
                one.source is APPSYNC
                and get_path(one.event, "identity", "groups") is None
                and "cognito:groups" not in find_claims(one.event)
            )
        ),
    )


def list_malformed_bugs() -> Iterator[tuple[str, VectorAdapter]]:
    yield "a string is split at commas", read_jwt(str, lambda one: tuple(one.split(",")))
    yield "a string is one name", read_jwt(str, lambda one: (one,))
    yield "a string is split into characters", read_jwt(str, tuple)
    yield "numbers are names", read_jwt(list, lambda one: tuple(map(str, one)))
    yield "the keys of an object are names", read_jwt(dict, tuple)
    yield (
        "a number of a REST API is a name",
        Lenient(
            lambda one: one.source is REST and isinstance(get_groups(one), int),
            lambda one: GroupClaims((str(get_groups(one)),)),
        ),
    )


def list_missing_bugs() -> Iterator[tuple[str, VectorAdapter]]:
    authorizer = "requestContext", "authorizer"
    yield (
        "the context of a Lambda authorizer is read",
        Lenient(
            lambda one: get_path(one.event, *authorizer, "cognito:groups"),
            lambda one: GroupClaims((str(get_path(one.event, *authorizer, "cognito:groups")),)),
        ),
    )
    yield (
        "the context of a Lambda authorizer of an HTTP API is read",
        Lenient(
            lambda one: get_path(one.event, *authorizer, "lambda"),
            lambda _: GroupClaims(("admins",)),
        ),
    )
    yield (
        "the user of an AppSync request is a group",
        Lenient(
            lambda one: get_path(one.event, "identity", "userArn"),
            lambda one: GroupClaims((str(get_path(one.event, "identity", "username")),)),
        ),
    )


def list_rest_bugs() -> Iterator[tuple[str, str, VectorAdapter]]:
    commas, ambiguous, legal, unknown = "rest-commas", "rest-ambiguous", "legal-names", "unknown-names"
    yield commas, "the groups are lost", change_claims(REST, lambda one: replace(one, groups=()))
    yield (
        commas,
        "roles of other accounts are left out",
        keep_roles(REST, lambda one: ":123456789012:" in one),
    )
    yield commas, "brackets are removed", split_groups(REST, lambda text, _: text.strip("[]"))
    yield (
        commas,
        "an empty string is refused",
        refuse(lambda one: one.source is REST and get_groups(one) == ""),
    )
    yield commas, "a single name must be known", refuse(requires_known_name)
    roles = "cognito:roles"
    yield commas, "roles are separated at every comma", split(REST, roles, lambda text, _: text.split(","))
    yield commas, "roles are not separated", split(REST, roles, lambda text, _: [text] if text else text)
    yield (
        commas,
        "only roles of the partition aws are separated",
        split(REST, roles, lambda text, _: re.split(",(?=arn:aws:)", text) if text else text),
    )
    yield (
        commas,
        "roles need not be ARNs",
        split(REST, roles, lambda text, _: re.split(",(?=arn:)", text) if text else text),
    )
    yield commas, "comma_free does not help", MutantReader(forget_comma_free)
    yield ambiguous, "every comma separates", split_groups(REST, lambda text, _: text.split(","))
    yield (
        ambiguous,
        "no comma separates",
        split_groups(REST, lambda text, given: text if given.comma_free or not text else [text]),
    )
    yield ambiguous, "known groups do not help", MutantReader(forget_known_groups)
    yield ambiguous, "known names are taken from the left", split_groups(REST, use_first_reading)
    yield ambiguous, "two commas are one", split_groups(REST, join_commas)
    yield (
        legal,
        "a comma at the end is left out",
        split_groups(REST, lambda text, _: text.removesuffix(",")),
    )
    yield (
        legal,
        "a comma at the beginning is left out",
        split_groups(REST, lambda text, _: text.lstrip(",")),
    )
    yield (
        legal,
        "white space separates, too",
        split_groups(REST, lambda text, _: re.split(r"[\s,]+", text) if " " in text else text),
    )
    yield (
        legal,
        "names are trimmed",
        split_groups(REST, lambda text, _: text.replace(", ", ",")),
    )
    yield (
        legal,
        "names may be longer than 128 characters",
        split_groups(
            REST, lambda text, given: [text] if len(text) > 128 and not given.comma_free else text
        ),
    )
    yield (
        ambiguous,
        "names have fewer than 128 characters",
        split_groups(REST, lambda text, _: text.split(",") if len(text) == 128 else text),
    )
    yield ambiguous, "a length is counted in units of UTF-16", split_groups(REST, count_utf16)
    yield unknown, "unknown names are left out", split_groups(REST, leave_out_unknown)
    yield unknown, "unknown names are believed", split_groups(REST, believe_unknown)
    yield unknown, "known groups ignore case", split_groups(REST, fold_known)


def list_http_bugs() -> Iterator[tuple[str, VectorAdapter]]:
    yield "names lose what is not ASCII", change_names(HTTP, lambda one: re.sub(r"[^\x00-\x7f]", "", one))
    yield "names lose their quotes", change_names(HTTP, lambda one: one.strip("\"'"))
    for count in (1, 25, 60, 99):
        yield f"the groups end after {count}", cut_groups(HTTP, count)
    yield "the roles are lost", split(HTTP, "cognito:roles", lambda _text, _given: [])
    yield "[] is one group", split_groups(HTTP, lambda text, _: ["[]"] if text == "[]" else text)
    yield "[] is refused", refuse(lambda one: one.source is HTTP and get_groups(one) == "[]")
    yield (
        "brackets are not needed",
        split_groups(HTTP, lambda text, _: text if text.startswith("[") else [text]),
    )
    yield (
        "the closing bracket is not needed",
        split_groups(HTTP, lambda text, _: text if text.endswith("]") else text[1:].split()),
    )
    yield (
        "all brackets are removed",
        split_groups(HTTP, lambda text, _: re.sub(r"[\[\]]", "", text).split()),
    )
    yield (
        "the first closing bracket ends the array",
        split_groups(HTTP, lambda text, _: text[: text.index("]") + 1] if "]" in text else text),
    )
    yield (
        "commas separate",
        split_groups(HTTP, lambda text, _: re.split("[ ,]", text[1:-1]) if text != "[]" else text),
    )
    yield "a comma and a space separate", split_groups(HTTP, lambda text, _: text.replace(", ", " "))
    yield (
        "several spaces count as one",
        split_groups(HTTP, lambda text, _: re.sub(" +", " ", text).replace(" ]", "]")),
    )
    yield "the array is read as JSON", split_groups(HTTP, lambda text, _: text.replace('"', ""))
    yield (
        "the roles are read as by a REST API",
        split(HTTP, "cognito:roles", lambda text, _: text.split(",")),
    )
    yield (
        "payload format 1.0 is refused",
        refuse(lambda one: one.source is HTTP and one.event["version"] == "1.0"),
    )


def list_trigger_bugs() -> Iterator[tuple[str, VectorAdapter]]:
    yield "names end at a comma", change_names(TRIGGER, lambda one: one.partition(",")[0])
    yield "the roles are lost", change_claims(TRIGGER, lambda one: replace(one, roles=()))
    yield (
        "the preferred role is lost",
        change_claims(TRIGGER, lambda one: replace(one, preferred_role=None)),
    )
    yield "the response is read", change_event(TRIGGER, swap_request_for_response)
    yield (
        "version 3 is refused",
        refuse(lambda one: one.source is TRIGGER and one.event["version"] == "3"),
    )
    yield (
        "an event without a user is refused",
        refuse(lambda one: one.source is TRIGGER and "userName" not in one.event),
    )
    yield (
        "an event without a configuration is refused",
        refuse(
            lambda one: (
                one.source is TRIGGER
                and "request" in one.event
                and get_path(one.event, "request", "groupConfiguration") is None
            )
        ),
    )
    yield "a null preferred role is a string", MutantReader(after=read_null_role)
    yield "the scopes are groups", MutantReader(after=read_scopes)
    yield (
        "only TokenGeneration_Authentication is accepted",
        refuse(
            lambda one: (
                one.source is TRIGGER and one.event["triggerSource"] != "TokenGeneration_Authentication"
            )
        ),
    )


def list_array_bugs() -> Iterator[tuple[str, VectorAdapter]]:
    yield "an array of a REST API is joined", change_event(REST, join_arrays)
    yield (
        "an array of a REST API is refused",
        refuse(lambda one: one.source is REST and as_list(get_groups(one))),
    )
    yield "an array of an HTTP API is split at spaces", change_event(HTTP, split_arrays)
    yield "an array of an HTTP API is joined", change_event(HTTP, join_arrays)


def list_bugs() -> Iterator[tuple[str, str, VectorAdapter]]:
    for rule, bugs in (
        ("token-arrays", list_token_bugs()),
        ("malformed-claims", list_malformed_bugs()),
        ("missing-claims", list_missing_bugs()),
        ("http-brackets", list_http_bugs()),
        ("trigger-configuration", list_trigger_bugs()),
        ("decoded-arrays", list_array_bugs()),
    ):
        yield from ((rule, f"{rule}: {bug}", adapter) for bug, adapter in bugs)
    yield from list_rest_bugs()


READER_MUTANTS = tuple(Mutant("events", *one) for one in list_bugs())


def is_null(given: EventInput) -> bool:
    names = ("cognito:groups", "cognito:roles", "cognito:preferred_role")
    claims = find_claims(given.event)
    return any(name in claims and claims[name] is None for name in names)


def list_open_bugs() -> Iterator[tuple[str, str, VectorAdapter]]:
    yield "unknown-names", "unknown names are invalid", BREAKS["unknown-names"]()
    yield "empty-claims", "null claims are refused", refuse(is_null)
    yield "empty-claims", "claims without a value are refused", BREAKS["empty-claims"]()
    yield "missing-claims", "an event without claims has no groups", BREAKS["missing-claims"]()
    yield "malformed-claims", "malformed claims are left out", BREAKS["malformed-claims"]()
    yield (
        "malformed-claims",
        "what is no name is left out",
        read_jwt(list, lambda one: tuple(name for name in one if isinstance(name, str) and name)),
    )


OPEN_READERS = tuple(Mutant("events", *one) for one in list_open_bugs())
"""Readers that are not wrong, since AWS leaves a question open."""
