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
from tests.broken_rules.events import can_split
from tests.broken_rules.mutants import Mutant, MutantReader
from tests.broken_rules.registry import BREAKS
from tests.vector_adapter import JsonObject

Split = Callable[[str, EventInput], str | list[str]]
REST, HTTP, JWT = ClaimsSource.REST_API, ClaimsSource.HTTP_API, ClaimsSource.JWT
TRIGGER, APPSYNC = ClaimsSource.PRE_TOKEN_GENERATION, ClaimsSource.APPSYNC


def find_claims(event: JsonObject) -> JsonObject:
    """Return the claims in a token or in the event of a gateway."""
    authorizer: Any = get_path(event, "requestContext", "authorizer") or {}
    claims: Any = authorizer.get("jwt", authorizer).get("claims") or get_path(event, "identity", "claims")
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


def change_names(change: Callable[[str], str]) -> MutantReader:
    return MutantReader(after=lambda claims, _: replace(claims, groups=tuple(map(change, claims.groups))))


def change_claims(change: Callable[[GroupClaims], GroupClaims]) -> MutantReader:
    return MutantReader(after=lambda claims, _: change(claims))


def keep_roles(is_kept: Callable[[str], object]) -> MutantReader:
    return change_claims(lambda claims: replace(claims, roles=tuple(filter(is_kept, claims.roles))))


def refuse(is_refused: Callable[[EventInput], object]) -> MutantReader:
    def before(given: EventInput) -> EventInput:
        if is_refused(given):
            raise InvalidClaimsError("mutant", [Problem("", "refused")])
        return given

    return MutantReader(before)


def has_issuer(given: EventInput, text: str) -> bool:
    return text in str(find_claims(given.event).get("iss"))


def join_arrays(event: JsonObject) -> None:
    claims = find_claims(event)
    joined = {name: ",".join(map(str, value)) for name, value in claims.items() if as_list(value)}
    claims.update(joined)


def use_first_reading(text: str, given: EventInput) -> str | list[str]:
    """Take the known names from the left, the shortest first."""
    known = sorted(given.known_groups or (), key=len)
    names: list[str] = []
    rest = text
    while rest and (found := next((name for name in known if f"{rest},".startswith(f"{name},")), None)):
        names.append(found)
        rest = rest[len(found) + 1 :]
    return text if rest else names


def forget_known_groups(given: EventInput) -> EventInput:
    return given.model_copy(update={"known_groups": None})


def forget_comma_free(given: EventInput) -> EventInput:
    return given.model_copy(update={"comma_free": False})


def swap_request_for_response(event: JsonObject) -> None:
    details: Any = as_object(event["response"].get("claimsOverrideDetails")) or {}
    if "groupOverrideDetails" in details:
        event["request"]["groupConfiguration"] = details["groupOverrideDetails"]


def read_configuration_of_jwt(event: JsonObject) -> None:
    if "groupConfiguration" in event:
        event["cognito:groups"] = event["groupConfiguration"]["groupsToOverride"]


def require_user(given: EventInput) -> bool:
    return given.source is TRIGGER and "userName" not in given.event


