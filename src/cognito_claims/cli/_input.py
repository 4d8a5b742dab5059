"""What commands read from files: groups and role mappings, as the AWS CLI or the wire writes them."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import typer

from cognito_claims._wire import as_object, parse_response
from cognito_claims.cli._exit import ExitCode, stop
from cognito_claims.errors import InvalidResponseError
from cognito_claims.models import AdminListGroupsForUserResponse, GroupType


def groups_from_text(text: bytes) -> tuple[GroupType, ...]:
    """Read the groups of all pages in a text, or stop with every fault of every page."""
    try:
        documents = list(_documents(text.decode(json.detect_encoding(text))))
    except (ValueError, RecursionError) as error:
        stop(ExitCode.BAD_INPUT, [f"not JSON: {error} (the AWS CLI gives it with --output json)"])
    if not documents:
        stop(ExitCode.BAD_INPUT, ["nothing to read: expected what aws cognito-idp prints"])

    pages: list[AdminListGroupsForUserResponse] = []
    faults: list[str] = []
    for number, document in enumerate(documents, start=1):
        # `--query Groups` prints the bare list.
        page: object = {"Groups": cast("object", document)} if isinstance(document, list) else document
        place = f"page {number}: " if len(documents) > 1 else ""
        try:
            pages.append(parse_response(AdminListGroupsForUserResponse, page))
        except InvalidResponseError as error:
            faults += [f"{place}{problem}" for problem in error.problems]
    faults = faults or list(_faults_of_the_list(pages))
    if faults:
        stop(ExitCode.BAD_INPUT, faults)
    return tuple(group for page in pages for group in page.groups)


def _faults_of_the_list(pages: list[AdminListGroupsForUserResponse]) -> Iterator[str]:
    *others, last = pages
    for number, page in enumerate(others, start=1):
        if page.next_token is None:
            yield f"page {number}: has no NextToken, so it ends a list: give one user's pages, in order"
    if last.next_token is not None:
        yield (
            "NextToken: the list goes on, and the rest may change the result: "
            "give all pages, or leave out --max-items and --no-paginate"
        )


def _documents(text: str) -> Iterator[object]:
    decoder = json.JSONDecoder()
    end = 0
    while (start := len(text) - len(text[end:].lstrip())) < len(text):
        document, end = decoder.raw_decode(text, start)
        yield document


def document_from_text(text: bytes) -> object:
    """Read one JSON document, or stop."""
    try:
        return cast("object", json.loads(text))
    except (ValueError, RecursionError) as error:
        stop(ExitCode.BAD_INPUT, [f"not JSON: {_without_input(error)}"])


def _without_input(error: Exception) -> str:
    # A decoding error holds what it could not decode, which may be a token.
    match error:
        case json.JSONDecodeError():
            return str(error)
        case _:
            return type(error).__name__


def read_token(path: str | None) -> bytes:
    """Read the file of a token, or stop without a word of the path, which may be the token itself."""
    if path is None or path == "-":
        return read_file(None)
    try:
        return Path(path).read_bytes()
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "not the name of a file"
        stop(ExitCode.BAD_INPUT, [f"FILE: {reason}: give a file, or pipe the token in"])


def read_file(file: BinaryIO | None) -> bytes:
    """Read a file, or stdin where something is piped in."""
    if file is None and _nothing_is_piped_in():
        raise typer.BadParameter("give a file, or pipe one in")
    return (file or sys.stdin.buffer).read()


def _nothing_is_piped_in() -> bool:
    return not sys.stdin or sys.stdin.isatty()


def identity_pool_from_text(text: bytes) -> dict[str, object]:
    """Read what `aws cognito-identity get-identity-pool-roles` prints, or stop."""
    members = as_object(document_from_text(text))
    if members is None:
        stop(ExitCode.BAD_INPUT, ["must be what aws cognito-identity get-identity-pool-roles prints"])
    if "Type" in members:
        fault = "is a mapping alone, which does not tell the authenticated role: give all that aws prints"
        stop(ExitCode.BAD_INPUT, [fault])
    return members
