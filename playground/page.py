"""What the page asks Python: describe the settings, read what is pasted, and evaluate the input.

Each function takes and returns JSON, since a worker runs it in the browser. It calls the public API
of `cognito_claims` and decides nothing itself. An error has a field of the page and a reason. No
error and no state contains a token, a username, or a claim that is not about groups.
"""

import base64
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any, TypeAlias, get_args

import cognito_claims
from cognito_claims import (
    Alternative,
    CognitoClaimsError,
    ConflictingGroupsError,
    GroupClaims,
    InvalidClaimsError,
    InvalidResponseError,
    Policy,
    Problem,
    Resolution,
    resolve,
)
from cognito_claims.events import (
    EVENT_RULES,
    ClaimsSource,
    apply_override,
    build_appsync_event,
    build_http_api_event,
    build_pre_token_generation_event,
    build_rest_api_event,
    detect_source,
    parse_event,
)
from cognito_claims.identity_pool import (
    GetIdentityPoolRolesResponse,
    RoleMapping,
    choose_role,
    parse_identity_pool_roles,
)
from cognito_claims.rules import OPEN_QUESTIONS, Rule
from cognito_claims.tokens import parse_token_payload

Json: TypeAlias = dict[str, Any]
IdentityPool: TypeAlias = GetIdentityPoolRolesResponse | RoleMapping


class InputError(Exception):
    """Fields of the page have invalid input."""

    def __init__(self, *errors: tuple[str, str]) -> None:
        super().__init__()
        self.errors = [{"field": field, "reason": reason} for field, reason in dict.fromkeys(errors)]


def describe() -> str:
    """Return the version, and the open questions that a policy answers."""
    questions = {str(question.setting): question for question in OPEN_QUESTIONS}
    settings = [
        {
            "setting": field.name,
            "answers": get_args(field.type),
            "default": field.default,
            "id": questions[field.name].id,
            "question": questions[field.name].question,
            "evidence": questions[field.name].evidence,
        }
        for field in fields(Policy)
    ]
    return json.dumps({"version": cognito_claims.__version__, "questions": settings})


def evaluate(text: str) -> str:
    """Return the answer to a state of the page, or the errors of its fields.

    The answer has the state to share, with the parts that the models know only.
    """
    try:
        return json.dumps(_evaluate({**_EMPTY, **json.loads(text)}))
    except InputError as error:
        return json.dumps({"errors": error.errors})


_EMPTY: Json = {
    "groups": [],
    "user_pool_id": "",
    "policy": {},
    "claims": None,
    "identity_pool": "",
    "provider": "",
    "custom_role_arn": "",
}


def _evaluate(state: Json) -> Json:
    pool = _parse_identity_pool(state["identity_pool"])
    policy = _parse_policy(state["policy"])
    # A link has what is valid and matters for the answer, and nothing that a field hides.
    shared = {**_EMPTY, "policy": state["policy"]}
    if state["claims"] is None:
        subject: Resolution | GroupClaims | Json
        resolution = subject = _resolve(state, policy)
        claims = resolution.claims
        shared["user_pool_id"] = state["user_pool_id"]
        shared["groups"] = [
            {column: row[column] for column in _FIELDS.values()}
            for row in state["groups"]
            if not _is_blank(row)
        ]
        answer = _describe_resolution(resolution)
        tokens: Json = {"id": claims.id_token(), "access": claims.access_token()}
    else:
        tokens = {use: _parse_claims(state["claims"][use]) for use in ("id", "access")}
        if state["claims"]["source"] not in tuple(ClaimsSource):
            raise InputError(("claims", "have an unknown source"))
        shared["claims"] = {"source": state["claims"]["source"], **tokens}
        answer = {}
        # An access token has no roles: the library refuses it.
        subject = {"token_use": "access"} if tokens["id"] is None else parse_token_payload(tokens["id"])
    choice = None
    if pool is not None:
        _check_member("custom_role_arn", "RoleArn", state["custom_role_arn"])
        choice = _choose_role(subject, pool, state)
        shared["identity_pool"] = _format_identity_pool(pool)
        shared["provider"] = choice["provider"] or ""
        shared["custom_role_arn"] = state["custom_role_arn"]
    gateways = {use: _list_gateways(token, use) for use, token in tokens.items() if token is not None}
    return {**answer, "tokens": tokens, "gateways": gateways, "identity_pool": choice, "state": shared}