def list_bugs() -> Iterator[tuple[str, str, MutantReader]]:
    array, rest, http, config = "token-arrays", "rest-commas", "http-brackets", "trigger-configuration"
    yield array, "names are in lower case", change_names(str.lower)
    yield array, "names are normalized to NFC", change_names(lambda one: unicodedata.normalize("NFC", one))
    yield (
        array,
        "names are normalized to NFKC",
        change_names(lambda one: unicodedata.normalize("NFKC", one)),
    )
    yield http, "names lose what is not ASCII", change_names(lambda one: re.sub(r"[^\x00-\x7f]", "", one))
    yield array, "names end at a comma", change_names(lambda one: one.partition(",")[0])
    yield array, "names lose their brackets", change_names(lambda one: one.strip("[]"))
    yield http, "names lose their quotes", change_names(lambda one: one.strip("\"'"))
    yield rest, "names end after 32 characters", change_names(lambda one: one[:32])
    for count in (1, 25, 60, 99):
        cut = change_claims(lambda claims, count=count: replace(claims, groups=claims.groups[:count]))  # type: ignore[misc]
        yield array, f"the groups end after {count}", cut
    yield array, "the first group is lost", change_claims(lambda one: replace(one, groups=one.groups[1:]))
    yield (
        array,
        "the groups are one string",
        change_claims(lambda one: replace(one, groups=(",".join(one.groups),))),
    )
    yield array, "the roles are lost", change_claims(lambda one: replace(one, roles=()))
    yield array, "only the first role is read", change_claims(lambda one: replace(one, roles=one.roles[:1]))
    yield (
        array,
        "roles of other partitions are left out",
        keep_roles(lambda role: role.startswith("arn:aws:")),
    )
    yield array, "roles with a path are left out", keep_roles(lambda role: role.count("/") == 1)
    yield rest, "roles of other accounts are left out", keep_roles(lambda role: ":123456789012:" in role)
    yield array, "the preferred role is lost", change_claims(lambda one: replace(one, preferred_role=None))
    yield (
        array,
        "without a preferred role, it is the first role",
        change_claims(
            lambda one: replace(one, preferred_role=one.preferred_role or "".join(one.roles[:1]) or None)
        ),
    )
    yield array, "access tokens are refused", refuse(lambda one: one.event.get("token_use") == "access")
    yield array, "the updated issuer is refused", refuse(lambda one: has_issuer(one, "//issuer-"))
    yield array, "issuers in China are refused", refuse(lambda one: has_issuer(one, ".cn/"))
    yield (
        array,
        "a claim is read as a trigger's configuration",
        change_event(JWT, read_configuration_of_jwt),
    )
    yield (
        array,
        "a token without groups is refused",
        refuse(lambda one: one.source is JWT and "cognito:groups" not in one.event),
    )
    yield (
        array,
        "AppSync's groups are read from identity.groups alone",
        change_event(
            APPSYNC,
            lambda event: event["identity"].update(claims={"cognito:groups": event["identity"]["groups"]}),
        ),
    )
    yield (
        array,
        "AppSync's null groups are refused",
        refuse(lambda one: one.source is APPSYNC and get_path(one.event, "identity", "groups") is None),
    )

    yield "rest-ambiguous", "every comma separates", split_groups(REST, lambda text, _: text.split(","))
    yield "rest-ambiguous", "no comma separates", split_groups(REST, lambda text, _: [text])
    yield rest, "known groups do not help", MutantReader(forget_known_groups)
    yield rest, "comma_free does not help", MutantReader(forget_comma_free)
    yield "rest-ambiguous", "known names are taken from the left", split_groups(REST, use_first_reading)
    yield (
        "unknown-names",
        "unknown names are left out",
        split_groups(
            REST,
            lambda text, given: (
                [one for one in text.split(",") if given.known_groups and one in given.known_groups] or text
            ),
        ),
    )
    yield (
        "unknown-names",
        "unknown names are believed",
        split_groups(
            REST,
            lambda text, given: (
                text
                if can_split(text, given.known_groups or ()) or not given.known_groups
                else text.split(",")
            ),
        ),
    )
    yield (
        rest,
        "a single name must be known",
        refuse(
            lambda one: (
                one.source is REST
                and one.known_groups
                and str(find_claims(one.event)["cognito:groups"]) not in one.known_groups
                and "," not in str(find_claims(one.event)["cognito:groups"])
            )
        ),
    )
    yield (
        rest,
        "empty names are left out",
        split_groups(
            REST,
            lambda text, _: [one for one in text.split(",") if one] if text.endswith(",") else text,
        ),
    )
    yield (
        rest,
        "white space separates, too",
        split_groups(REST, lambda text, _: re.split(r"\s", text) if " " in text else text),
    )
    yield rest, "brackets are removed", split_groups(REST, lambda text, _: text.strip("[]"))
    yield (
        rest,
        "names may be longer than 128 characters",
        split_groups(
            REST, lambda text, given: [text] if len(text) > 128 and not given.comma_free else text
        ),
    )
    yield (
        rest,
        "names have fewer than 128 characters",
        split_groups(REST, lambda text, _: text.split(",") if len(text) == 128 else text),
    )
    yield (
        rest,
        "roles are separated at every comma",
        split(REST, "cognito:roles", lambda text, _: text.split(",")),
    )
    yield rest, "roles are not separated", split(REST, "cognito:roles", lambda text, _: [text])
    yield (
        rest,
        "only roles of the partition aws are separated",
        split(REST, "cognito:roles", lambda text, _: re.split(",(?=arn:aws:)", text)),
    )
    yield (
        rest,
        "roles need not be ARNs",
        split(REST, "cognito:roles", lambda text, _: re.split(",(?=arn:)", text)),
    )
    yield "decoded-arrays", "an array of a REST API is joined", change_event(REST, join_arrays)
    yield (
        "decoded-arrays",
        "an array of a REST API is refused",
        refuse(lambda one: one.source is REST and as_list(find_claims(one.event).get("cognito:groups"))),
    )

    yield http, "[] is one group", split_groups(HTTP, lambda text, _: ["[]"] if text == "[]" else text)
    yield (
        http,
        "[] is refused",
        refuse(lambda one: one.source is HTTP and find_claims(one.event).get("cognito:groups") == "[]"),
    )
    yield (
        http,
        "brackets are not needed",
        split_groups(HTTP, lambda text, _: text if text.startswith("[") else [text]),
    )
    yield (
        http,
        "the closing bracket is not needed",
        split_groups(HTTP, lambda text, _: text if text.endswith("]") else text[1:].split()),
    )
    yield (
        http,
        "all brackets are removed",
        split_groups(HTTP, lambda text, _: re.sub(r"[\[\]]", "", text).split()),
    )
    yield (
        http,
        "commas separate",
        split_groups(HTTP, lambda text, _: re.split("[ ,]", text[1:-1]) if text != "[]" else text),
    )
    yield http, "the array is read as JSON", split_groups(HTTP, lambda text, _: text.replace('"', ""))
    yield (
        http,
        "the roles are read as by a REST API",
        split(HTTP, "cognito:roles", lambda text, _: text.split(",")),
    )
    yield (
        http,
        "payload format 1.0 is refused",
        refuse(lambda one: one.source is HTTP and one.event["version"] == "1.0"),
    )
    yield (
        http,
        "payload format 1.0 is read as by a REST API",
        refuse(lambda one: one.source is HTTP and "jwt" not in str(one.event)),
    )
    yield (
        "decoded-arrays",
        "an array of an HTTP API is split at spaces",
        change_event(
            HTTP,
            lambda event: find_claims(event).update(
                {
                    name: " ".join(map(str, value)).split()
                    for name, value in find_claims(event).items()
                    if as_list(value)
                }
            ),
        ),
    )
    yield "decoded-arrays", "an array of an HTTP API is joined", change_event(HTTP, join_arrays)

    yield config, "the response is read", change_event(TRIGGER, swap_request_for_response)
    yield (
        config,
        "version 3 is refused",
        refuse(lambda one: one.source is TRIGGER and one.event["version"] == "3"),
    )
    yield config, "an event without a user is refused", refuse(require_user)
    yield (
        config,
        "an event without a configuration is refused",
        refuse(
            lambda one: (
                one.source is TRIGGER and get_path(one.event, "request", "groupConfiguration") is None
            )
        ),
    )
    yield (
        config,
        "a null preferred role is a string",
        MutantReader(
            after=lambda claims, given: (
                replace(claims, preferred_role=str(claims.preferred_role))
                if given.source is TRIGGER
                else claims
            )
        ),
    )
    yield (
        config,
        "the scopes are groups",
        MutantReader(
            after=lambda claims, given: (
                replace(
                    claims,
                    groups=(*claims.groups, *(as_list(get_path(given.event, "request", "scopes")) or ())),
                )
                if given.source is TRIGGER
                else claims
            )
        ),
    )
    yield (
        config,
        "only TokenGeneration_Authentication is accepted",
        refuse(
            lambda one: (
                one.source is TRIGGER and one.event["triggerSource"] != "TokenGeneration_Authentication"
            )
        ),
    )


READER_MUTANTS = tuple(Mutant("events", *one) for one in list_bugs())

OPEN_READERS = (Mutant("events", "unknown-names", "unknown names are invalid", BREAKS["unknown-names"]()),)
"""Readers that are not wrong, since AWS leaves a question open."""
