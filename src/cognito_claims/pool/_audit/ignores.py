"""The ignore list of an audit: findings that are accepted, each with a reason and perhaps an end."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field

from cognito_claims._wire.scalars import StrictStr
from cognito_claims.errors import Problem
from cognito_claims.pool._audit.inputs import AuditInputError, parse_audit_input
from cognito_claims.pool.findings import CHECKS, Finding

_SOURCE = "ignore list"
_CODES = tuple(check.code for check in CHECKS)


def _require_code(code: str) -> str:
    if code not in _CODES:
        # The codes are public, so that a hint may be a guess, unlike one for a key of a response.
        intended = get_close_matches(code.lower(), _CODES, n=1)
        hint = f": use {intended[0]}" if intended else ""
        raise ValueError(f"is not the code of a check{hint}")
    return code


def _require_text(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be empty")
    return text


class Ignore(BaseModel, frozen=True, extra="forbid", hide_input_in_errors=True):
    """An entry of an ignore list: findings that do not count."""

    code: Annotated[StrictStr, AfterValidator(_require_code)]
    """The code of the check, such as `empty-group`."""

    about: StrictStr | None = None
    """The subject of the finding; `None` for all findings of the code."""

    reason: Annotated[StrictStr, AfterValidator(_require_text)]
    """Why the findings are ignored; not empty."""

    expires: Annotated[date, Field(strict=True)] | None = None
    """The last day on which the entry applies, or `None` if it does not expire."""


class _IgnoreList(BaseModel, extra="forbid"):
    ignore: tuple[Ignore, ...] = ()


def parse_ignores(text: str | bytes) -> tuple[Ignore, ...]:
    """Parse an ignore list: TOML with a table `[[ignore]]` for each entry.

    Raises:
        AuditInputError: If it is not TOML in UTF-8, an entry does not fit `Ignore`, or two entries have the
            same code and subject.
    """
    members = _parse_toml(text)
    if isinstance(members, Problem):
        raise AuditInputError(_SOURCE, [members])
    return require_unique(parse_audit_input(_IgnoreList, members, _SOURCE).ignore)


def _parse_toml(text: str | bytes) -> dict[str, Any] | Problem:
    """Return the members, or the problem, which must not have the parser's error as its context."""
    try:
        return tomllib.loads(text.decode() if isinstance(text, bytes) else text)
    except (ValueError, RecursionError) as error:
        # The message itself may quote a key or a value.
        place = re.search(r"\(at (.+)\)$", str(error))
    return Problem("", f"is not TOML{f': see {place[1]}' if place else ''}")


def require_unique(ignores: Iterable[Ignore]) -> tuple[Ignore, ...]:
    """Return the entries, or raise `AuditInputError` if two have the same code and subject."""
    entries = tuple(ignores)
    first: dict[tuple[str, str | None], int] = {}
    problems = [
        Problem(f"ignore[{place}]", f"has the code and subject of ignore[{earlier}]: remove one of them")
        for place, one in enumerate(entries)
        if (earlier := first.setdefault((one.code, one.about), place)) != place
    ]
    if problems:
        raise AuditInputError(_SOURCE, problems)
    return entries


def apply_ignores(
    findings: Sequence[Finding], ignores: Iterable[Ignore], today: date
) -> tuple[list[Finding], tuple[Ignore, ...], tuple[Ignore, ...]]:
    """Mark the findings to ignore. Also return the entries that match none, and the expired ones."""
    by_subject: dict[tuple[str, str | None], Ignore] = {}
    expired: list[Ignore] = []
    for one in ignores:
        if one.expires is not None and one.expires < today:
            expired.append(one)
        else:
            by_subject[one.code, one.about] = one
    marked: list[Finding] = []
    used: set[tuple[str, str | None]] = set()
    for finding in findings:
        code = finding.check.code
        keys = [key for key in ((code, finding.about), (code, None)) if key in by_subject]
        used.update(keys)
        marked.append(replace(finding, ignored=by_subject[keys[0]].reason) if keys else finding)
    unused = tuple(one for key, one in by_subject.items() if key not in used)
    return marked, unused, tuple(expired)