def _parse_claims(members: Json | None) -> Json | None:
    if members is None:
        return None
    try:
        claims = dict(parse_token_payload(members).id_token())
    except InvalidClaimsError as error:
        raise InputError(*(("claims", str(problem)) for problem in error.problems)) from None
    _refuse_tokens(("claims", claims))
    return claims


def _parse_policy(settings: Json) -> Policy:
    try:
        return Policy(**settings)
    except (TypeError, ValueError):
        raise InputError(("policy", "must be answers to these questions")) from None


def _check_member(field: str, member: str, text: str) -> None:
    """Check a field that has the constraints of a group's member. It may be empty."""
    try:
        resolve([{"GroupName": "any", member: text}] if text else [])
    except InvalidResponseError as error:
        raise InputError(*((field, problem.reason) for problem in error.problems)) from None
    _refuse_tokens((field, text))


_TOKEN_START = re.compile(r"(?<![\w-])eyJ[\w-]{12,}\.[\w-]", re.ASCII)
"""The header of a token and more: base64 of `{"`. No name of a group begins like this by chance."""


def _refuse_tokens(*values: tuple[str, object]) -> None:
    # Names and values of rules may be any text, so their models accept a short token.
    errors = [
        (field, "must not contain a token")
        for field, value in values
        if any(map(_TOKEN_START.search, _list_strings(value)))
    ]
    if errors:
        raise InputError(*errors)


def _list_strings(value: Any) -> Iterator[str]:
    """Yield the names and the strings in a JSON value."""
    if isinstance(value, str):
        yield value
    elif _is_object(value):
        yield from _list_strings([*value.keys(), *value.values()])
    elif _is_list(value):
        for item in value:
            yield from _list_strings(item)


# Groups


def _resolve(state: Json, policy: Policy) -> Resolution:
    rows = [(index, row) for index, row in enumerate(state["groups"]) if not _is_blank(row)]
    groups = [_to_group(row, state["user_pool_id"]) for _, row in rows]
    if not groups:
        _check_member("user_pool_id", "UserPoolId", state["user_pool_id"])
    _refuse_tokens(
        *((f"groups.{index}.{column}", row[column]) for index, row in rows for column in _FIELDS.values())
    )
    try:
        return resolve(groups, policy=policy)
    except InvalidResponseError as error:
        problems = error.problems
        errors = [_locate(problem, [index for index, _ in rows]) for problem in problems]
    except ConflictingGroupsError as error:
        reason = "must be unique: another group has this name and other values"
        errors = [
            (f"groups.{index}.name", reason) for index, row in rows if row["name"] in error.group_names
        ]
    raise InputError(*errors)


def _is_blank(row: Json) -> bool:
    return not any(row.values())


def _to_group(row: Json, user_pool_id: str) -> Json:
    members = {
        "GroupName": row["name"],
        "Precedence": _to_number(row["precedence"]),
        "RoleArn": row["role"],
        "UserPoolId": user_pool_id,
    }
    return {name: value for name, value in members.items() if value != ""}


def _to_number(text: str) -> int | str:
    return int(text) if re.fullmatch("-?[0-9]{1,20}", text) else text


_FIELDS = {"GroupName": "name", "Precedence": "precedence", "RoleArn": "role"}


