"""The scorecards in the documentation are of the pinned versions, and of all cases and rules."""

import re
from collections import Counter
from pathlib import Path

import pytest

from cognito_claims.conformance import load
from cognito_claims.conformance.consistency import find_questions
from cognito_claims.conformance.rules import CONSISTENCY, SERVICE_RULES_BY_SUBJECT
from cognito_claims.conformance.runner import select, select_cases
from cognito_claims.conformance.scorecard import get_checked_rules
from tools import scorecards
from tools.scorecards import EMULATORS, FOLDER, PAGE, Emulator

ROOT = Path(__file__).parents[2]
SUMMARY = PAGE.read_text().partition("<!-- scorecards -->")[2]
HINT = "run: python -m tools.scorecards"


def count_results() -> int:
    """Count the cases, and the results about open questions."""
    return len(select()) + len(find_questions(load(), select()))


def count_by_rule() -> Counter[str]:
    """Count the results on which each rule has a verdict."""
    counts = Counter(
        rule for subject, case in select_cases(select()) for rule in get_checked_rules(subject, case.rules)
    )
    [one_answer] = SERVICE_RULES_BY_SUBJECT[CONSISTENCY]
    return counts | Counter({one_answer.id: len(find_questions(load(), select()))})


def parse_rows(text: str) -> dict[str, list[list[str]]]:
    """Return the cells of the rows that begin with a rule, without the first, by rule."""
    rows: dict[str, list[list[str]]] = {}
    for rule, cells in re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", text, re.MULTILINE):
        rows.setdefault(rule, []).append(cells.split(" | "))
    return rows


def test_the_summary_is_of_the_pinned_versions() -> None:
    rows = re.findall(
        r"^\| \[([^]]+)\]\(\.\./reference/scorecards/(.+)\) \| ([0-9.]+) \| (\w+) \|", SUMMARY, re.MULTILINE
    )
    assert rows == [(one.name, one.page, one.version, one.registry) for one in EMULATORS]
    for name in ("ministack", "localemu"):
        pinned = (scorecards.PINS / f"{name}.txt").read_text()
        assert f"{name}=={scorecards.read_release(name)} " in pinned


def test_each_row_of_the_summary_is_of_all_cases() -> None:
    rows = re.findall(r"^\| \[.*\| (?:PyPI|npm) \| (.+) \|$", SUMMARY, re.MULTILINE)
    assert len(rows) == len(EMULATORS)
    assert {sum(map(int, row.split(" | "))) for row in rows} == {count_results()}, HINT


def test_each_rule_of_the_summary_is_of_the_cases_that_check_it() -> None:
    found = {
        rule: {sum(map(int, re.findall("[0-9]+", cell))) for cell in cells}
        for rule, [cells] in parse_rows(SUMMARY).items()
    }
    assert found == {rule: {count} for rule, count in count_by_rule().items()}, HINT


@pytest.mark.parametrize("emulator", EMULATORS, ids=lambda one: one.name)
def test_a_page_has_the_same_counts_as_the_summary(emulator: Emulator) -> None:
    text = (FOLDER / emulator.page).read_text()
    assert f"Version {emulator.version}, from {emulator.registry}, on " in text
    assert emulator.started_by in text
    number = EMULATORS.index(emulator)
    for rule, [summary] in parse_rows(SUMMARY).items():
        [[_, *counts], *_] = parse_rows(text)[rule]
        verdicts = dict(zip(("pass", "fail", "not-emitted", "error"), counts, strict=True))
        shown = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.items() if count != "0")
        assert summary[number] == shown, HINT


def test_there_is_a_page_for_each_emulator_and_no_other() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {emulator.page for emulator in EMULATORS}


@pytest.mark.parametrize("emulator", EMULATORS, ids=lambda one: one.name)
def test_links_of_a_page_lead_to_files(emulator: Emulator) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", (FOLDER / emulator.page).read_text()):
        assert (FOLDER / target).exists(), target
