"""Each bug of a service is caught, and the rule that it breaks is the first that is blamed."""

import pytest

from cognito_claims.conformance.endpoint import Endpoint
from cognito_claims.conformance.runner import run, select
from cognito_claims.conformance.scorecard import Scorecard
from tests.broken_services import BUGS, LEGAL, Bug
from tests.conftest import Connect
from tests.fake_cognito import FakeCognito


def run_with(bug: Bug, connect: Connect) -> Scorecard:
    with FakeCognito() as fake:
        bug.install(fake)
        return run(Endpoint(connect(fake.url)), select(bug.subjects))


def test_there_are_at_least_a_hundred() -> None:
    assert len(BUGS) >= 100


@pytest.mark.slow
@pytest.mark.parametrize("bug", BUGS.values(), ids=lambda bug: bug.name)
def test_a_bug_is_caught_and_its_rule_is_blamed_first(bug: Bug, connect: Connect) -> None:
    card = run_with(bug, connect)
    assert not card.passed
    assert card.blamed[0] in bug.rules


@pytest.mark.slow
@pytest.mark.parametrize("bug", LEGAL.values(), ids=lambda bug: bug.name)
def test_what_aws_allows_passes(bug: Bug, connect: Connect) -> None:
    assert run_with(bug, connect).passed