def _locate(problem: Problem, indexes: list[int]) -> tuple[str, str]:
    found = re.fullmatch(r"Groups\[(\d+)\]\.(\w+)", problem.path)
    if found is None:
        return "groups", str(problem)
    number, member = found.groups()
    if member not in _FIELDS:
        return "user_pool_id", problem.reason
    return f"groups.{indexes[int(number)]}.{_FIELDS[member]}", problem.reason


def _describe_resolution(resolution: Resolution) -> Json:
    deciding = {group.group_name for group in resolution.decided_by}
    return {
        "headline": resolution.explain().partition("\n")[0],
        "outcome": resolution.outcome.name,
        "ranking": [
            {
                "rank": ranked.rank,
                "status": ranked.status,
                "decides": ranked.group.group_name in deciding,
                **_to_row(ranked.group.group_name, ranked.group.precedence, ranked.group.role_arn),
            }
            for ranked in resolution.ranked_groups
        ],
        "rules": _describe_rules(resolution.rules),
        "alternatives": _describe_alternatives(resolution.alternatives),
    }


def _to_row(name: str, precedence: int | None, role: str | None) -> Json:
    return {"name": name, "precedence": "" if precedence is None else str(precedence), "role": role or ""}


def _describe_rules(rules: Iterable[Rule]) -> list[Json]:
    return [{"id": rule.id, "sentence": rule.sentence, "basis": rule.basis} for rule in rules]


def _describe_alternatives(alternatives: Iterable[Alternative]) -> list[Json]:
    return [
        {
            "id": one.question.id,
            "question": one.question.question,
            "role": one.role_arn,
            "raised_by": [group.group_name for group in one.raised_by],
        }
        for one in alternatives
    ]


# Gateways


_EVENT_RULES = {rule.id: rule for rule in EVENT_RULES}


def _list_gateways(token: Json, use: str) -> list[Json]:
    rest, http, appsync = (
        build_rest_api_event(token),
        build_http_api_event(token),
        build_appsync_event(token),
    )
    rest_claims = rest["requestContext"]["authorizer"]["claims"]
    http_claims = http["requestContext"]["authorizer"]["jwt"]["claims"]
    gateways: list[Json] = [
        _describe_gateway(ClaimsSource.REST_API, rest, token, rest_claims, "rest-commas"),
        _describe_gateway(ClaimsSource.HTTP_API, http, token, http_claims, "http-brackets"),
        _describe_gateway(
            ClaimsSource.APPSYNC, appsync, token, appsync["identity"]["claims"], "token-arrays"
        ),
        {"source": "alb", "claims": {}, "misread": None, "rules": _find_event_rules("alb-without")},
    ]
    if use == "id":
        event = build_pre_token_generation_event(token)
        configuration = event["request"]["groupConfiguration"]
        source, rule = ClaimsSource.PRE_TOKEN_GENERATION, "trigger-configuration"
        gateways.append(_describe_gateway(source, event, token, configuration, rule))
    return gateways


def _describe_gateway(source: ClaimsSource, event: Json, token: Json, claims: Json, rule: str) -> Json:
    # Most programs split at each comma: that is right unless a name has one.
    read = parse_event(source, event, comma_free=True).groups
    misread = None if {*read} == {*token.get("cognito:groups", ())} else read
    rules = (rule,) if misread is None else (rule, "rest-ambiguous")
    return {"source": source, "claims": claims, "misread": misread, "rules": _find_event_rules(*rules)}


def _find_event_rules(*names: str) -> list[Json]:
    return _describe_rules(_EVENT_RULES[name] for name in names)


# Identity pool


def _parse_identity_pool(text: str) -> IdentityPool | None:
    if not text.strip():
        return None
    try:
        [value] = _split_documents(text)
        pool = parse_identity_pool_roles(value)
    except InvalidResponseError as error:
        raise InputError(*(("identity_pool", str(problem)) for problem in error.problems)) from None
    except ValueError as error:
        raise InputError(("identity_pool", _describe_json_error(error))) from None
    if pool is not None:
        _refuse_tokens(("identity_pool", pool.model_dump(mode="json", by_alias=True)))
    return pool


