"""The files that commands read: groups and role mappings in the format of the AWS CLI, and tokens."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Never, TypeVar, cast

import typer

from cognito_claims._wire.json import as_object
from cognito_claims._wire.parsing import parse_written_response
from cognito_claims.cli._exit import ExitCode, exit_on_error, fail
from cognito_claims.errors import InvalidResponseError
from cognito_claims.models import AdminListGroupsForUserResponse, GroupType
from cognito_claims.resolver import Policy, Resolution, resolve
from cognito_claims.tokens import build_issuer, build_provider_name
from cognito_claims.user_pool import UserPoolType, parse_user_pool

_T = TypeVar("_T")


def resolve_groups(text: bytes, policy: Policy, name: str | None = None) -> Resolution:
    """Resolve the groups of all pages in a text, or fail with every error of every page.

    Each error starts with the name of the option, if one is passed.
    """
    groups = parse_groups(text, name)
    with exit_on_error():
        return resolve(groups, policy=policy)


def parse_groups(text: bytes, name: str | None = None) -> tuple[GroupType, ...]:
    """Return the groups of all pages in a text, or fail with every error of every page.

    Each error starts with the name of the option, if one is passed.
    """
    try:
        documents = list(_split_documents(text.decode(json.detect_encoding(text))))
    except (ValueError, RecursionError) as error:
        _fail(name, [f"not JSON: {error} (use --output json with the AWS CLI)"])
    if not documents:
        _fail(name, ["the input is empty: expected the output of aws cognito-idp"])

    pages: list[AdminListGroupsForUserResponse] = []
    errors: list[str] = []
    for number, document in enumerate(documents, start=1):
        # `--query Groups` prints the bare list.
        page: object = {"Groups": cast("object", document)} if isinstance(document, list) else document
        place = f"page {number}: " if len(documents) > 1 else ""
        try:
            pages.append(parse_written_response(AdminListGroupsForUserResponse, page))
        except InvalidResponseError as error:
            errors += [f"{place}{problem}" for problem in error.problems]
    errors = errors or list(_check_completeness(pages))
    if errors:
        _fail(name, errors)
    return tuple(group for page in pages for group in page.groups)


def _fail(name: str | None, errors: Iterable[str]) -> Never:
    fail(ExitCode.BAD_INPUT, [error if name is None else f"{name}: {error}" for error in errors])


def _check_completeness(pages: list[AdminListGroupsForUserResponse]) -> Iterator[str]:
    *others, last = pages
    for number, page in enumerate(others, start=1):
        if page.next_token is None:
            yield f"page {number}: has no NextToken, so the list ends: pass the pages of one list, in order"
    if last.next_token is not None:
        yield (
            "NextToken: the list is incomplete, and the rest may change the result: "
            "pass all pages, or omit --max-items and --no-paginate"
        )


def _split_documents(text: str) -> Iterator[object]:
    decoder = json.JSONDecoder()
    end = 0
    while (start := len(text) - len(text[end:].lstrip())) < len(text):
        document, end = decoder.raw_decode(text, start)
        yield document


def parse_json(text: bytes, name: str | None = None) -> object:
    """Parse one JSON document, or fail. The error starts with the name, if one is passed."""
    try:
        return cast("object", json.loads(text))
    except (ValueError, RecursionError) as error:
        # A UnicodeDecodeError quotes its input, which may be a token.
        reason = error if isinstance(error, json.JSONDecodeError) else type(error).__name__
        _fail(name, [f"not JSON: {reason}"])


def read_json(path: str, name: str, parse: Callable[[object], _T]) -> _T:
    """Read the JSON file of an option and parse its content, or fail with the name of the option."""
    content = parse_json(read_input(path, name), name)
    try:
        return parse(content)
    except InvalidResponseError as error:
        errors = str(error).splitlines()
    return _fail(name, errors)


def read_input(path: str | None, name: str = "FILE") -> bytes:
    """Read the file of an argument or option, or stdin, or fail without quoting the path.

    A user may have passed a token or its payload instead.
    """
    if path is None and _is_stdin_a_terminal():
        raise typer.BadParameter(f"{name}: pass a file, or pipe one in")
    if path is None or path == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(path).read_bytes()
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "must be the path of a file"
        remedy = "pipe the input in" if name == "FILE" else "- to read stdin"
        fail(ExitCode.BAD_INPUT, [f"{name}: {reason}: pass a file, or {remedy}"])


def _is_stdin_a_terminal() -> bool:
    return not sys.stdin or sys.stdin.isatty()


def read_identity_pool(path: str) -> dict[str, object]:
    """Read the output of `aws cognito-identity get-identity-pool-roles`, or fail."""
    name = "--identity-pool"
    members = as_object(parse_json(read_input(path, name), name))
    if members is None:
        _fail(name, ["must be the output of aws cognito-identity get-identity-pool-roles"])
    if "Type" in members:
        error = "is a single mapping, without the authenticated role: pass the whole output of the AWS CLI"
        _fail(name, [error])
    return members


def read_user_pool(path: str) -> UserPoolType:
    """Read the output of `aws cognito-idp describe-user-pool`, or fail."""
    return read_json(path, "--user-pool", parse_user_pool)


def find_provider(names: Iterable[str], user_pool_id: str, client_id: str | None) -> str:
    """Return the provider name of a user pool and its only app client in an identity pool, or fail."""
    issuer = build_issuer(user_pool_id)
    if client_id is not None:
        return build_provider_name(issuer, client_id)
    start = build_provider_name(issuer, "")
    found = sorted({name for name in names if name.startswith(start)})
    if len(found) > 1:
        clients = ", ".join(name.removeprefix(start) for name in found)
        error = f"the identity pool has {len(found)} app clients: pass --client-id, one of {clients}"
        fail(ExitCode.BAD_INPUT, [error])
    return found[0] if found else start
