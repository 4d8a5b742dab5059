"""The command in tests, and responses that refuse a call."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from cognito_claims.cli._app import app
from cognito_claims.conformance.scorecard import Scorecard
from tests.fake_cognito import RefusedError

COMMAND = str(Path(sys.executable).with_name("cognito-claims"))
WINNER = "preferred-role/zero-is-best"
TIE = "preferred-role/tie-differing-roles"
RunCases = Callable[..., Scorecard]


def call(*arguments: str, stdin: str = "") -> Result:
    return CliRunner().invoke(app, ["conform", *arguments], input=stdin)


def build_refusal(status: int = 400) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def refuse(_: dict[str, Any]) -> dict[str, Any]:
        raise RefusedError(status, "InvalidParameterException")

    return refuse
