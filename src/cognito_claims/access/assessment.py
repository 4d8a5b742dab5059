"""An answer that is never a guess: yes, no, or unknown, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from cognito_claims.rules import Rule


class Verdict(StrEnum):
    """An answer to a question about access."""

    YES = "yes"
    """What AWS documents implies it."""

    NO = "no"
    """What AWS documents excludes it."""

    UNKNOWN = "unknown"
    """A fact is missing, or something is not evaluated. The reason names it."""


@final
@dataclass(frozen=True, slots=True)
class Assessment:
    """An answer with its reason."""

    verdict: Verdict
    """The answer."""

    reason: str
    """The reason, as a phrase. For `Verdict.UNKNOWN`, the missing fact, or what is not evaluated."""

    rules: tuple[Rule, ...]
    """The rules that led to the answer."""

    statement: int | None = None
    """The index of the statement that decided, if the answer is about a trust policy and one did."""

    warnings: tuple[Rule, ...] = ()
    """Who else a trust policy admits: `any-identity-pool`, `guests-trusted`, or both."""
