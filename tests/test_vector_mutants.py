"""The vectors catch single bugs in readers, triggers and the choice of a role."""

from collections import Counter
from typing import Any

import pytest

from cognito_claims import InvalidClaimsError
from cognito_claims.conformance import load
from cognito_claims.conformance.shapes import Flag
from tests.broken_rules.mutants import Mutant, rank_rules
from tests.broken_rules.reader_mutants import OPEN_READERS, READER_MUTANTS
from tests.broken_rules.role_mutants import OPEN_ROLES, ROLE_MUTANTS
from tests.broken_rules.trigger_mutants import OPEN_TRIGGERS, TRIGGER_MUTANTS
from tests.conftest import Connect

pytestmark = pytest.mark.slow

MUTANTS = (*READER_MUTANTS, *TRIGGER_MUTANTS, *ROLE_MUTANTS)
OPEN_MUTANTS = (*OPEN_READERS, *OPEN_TRIGGERS, *OPEN_ROLES)
CASES: dict[str, tuple[Any, ...]] = {vectors.subject: vectors.cases for vectors in load()}


def find_match(mutant: Mutant, case: Any, connect: Connect) -> Any:
    """Return the expected answer that a mutant returns, or `None` if its answer is wrong."""
    try:
        return case.find_match(mutant.adapter.answer(mutant.subject, case.input, connect))
    except InvalidClaimsError:
        return None


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_the_first_rule_to_blame_for_a_bug_is_the_one_that_it_breaks(
    mutant: Mutant, connect: Connect
) -> None:
    cases = CASES[mutant.subject]
    failed = [case.id for case in cases if find_match(mutant, case, connect) is None]
    assert failed
    *_, second, first = rank_rules(cases, failed)
    assert first[1] == mutant.rule
    assert first[0] > second[0]


@pytest.mark.parametrize("mutant", OPEN_MUTANTS, ids=str)
def test_what_aws_leaves_open_is_no_bug_and_is_reported(mutant: Mutant, connect: Connect) -> None:
    matches = [(case, find_match(mutant, case, connect)) for case in CASES[mutant.subject]]
    assert [case.id for case, match in matches if match is None] == []
    differently = [case for case, match in matches if match.differs_on]
    assert differently
    assert all(match.differs_on == (mutant.rule,) for case, match in matches if case in differently)
    assert all(Flag.OPEN in case.flags for case in differently)


def test_there_are_enough_bugs_and_none_is_listed_twice() -> None:
    assert min(map(len, (READER_MUTANTS, TRIGGER_MUTANTS, ROLE_MUTANTS))) > 55
    assert len(MUTANTS) > 200  # the README of the vectors says so
    assert set(Counter(map(str, (*MUTANTS, *OPEN_MUTANTS))).values()) == {1}
