"""Whether a service answers each open question in one way."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from cognito_claims.conformance.cases import AnyVectors
from cognito_claims.conformance.rules import CONSISTENCY, ONE_ANSWER
from cognito_claims.conformance.scorecard import ObservedAnswer, Result, Verdict

BY_DEFAULT: Final = "by default"
DIFFERENTLY: Final = "differently"


def find_questions(vectors: Iterable[AnyVectors], selected: Iterable[str]) -> tuple[str, ...]:
    """Return the open questions and unspecified rules that at least two cases depend on alone."""
    selected = set(selected)
    counts: Counter[str] = Counter()
    for case in (case for one in vectors for case in one.cases if case.id in selected):
        open_in_case = {question for answer in case.expected for question in answer.differs_on}
        if len(open_in_case) == 1:
            counts.update(open_in_case)
    return tuple(question for question, count in counts.items() if count > 1)


def check_consistency(
    vectors: Iterable[AnyVectors], selected: Iterable[str], answers: Iterable[ObservedAnswer]
) -> Iterator[Result]:
    """Yield a result for each question that at least two of the selected cases depend on alone."""
    answers = tuple(answers)
    for question in find_questions(vectors, selected):
        yield _check_question(question, [answer for answer in answers if answer.open == (question,)])


def _check_question(question: str, answers: Iterable[ObservedAnswer]) -> Result:
    got: dict[str, list[str]] = {BY_DEFAULT: [], DIFFERENTLY: []}
    for answer in answers:
        got[DIFFERENTLY if answer.differs_on else BY_DEFAULT].append(answer.case)
    given = [way for way, cases in got.items() if cases]
    verdicts = {0: Verdict.NOT_EMITTED, 1: Verdict.PASS, 2: Verdict.FAIL}
    fails = len(given) == len(got)
    return Result(
        case=f"{CONSISTENCY}/{question}",
        description=f"The question {question} is answered the same way in every case.",
        rules=(ONE_ANSWER.id,),
        verdict=verdicts[len(given)],
        expected=({DIFFERENTLY: []}, {BY_DEFAULT: []}),
        got={way: [*cases] for way, cases in got.items()},
        error="the question is answered both ways" if fails else None,
        broken=(ONE_ANSWER.id,) if fails else (),
    )
