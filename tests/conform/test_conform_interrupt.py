"""An interrupted run removes every user pool."""

import os
import signal
import subprocess
from typing import Any

import pytest

from cognito_claims.cli._exit import ExitCode
from cognito_claims.conformance.endpoint import CALLS
from tests.conform.commands import COMMAND, WINNER, call
from tests.fake_cognito import FakeCognito


class TestInterrupted:
    """An interrupted run deletes the user pools that it created, at any point."""

    @pytest.mark.slow
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    @pytest.mark.parametrize("operation", CALLS)
    @pytest.mark.parametrize("times", [1, 2])
    def test_nothing_is_left(
        self, operation: str, number: signal.Signals, times: int, fake: FakeCognito
    ) -> None:
        run: subprocess.Popen[str]

        def interrupt(body: dict[str, Any]) -> dict[str, Any]:
            del fake.instead[operation]
            for _ in range(times):
                run.send_signal(number)
            return fake.respond_correctly(operation, body)

        fake.instead[operation] = interrupt
        arguments = ["--endpoint-url", fake.url, "--select", WINNER, "--select", "paging/one-group"]
        with subprocess.Popen(
            [COMMAND, "conform", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as run:
            stdout, stderr = run.communicate()
        assert run.returncode == ExitCode.INTERRUPTED
        assert stdout == ""
        assert stderr == "error: interrupted; every user pool was removed\n"
        assert fake.pools == {}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("operation", ["CreateUserPool", "CreateGroup", "DeleteUserPool"])
def test_signal_handlers_are_restored(operation: str, number: signal.Signals, fake: FakeCognito) -> None:
    def interrupt(body: dict[str, Any]) -> dict[str, Any]:
        os.kill(os.getpid(), number)
        return fake.respond_correctly(operation, body)

    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    fake.instead[operation] = interrupt
    result = call("--endpoint-url", fake.url, "--select", WINNER)
    assert result.exit_code == ExitCode.INTERRUPTED
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
