"""Whether a service answers each open question in one way."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from cognito_claims.conformance.cases import AnyVectors
from cognito_claims.conformance.rules import CONSISTENCY, ONE_ANSWER
from cognito_claims.conformance.scorecard import ObservedAnswer, Result, Scorecard, Verdict

BY_DEFAULT: Final = "by default"
DIFFERENTLY: Final = "differently"


def find_questions(vectors: Iterable[AnyVectors], selected: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the open questions and unspecified rules that at least two cases depend on alone.

    Returns:
        The IDs of these cases, by question.
    """
    selected = set(selected)
    cases: dict[str, tuple[str, ...]] = {}
    for case in (case for one in vectors for case in one.cases if case.id in selected):
        if len(case.open_questions) == 1:
            [question] = case.open_questions
            cases[question] = (*cases.get(question, ()), case.id)
    return {question: ids for question, ids in cases.items() if len(ids) > 1}


def group_answers(answers: Iterable[ObservedAnswer], question: str) -> dict[str, list[str]]:
    """Return the cases that show how a service answers a question, by how it answers.

    An answer that differs on several questions results only if all of them are answered differently. The
    default answer shows a question's default only in a case that depends on no other question.
    """
    got: dict[str, list[str]] = {BY_DEFAULT: [], DIFFERENTLY: []}
    for answer in answers:
        if question in answer.differs_on:
            got[DIFFERENTLY].append(answer.case)
        elif answer.open == (question,):
            got[BY_DEFAULT].append(answer.case)
    return {way: cases for way, cases in got.items() if cases}


def check_consistency(card: Scorecard, selected: Iterable[str]) -> Iterator[Result]:
    """Yield a result for each question that at least two of the selected cases depend on alone."""
    verdicts = {result.case: result.verdict for result in card.results}
    for question, cases in find_questions(card.vectors, selected).items():
        got = group_answers(card.observed_answers, question)
        yield _check_question(question, got, {verdicts[case] for case in cases})


def _check_question(question: str, got: Mapping[str, list[str]], verdicts: Collection[Verdict]) -> Result:
    """Return the result for a question.

    Args:
        question: The question.
        got: The cases that answer it, by how they do.
        verdicts: The verdicts on the cases that could answer it.
    """
    error: str | None = None
    match len(got):
        case 0 if {*verdicts} == {Verdict.NOT_EMITTED}:
            verdict = Verdict.NOT_EMITTED
        case 0:
            verdict = Verdict.ERROR
            error = "no case that depends on the question has a correct answer"
        case 1:
            verdict = Verdict.PASS
        case _:
            verdict = Verdict.FAIL
            error = "the question is answered both ways"
    return Result(
        case=f"{CONSISTENCY}/{question}",
        description=f"The question {question} is answered the same way in every case.",
        rules=(ONE_ANSWER.id,),
        verdict=verdict,
        expected=({DIFFERENTLY: []}, {BY_DEFAULT: []}),
        got={way: [*got.get(way, ())] for way in (BY_DEFAULT, DIFFERENTLY)},
        error=error,
        broken=(ONE_ANSWER.id,) if verdict is Verdict.FAIL else (),
    )
