"""Each bug of a service is caught, and the rule that it breaks is the first that is blamed."""

from collections.abc import Callable
from typing import Any, cast

import pytest

from cognito_claims.conformance.endpoint import Endpoint
from cognito_claims.conformance.runner import run, select
from cognito_claims.conformance.scorecard import Scorecard
from tests.broken_services import BUGS, LEGAL, Bug
from tests.conftest import Connect
from tests.fake_cognito import FakeCognito
from tests.in_process import InProcessClient

RunWith = Callable[[Bug], Scorecard]


@pytest.fixture(scope="module")
def run_with(connect: Connect) -> RunWith:
    client = InProcessClient(connect)

    def run_with(bug: Bug) -> Scorecard:
        client.service = FakeCognito()
        bug.install(client.service)
        return run(Endpoint(cast("Any", client)), select(bug.subjects))

    return run_with


def test_there_are_at_least_a_hundred() -> None:
    assert len(BUGS) >= 100


@pytest.mark.slow
@pytest.mark.parametrize("bug", BUGS.values(), ids=lambda bug: bug.name)
def test_a_bug_is_caught_and_its_rule_is_blamed_first(bug: Bug, run_with: RunWith) -> None:
    card = run_with(bug)
    assert not card.passed
    assert card.blamed[0] in bug.rules


@pytest.mark.slow
@pytest.mark.parametrize("bug", LEGAL.values(), ids=lambda bug: bug.name)
def test_what_aws_allows_passes(bug: Bug, run_with: RunWith) -> None:
    assert run_with(bug).passed