def _format_identity_pool(pool: IdentityPool) -> str:
    return json.dumps(pool.model_dump(mode="json", by_alias=True), indent=2, ensure_ascii=False)


def _choose_role(subject: Resolution | GroupClaims | Json, pool: IdentityPool, state: Json) -> Json:
    names = list(pool.mappings_by_provider) if isinstance(pool, GetIdentityPoolRolesResponse) else []
    # Group claims do not name their provider, so it is the one that the page shows.
    provider = state["provider"] if state["provider"] in names else next(iter(names), None)
    described = {"providers": names, "provider": provider}
    try:
        choice = choose_role(
            subject, pool, custom_role_arn=state["custom_role_arn"] or None, provider=provider
        )
    except InvalidClaimsError as error:
        return {**described, "problems": [str(problem) for problem in error.problems]}
    return {
        **described,
        "problems": [],
        "role": choice.role_arn,
        "reason": choice.reason,
        "rules": _describe_rules(choice.rules),
        "alternatives": _describe_alternatives(choice.alternatives),
    }


# Reading


def read(text: str) -> str:
    """Read what is pasted, and return the changes of the state, or the errors.

    The argument has the text, and for an ambiguous event whether names have commas, or the names of
    all groups. The kind of the text is recognized.
    """
    pasted = json.loads(text)
    try:
        return json.dumps(_read(pasted["text"], pasted["known_groups"], comma_free=pasted["comma_free"]))
    except InputError as error:
        return json.dumps({"errors": error.errors, "is_ambiguous": False})
    except InvalidClaimsError as error:
        is_ambiguous = isinstance(error, cognito_claims.AmbiguousClaimsError)
        errors = InputError(*(("paste", str(problem)) for problem in error.problems)).errors
        return json.dumps({"errors": errors, "is_ambiguous": is_ambiguous})
    except CognitoClaimsError as error:
        errors = InputError(*(("paste", line) for line in str(error).splitlines())).errors
        return json.dumps({"errors": errors, "is_ambiguous": False})


_TOKEN = re.compile(
    r"""["']?(?:Authorization:\s*)?(?:Bearer\s+)?[\w=-]+\.(?P<payload>[\w=-]+)\.[\w=-]*["']?""",
    re.ASCII | re.IGNORECASE,
)
_IDENTITY_POOL_KEYS = {"IdentityPoolId", "Roles", "RoleMappings", "Type", "RulesConfiguration"}
_UNKNOWN = (
    "is not recognized: paste the JSON that the AWS CLI prints, a token, its payload, or a Lambda event"
)


def _read(text: str, known_groups: list[str] | None, *, comma_free: bool) -> Json:
    documents = _decode(text.removeprefix("\ufeff").strip())
    value = documents[0]
    if len(documents) > 1 or _is_list(value) or (_is_object(value) and "Groups" in value):
        return _read_pages(documents)
    if not _is_object(value):
        raise InputError(("paste", _UNKNOWN))
    if "Group" in value:
        return _read_pages([[value["Group"]]])
    if value.keys() & _IDENTITY_POOL_KEYS:
        pool = _parse_pasted_identity_pool(value)
        return {"kind": "identity-pool", "changes": {"identity_pool": pool, "provider": ""}}
    return _read_claims(value, known_groups, comma_free=comma_free)


def _decode(text: str) -> list[Any]:
    """Return the documents of a text: those of a list of pages, or one."""
    if not text:
        raise InputError(("paste", "is empty"))
    token = _TOKEN.fullmatch(text)
    try:
        if token is not None:
            text = base64.urlsafe_b64decode(f"{token['payload']}==").decode()
        return list(_split_documents(text))
    except ValueError as error:
        reason = "is a token whose payload is not JSON" if token else _describe_json_error(error)
    raise InputError(("paste", reason))


