"""The output of `cognito-claims conform`: text, JSON, JUnit XML and Markdown."""

import json
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import assert_never

from rich.text import Text

from cognito_claims._counts import format_count
from cognito_claims.cli._output import Output
from cognito_claims.conformance.scorecard import Result, Scorecard, Verdict


class Format(StrEnum):
    """A format of the results."""

    TEXT = "text"
    JSON = "json"
    JUNIT = "junit"
    MARKDOWN = "markdown"


def render(card: Scorecard, output_format: Format, endpoint: str) -> str | Mapping[str, object]:
    """Return the results in a format, as text or as an object of JSON."""
    match output_format:
        case Format.TEXT:
            return _render_text(card)
        case Format.JSON:
            return _build_report(card, endpoint)
        case Format.JUNIT:
            return card.to_junit().rstrip("\n")
        case Format.MARKDOWN:
            return _render_markdown(card, endpoint)
        case _:
            assert_never(output_format)


def _build_report(card: Scorecard, endpoint: str) -> dict[str, object]:
    return {
        "version": 1,
        "vectors": 1,
        "release": card.vectors[0].release,
        "endpoint": endpoint,
        "passed": card.passed,
        "counts": card.counts,
        "blamed": card.blamed,
        "rules": [{"rule": score.rule, "basis": score.basis, **score.counts} for score in card.rules],
        "cases": [report_case(result) for result in card.results],
        "not_removed": card.not_removed,
    }


def report_case(result: Result) -> dict[str, object]:
    """Return the result of a case as JSON."""
    return {
        "case": result.case,
        "rules": result.rules,
        "verdict": result.verdict,
        "broken": result.broken,
        "expected": result.expected,
        "got": result.got,
        "error": result.error,
        "differs_on": result.differs_on,
    }


def _render_markdown(card: Scorecard, endpoint: str) -> str:
    """Return the results as a page or a comment of GitHub."""
    counts = ", ".join(f"{count} {verdict}" for verdict, count in card.counts.items() if count)
    lines = [f"## Amazon Cognito group claims: {counts}", "", f"Endpoint: `{endpoint}`", ""]
    lines += [
        "| rule | basis | pass | fail | not-emitted | error |",
        "| --- | --- | --: | --: | --: | --: |",
    ]
    lines += [
        f"| `{score.rule}` | {score.basis} | {' | '.join(map(str, score.counts.values()))} |"
        for score in card.rules
    ]
    failures = [result for result in card.results if result.verdict in (Verdict.FAIL, Verdict.ERROR)]
    lines += ["", "| case | verdict | rules | reason |", "| --- | --- | --- | --- |"] * bool(failures)
    for result in failures:
        rules = ", ".join(f"`{rule}`" for rule in result.broken or result.rules)
        reason = str(result.error).replace("|", r"\|").replace("<", "&lt;")
        lines.append(f"| `{result.case}` | {result.verdict} | {rules} | {reason} |")
    return "\n".join(lines)


_STYLES = {
    Verdict.PASS: "green",
    Verdict.FAIL: "bold red",
    Verdict.NOT_EMITTED: "yellow",
    Verdict.ERROR: "red",
}


def _render_text(card: Scorecard) -> str:
    output = Output()
    for result in card.results:
        if result.verdict is Verdict.FAIL:
            _print_failure(output, result)
    errors: dict[str | None, list[Result]] = {}
    for result in card.results:
        if result.verdict is Verdict.ERROR:
            errors.setdefault(result.error, []).append(result)
    for first, *others in errors.values():  # each error once, even if many cases end in it
        _print_failure(output, first)
        if others:
            output.print_line(f"The same error ended {format_count(len(others), 'more case')}.", "")
    rows = ([Text(score.rule), Text(score.basis), *_style_counts(score.counts)] for score in card.rules)
    output.print_table(("Rule", "Basis", *Verdict), rows, right=tuple(Verdict))
    counts = card.counts
    output.print_line(", ".join(f"{count} {verdict}" for verdict, count in counts.items()), style="bold")
    if counts[Verdict.NOT_EMITTED]:
        reason = "the endpoint never adds the claim to a token, so these cases show nothing"
        output.print_line(f"{Verdict.NOT_EMITTED}: {reason}")
    if card.blamed:
        output.print_line(f"broken, the most likely cause first: {', '.join(card.blamed)}")
    for answer in card.observed_answers:
        if answer.differs_on:
            questions = ", ".join(answer.differs_on)
            output.print_line(f"{answer.case}: passes with the other answer to {questions}")
    return output.text


def _style_counts(counts: Mapping[Verdict, int]) -> Iterator[Text]:
    return (Text(str(count), _STYLES[verdict] if count else "dim") for verdict, count in counts.items())


def _print_failure(output: Output, result: Result) -> None:
    output.print_line(f"{result.verdict.upper()}  {result.case}", style=_STYLES[result.verdict])
    rules = result.broken or result.rules
    output.print_line(
        f"  {result.description}", f"  rules: {', '.join(rules)}", f"  reason: {result.error}"
    )
    if result.got is not None:
        expected = " or ".join(json.dumps(one, ensure_ascii=False) for one in result.expected)
        got = json.dumps(result.got, ensure_ascii=False)
        output.print_line(f"  expected: {expected}", f"  got:      {got}")
    output.print_line("")
