"""What `cognito-claims conform` tells: the plan, the scorecard as text and as JSON, the evidence."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

from pydantic import JsonValue
from rich.table import Table
from rich.text import Text

from cognito_claims.cli._paper import Paper
from cognito_claims.conformance.cases import load
from cognito_claims.conformance.endpoint import CALLS, EXAMPLE_ACCOUNT, Endpoint
from cognito_claims.conformance.scorecard import ObservedAnswer, Result, Scorecard, Verdict
from cognito_claims.conformance.shapes import GroupsInput, PagingInput


def is_aws(url: str | None) -> bool:
    """Tell whether a URL is AWS's own."""
    host = urlsplit(url or "").hostname or ""
    return host.endswith((".amazonaws.com", ".amazonaws.com.cn", ".api.aws"))


def plan_of(cases: tuple[str, ...], account: str = EXAMPLE_ACCOUNT) -> str:
    """Tell what the cases make, and which permissions that takes."""
    inputs = [case.input for vectors in load() for case in vectors.cases if case.id in cases]
    memberships = [one.groups for one in inputs if isinstance(one, GroupsInput)]
    counts = [*map(len, memberships), *(one.group_count for one in inputs if isinstance(one, PagingInput))]
    roles = {group.role_arn for groups in memberships for group in groups if group.role_arn is not None}
    paper = Paper()
    paper.say(
        f"{len(cases)} cases. For each, one after the other, and removed again before the next:",
        "  a user pool, named cognito-claims-conform-...",
        "  an app client that takes passwords from an administrator",
        "  a user with a password made up on the spot, to whom nothing is sent",
        f"  {min(counts)} to {max(counts)} groups; {sum(counts)} in all",
        "",
        "Permissions:",
        *(f"  cognito-idp:{call}" for call in CALLS),
        "  iam:PassRole on the roles below, which groups are given and nobody assumes",
        *(f"    {role.replace(EXAMPLE_ACCOUNT, account)}" for role in sorted(roles)),
    )
    return paper.text


def as_json(card: Scorecard, endpoint_url: str | None) -> str:
    """Give the whole of it as JSON."""
    return json.dumps(_report(card, endpoint_url), indent=2)


def _report(card: Scorecard, endpoint_url: str | None) -> dict[str, JsonValue]:
    """Give the JSON form, as docs/conformance.md describes it: keys may be added, and none changes."""
    return {
        "version": 1,
        "vectors": 1,
        "endpoint": endpoint_url or "aws",
        "passed": card.passed,
        "counts": _by_name(card.counts),
        "rules": [
            {"rule": score.rule, "basis": score.basis, **_by_name(score.counts)} for score in card.rules
        ],
        "cases": [_of_case(result) for result in card.results],
        "not_removed": [*card.not_removed],
    }


def _by_name(counts: dict[Verdict, int]) -> dict[str, JsonValue]:
    return {verdict.value: count for verdict, count in counts.items()}


def _of_case(result: Result) -> dict[str, JsonValue]:
    return {
        "case": result.case,
        "rules": [*result.rules],
        "verdict": result.verdict.value,
        "broken": [*result.broken],
        "expected": [*result.expected],
        "got": result.got,
        "error": result.error,
        "differs_on": [*result.differs_on],
    }


def evidence_of(card: Scorecard, endpoint: Endpoint) -> str:
    """Give as JSON what was answered where AWS leaves it open."""
    return json.dumps(_evidence(card, endpoint), indent=2) + "\n"


def _evidence(card: Scorecard, endpoint: Endpoint) -> dict[str, JsonValue]:
    """Tell what was answered where it is open, and against the rules; nothing of the account."""
    meta: Any = endpoint.client.meta
    questions = dict.fromkeys(one for answer in card.observed_answers for one in answer.open)
    return {
        "version": 1,
        "vectors": 1,
        "date": datetime.now(UTC).date().isoformat(),
        "service": "aws" if is_aws(meta.endpoint_url) else meta.endpoint_url,
        "region": meta.region_name,
        "botocore": version("botocore"),
        "questions": {question: _answered(card.observed_answers, question) for question in questions},
        "cases": [
            {
                "case": answer.case,
                "open": [*answer.open],
                "differs_on": [*answer.differs_on],
                "got": answer.got,
            }
            for answer in card.observed_answers
        ],
        "contradicted": [_of_case(result) for result in card.results if result.verdict is Verdict.FAIL],
    }


def _answered(cases: Iterable[ObservedAnswer], question: str) -> str:
    """Say how a question was answered by the cases that hang on it alone."""
    answers = {bool(answer.differs_on) for answer in cases if answer.open == (question,)}
    if len(answers) != 1:
        return "contradictory" if answers else "undecided"
    return "differently" if answers.pop() else "by default"


_STYLES = {
    Verdict.PASS: "green",
    Verdict.FAIL: "bold red",
    Verdict.NOT_EMITTED: "yellow",
    Verdict.ERROR: "red",
}


def as_text(card: Scorecard) -> str:
    """Give what failed, and the scorecard."""
    paper = Paper()
    for result in card.results:
        if result.verdict in (Verdict.FAIL, Verdict.ERROR):
            paper.say(f"{result.verdict.upper()}  {result.case}", style=_STYLES[result.verdict])
            rules = result.broken or result.rules
            paper.say(f"  {result.description}", f"  rules: {', '.join(rules)}")
            if result.error is not None:
                paper.say(f"  {result.error}")
            if result.got is not None:
                allowed = " or ".join(json.dumps(one, ensure_ascii=False) for one in result.expected)
                paper.say(
                    f"  expected: {allowed}", f"  got:      {json.dumps(result.got, ensure_ascii=False)}"
                )
            paper.say("")
    paper.show(_table(card))
    paper.say("")
    counts = card.counts
    paper.say(", ".join(f"{count} {verdict}" for verdict, count in counts.items()), style="bold")
    if counts[Verdict.NOT_EMITTED]:
        paper.say("not-emitted: the endpoint never adds the claim to a token, so these cases show nothing")
    for answer in card.observed_answers:
        if answer.differs_on:
            paper.say(f"{answer.case}: right, by the other answer to {', '.join(answer.differs_on)}")
    return paper.text


def _table(card: Scorecard) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Rule", no_wrap=True)
    table.add_column("Basis", no_wrap=True)
    for verdict in Verdict:
        table.add_column(verdict.value, justify="right", no_wrap=True)
    for score in card.rules:
        counts = (Text(str(n), _STYLES[verdict] if n else "dim") for verdict, n in score.counts.items())
        table.add_row(Text(score.rule), Text(score.basis), *counts)
    return table
