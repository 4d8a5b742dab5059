"""What a service answers in a case, and the rules that the answer breaks."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic

from pydantic import JsonValue

from cognito_claims.conformance.cases import AnswerT
from cognito_claims.rules import Rule


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule that an answer breaks."""

    rule: Rule
    """The rule."""

    reason: str
    """What shows it, in one line."""


@dataclass(frozen=True, slots=True)
class Observation(Generic[AnswerT]):
    """A service's answer to a case."""

    answer: AnswerT | None
    """The answer, or `None` if it has a different form."""

    got: JsonValue
    """The answer as JSON, with the IDs of the vectors."""

    faults: tuple[Fault, ...] = ()
    """What the answer shows to be broken. The first is the most specific."""

    not_emitted: bool = False
    """Whether the service never emits the claims that the case is about."""


def join_reasons(faults: Iterable[Fault]) -> str:
    """Return the reasons in one line."""
    return "; ".join(dict.fromkeys(fault.reason for fault in faults)) or "the answer is not expected"
