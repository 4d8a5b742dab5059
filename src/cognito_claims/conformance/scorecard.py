"""What came out of a run: a verdict for each case, and counts for each rule."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from xml.etree import ElementTree as ET

from pydantic import JsonValue

from cognito_claims.conformance.cases import AnyVectors

__all__ = ["Result", "RuleScore", "Scorecard", "Settled", "Verdict"]


class Verdict(StrEnum):
    """How an endpoint did on a case."""

    PASS = "pass"  # noqa: S105, no password
    """It gave an answer that is right."""

    FAIL = "fail"
    """It gave another answer."""

    ABSENT = "absent"
    """It never puts the claim into a token, so the case says nothing of the rules."""

    ERROR = "error"
    """It refused a call that the case needs, or its answer could not be read."""


@dataclass(frozen=True, slots=True)
class Result:
    """How an endpoint did on a case."""

    case: str
    """The case's id."""

    description: str
    """What the case shows."""

    rules: tuple[str, ...]
    """The ids of the rules that decide it."""

    verdict: Verdict
    """How it did."""

    expected: tuple[JsonValue, ...]
    """The answers that are right."""

    got: JsonValue = None
    """What it answered, ids of its own replaced by those of the vectors; `None` at an error."""

    error: str | None = None
    """What went wrong, in one line."""

    broken: tuple[str, ...] = ()
    """The ids of the rules that a failure is put down to: all of the case, if nothing tells them apart."""

    otherwise: tuple[str, ...] = ()
    """The open questions and unspecified rules that its answer settles otherwise than this library."""


@dataclass(frozen=True, slots=True)
class RuleScore:
    """How the cases did that a rule decides."""

    rule: str
    """The rule's id."""

    basis: str
    """How far the rule can be trusted."""

    counts: dict[Verdict, int]
    """The number of cases by verdict; every verdict is there."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What an endpoint answered where AWS leaves it open."""

    case: str
    """The case's id."""

    open: tuple[str, ...]
    """The open questions and unspecified rules that the case hangs on."""

    otherwise: tuple[str, ...]
    """Those of them that were answered otherwise than this library does by default."""

    got: JsonValue
    """The answer."""


@dataclass(frozen=True, slots=True)
class Scorecard:
    """All results of a run."""

    results: tuple[Result, ...]
    """The results, in the order of the cases."""

    vectors: tuple[AnyVectors, ...]
    """The vectors that the cases are from."""

    not_removed: tuple[str, ...] = ()
    """The ids of user pools that could not be removed again."""

    @property
    def passed(self) -> bool:
        """Whether every case passed."""
        return all(result.verdict is Verdict.PASS for result in self.results)

    @property
    def counts(self) -> dict[Verdict, int]:
        """The number of cases by verdict; every verdict is there."""
        return _counts(self.results)

    @property
    def rules(self) -> tuple[RuleScore, ...]:
        """The rules of the cases, in the order of the vectors."""
        basis = {rule.id: rule.basis.value for vectors in self.vectors for rule in vectors.rules}
        scores = (
            RuleScore(rule, basis[rule], _tally(_for_rule(rule, result) for result in self.results))
            for rule in basis
        )
        return tuple(score for score in scores if any(score.counts.values()))

    @property
    def settled(self) -> tuple[Settled, ...]:
        """What was answered where AWS leaves it open, in cases that passed."""
        open_in = {
            case.id: tuple(dict.fromkeys(one for answer in case.expected for one in answer.otherwise))
            for vectors in self.vectors
            for case in vectors.cases
        }
        return tuple(
            Settled(result.case, open_in[result.case], result.otherwise, result.got)
            for result in self.results
            if result.verdict is Verdict.PASS and open_in[result.case]
        )

    def junit(self) -> str:
        """Give the results as JUnit XML: a suite for each subject, a test for each case."""
        root = ET.Element("testsuites", _junit_counts(self.results))
        for subject in dict.fromkeys(_subject(result) for result in self.results):
            results = [result for result in self.results if _subject(result) == subject]
            suite = ET.SubElement(root, "testsuite", {"name": subject, **_junit_counts(results)})
            for result in results:
                test = ET.SubElement(suite, "testcase", classname=subject, name=result.case)
                if (outcome := _JUNIT[result.verdict]) is not None:
                    message = _printable(result.error or result.description)
                    found = ET.SubElement(test, outcome, message=message, type=result.verdict)
                    found.text = _printable(f"expected {list(result.expected)}\ngot {result.got}")
        ET.indent(root)
        return ET.tostring(root, "unicode", xml_declaration=True) + "\n"


_JUNIT = {Verdict.PASS: None, Verdict.FAIL: "failure", Verdict.ABSENT: "failure", Verdict.ERROR: "error"}


def _subject(result: Result) -> str:
    return result.case.partition("/")[0]


def _for_rule(rule: str, result: Result) -> Verdict | None:
    """Give the verdict on one of the case's rules: a failure that is put down to others spares it."""
    if rule not in result.rules:
        return None
    spared = result.verdict is Verdict.FAIL and rule not in result.broken
    return Verdict.PASS if spared else result.verdict


def _counts(results: Iterable[Result]) -> dict[Verdict, int]:
    return _tally(result.verdict for result in results)


def _tally(verdicts: Iterable[Verdict | None]) -> dict[Verdict, int]:
    counted = Counter(verdicts)
    return {verdict: counted[verdict] for verdict in Verdict}


def _junit_counts(results: Iterable[Result]) -> dict[str, str]:
    counts = _counts(results)
    return {
        "tests": str(sum(counts.values())),
        "failures": str(counts[Verdict.FAIL] + counts[Verdict.ABSENT]),
        "errors": str(counts[Verdict.ERROR]),
    }


def _printable(text: str) -> str:
    """Leave out what XML cannot hold."""
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in text)
