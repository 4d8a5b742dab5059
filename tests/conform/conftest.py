"""A fake service, and the runner against it."""

from collections.abc import Iterator

import pytest

from cognito_claims.conformance.endpoint import EXAMPLE_ACCOUNT
from cognito_claims.conformance.runner import run, select
from cognito_claims.conformance.scorecard import Scorecard
from tests.conform.commands import RunCases
from tests.conftest import Connect
from tests.fake_cognito import FakeCognito


@pytest.fixture
def fake() -> Iterator[FakeCognito]:
    with FakeCognito() as fake:
        yield fake
    assert fake.pools == {}, "every pool must be removed again"


@pytest.fixture
def run_cases(fake: FakeCognito, connect: Connect) -> RunCases:
    def run_cases(*wanted: str, account_id: str = EXAMPLE_ACCOUNT) -> Scorecard:
        endpoint = fake.adapter.create_endpoint(connect(fake.url), account_id)
        return run(endpoint, select(wanted))

    return run_cases