_MAX_DEPTH = 64


def _split_documents(text: str) -> Iterator[Any]:
    # In the browser, Python has a small stack: to parse deeper JSON would end it, without an exception.
    depth = 0
    for bracket in re.findall(r"[][{}]", re.sub(r'"[^"\\]*(?:\\.[^"\\]*)*"', "", text)):
        depth += 1 if bracket in "[{" else -1
        if depth > _MAX_DEPTH:
            raise json.JSONDecodeError("Too many nested brackets", text, 0)
    decoder = json.JSONDecoder()
    end = 0
    while (start := len(text) - len(text[end:].lstrip())) < len(text):
        document, end = decoder.raw_decode(text, start)
        yield document


def _describe_json_error(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"is not JSON: {error.msg}, in line {error.lineno}, column {error.colno}"
    return "is not JSON"


def _read_pages(documents: list[Any]) -> Json:
    pages: list[Any] = [{"Groups": one} if _is_list(one) else one for one in documents]
    if not all(_is_object(page) and _is_list(page.get("Groups")) for page in pages):
        raise InputError(("paste", "contains a page without Groups: paste the pages of a single list"))
    if pages[-1].get("NextToken"):
        raise InputError(
            ("paste", "is incomplete, since the last page has a NextToken: paste all pages of the list")
        )
    ranking = resolve([group for page in pages for group in page["Groups"]]).ranking
    pools = [group.user_pool_id for group in ranking if group.user_pool_id is not None]
    rows = [_to_row(group.group_name, group.precedence, group.role_arn) for group in ranking]
    changes = {"claims": None, "groups": rows, "user_pool_id": next(iter(pools), "")}
    return {"kind": "groups", "count": len(rows), "changes": changes}


def _parse_pasted_identity_pool(value: Json) -> str:
    try:
        pool = parse_identity_pool_roles(value)
    except InvalidResponseError as error:
        raise InputError(*(("paste", str(problem)) for problem in error.problems)) from None
    return "" if pool is None else _format_identity_pool(pool)


_CLAIMS = {
    ClaimsSource.JWT: (),
    ClaimsSource.APPSYNC: ("identity", "claims"),
    ClaimsSource.HTTP_API: ("requestContext", "authorizer", "jwt", "claims"),
    ClaimsSource.REST_API: ("requestContext", "authorizer", "claims"),
    ClaimsSource.PRE_TOKEN_GENERATION: (),
}


def _read_claims(value: Json, known_groups: list[str] | None, *, comma_free: bool) -> Json:
    try:
        source = detect_source(value)
    except InvalidClaimsError:
        raise InputError(("paste", _UNKNOWN)) from None
    claims = parse_event(source, value, known_groups=known_groups, comma_free=comma_free)
    tokens: Json = {"id": claims.id_token(), "access": claims.access_token()}
    if source is ClaimsSource.PRE_TOKEN_GENERATION and value.get("response"):
        changed = apply_override(claims, value)
        tokens = {
            "id": parse_token_payload(changed.id_token).id_token(),
            "access": parse_token_payload(changed.access_token).id_token(),
        }
    elif _get_token_use(source, value) == "access":
        tokens["id"] = None
    changes: Json = {"claims": {"source": source, **tokens}, "groups": [], "user_pool_id": ""}
    return {"kind": source, "count": len(claims.groups), "changes": changes}


def _get_token_use(source: ClaimsSource, value: Any) -> object:
    for name in _CLAIMS[source]:
        value = value.get(name) if _is_object(value) else None
    return value.get("token_use") if _is_object(value) else None


# Not `isinstance` in place: type checkers would narrow what `json` returns to members of no known type.


def _is_object(value: object) -> bool:
    return isinstance(value, dict)


def _is_list(value: object) -> bool:
    return isinstance(value, list)
