"""The result of a run: a verdict for each case, and a score for each rule."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from xml.etree import ElementTree as ET

from pydantic import JsonValue

from cognito_claims.conformance.cases import AnyVectors
from cognito_claims.conformance.rules import REQUEST_ACCEPTED, SERVICE_RULES, SERVICE_RULES_BY_SUBJECT


class Verdict(StrEnum):
    """The verdict on an endpoint's answer to a case."""

    PASS = "pass"  # noqa: S105, no password
    """The answer is one of the expected answers."""

    FAIL = "fail"
    """The answer is wrong."""

    NOT_EMITTED = "not-emitted"
    """The endpoint never emits the claim, so the case shows nothing about the rules."""

    ERROR = "error"
    """The endpoint refused a call that the case needs, or its response could not be read. For an open
    question: no case answers it."""


@dataclass(frozen=True, slots=True)
class Result:
    """An endpoint's result for one case."""

    case: str
    """The case's ID."""

    description: str
    """What the case shows."""

    rules: tuple[str, ...]
    """The IDs of the rules that decide the case."""

    verdict: Verdict
    """The verdict."""

    expected: tuple[JsonValue, ...]
    """The correct answers."""

    got: JsonValue = None
    """The endpoint's answer, with its own IDs replaced by those of the vectors; `None` after an error."""

    error: str | None = None
    """What went wrong, in one line."""

    broken: tuple[str, ...] = ()
    """The IDs of the rules that the answer breaks, the most specific first. All rules of the case,
    if the answer does not show which."""

    differs_on: tuple[str, ...] = ()
    """The open questions and unspecified rules on which the answer differs from this library's default."""

    @property
    def subject(self) -> str:
        """The subject of the case."""
        return self.case.partition("/")[0]


@dataclass(frozen=True, slots=True)
class RuleScore:
    """The results of the cases that a rule decides, or in which the runner checks it."""

    rule: str
    """The rule's ID."""

    basis: str
    """The rule's basis: `documented`, `observed` or `unspecified`."""

    counts: dict[Verdict, int]
    """The number of cases by verdict. Every verdict is a key."""


@dataclass(frozen=True, slots=True)
class ObservedAnswer:
    """An endpoint's answer to a case that AWS leaves open."""

    case: str
    """The case's ID."""

    open: tuple[str, ...]
    """The open questions and unspecified rules that the answer depends on."""

    differs_on: tuple[str, ...]
    """Those of them on which the answer differs from this library's default."""

    got: JsonValue
    """The answer."""


@dataclass(frozen=True, slots=True)
class Scorecard:
    """All results of a run."""

    results: tuple[Result, ...]
    """The results, in the order of the cases."""

    vectors: tuple[AnyVectors, ...]
    """The vectors that the cases belong to."""

    not_removed: tuple[str, ...] = ()
    """The IDs of the user pools that could not be removed."""

    @property
    def passed(self) -> bool:
        """Whether every case passed."""
        return all(result.verdict is Verdict.PASS for result in self.results)

    @property
    def counts(self) -> dict[Verdict, int]:
        """The number of cases by verdict. Every verdict is a key."""
        return _count_verdicts(result.verdict for result in self.results)

    @property
    def rules(self) -> tuple[RuleScore, ...]:
        """The scores of the rules, in the order of the vectors, with `SERVICE_RULES` at the end."""
        basis = {rule.id: rule.basis.value for vectors in self.vectors for rule in vectors.rules}
        basis |= {rule.id: rule.basis.value for rule in SERVICE_RULES}
        scores = (
            RuleScore(rule, basis[rule], _count_verdicts(_judge_rule(rule, one) for one in self.results))
            for rule in basis
        )
        return tuple(score for score in scores if any(score.counts.values()))

    @property
    def blamed(self) -> tuple[str, ...]:
        """The first broken rule of each case, the most frequent first."""
        counts = Counter(result.broken[0] for result in self.results if result.broken)
        return tuple(rule for rule, _ in counts.most_common())

    @property
    def observed_answers(self) -> tuple[ObservedAnswer, ...]:
        """The answers to the cases that AWS leaves open and that passed."""
        open_in = {case.id: case.open_questions for vectors in self.vectors for case in vectors.cases}
        return tuple(
            ObservedAnswer(result.case, open_in[result.case], result.differs_on, result.got)
            for result in self.results
            if result.verdict is Verdict.PASS and open_in.get(result.case, ())
        )

    def to_junit(self) -> str:
        """Return the results as JUnit XML: one suite for each subject, one test for each case."""
        root = ET.Element("testsuites", _count_for_junit(self.results))
        for subject, group in groupby(self.results, lambda result: result.subject):
            results = list(group)
            suite = ET.SubElement(root, "testsuite", {"name": subject, **_count_for_junit(results)})
            for result in results:
                test = ET.SubElement(suite, "testcase", classname=subject, name=result.case)
                if result.verdict is not Verdict.PASS:
                    tag = "error" if result.verdict is Verdict.ERROR else "failure"
                    message = _escape_for_xml(result.error or result.description)
                    element = ET.SubElement(test, tag, message=message, type=result.verdict)
                    expected, got = (json.dumps(one) for one in (result.expected, result.got))
                    element.text = f"expected {expected}\ngot {got}"
        ET.indent(root)
        return ET.tostring(root, "unicode", xml_declaration=True) + "\n"


def get_checked_rules(subject: str, rules: Iterable[str]) -> tuple[str, ...]:
    """Return the rules on which a case has a verdict: those that decide it, and those of every response."""
    return (*rules, *(rule.id for rule in SERVICE_RULES_BY_SUBJECT[subject] if rule.id not in rules))


def _judge_rule(rule: str, result: Result) -> Verdict | None:
    """Return a case's verdict on one rule. A failure that is attributed to other rules is a pass."""
    if rule not in get_checked_rules(result.subject, result.rules):
        return None
    if rule == REQUEST_ACCEPTED.id and result.verdict is Verdict.NOT_EMITTED:
        return Verdict.PASS  # no request was refused
    attributed_to_others = result.verdict is Verdict.FAIL and rule not in result.broken
    return Verdict.PASS if attributed_to_others else result.verdict


def _count_verdicts(verdicts: Iterable[Verdict | None]) -> dict[Verdict, int]:
    counts = Counter(verdicts)
    return {verdict: counts[verdict] for verdict in Verdict}


def _count_for_junit(results: Iterable[Result]) -> dict[str, str]:
    counts = _count_verdicts(result.verdict for result in results)
    return {
        "tests": str(sum(counts.values())),
        "failures": str(counts[Verdict.FAIL] + counts[Verdict.NOT_EMITTED]),
        "errors": str(counts[Verdict.ERROR]),
    }


def _escape_for_xml(text: str) -> str:
    """Escape the characters that XML does not allow."""
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in text)
