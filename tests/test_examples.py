"""The programs in examples/, run as their readers would."""

import asyncio
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from cognito_claims import GroupClaims
from cognito_claims.events import apply_override, build_http_api_event, build_rest_api_event
from examples import pre_token_generation
from tests.events import event
from tests.samples import role

EXAMPLES = Path(__file__).parents[1] / "examples"


def signing_in(name: str, teams: str | None) -> dict[str, Any]:
    given = event(name)
    if teams is not None:
        given["request"]["userAttributes"]["custom:teams"] = teams
    return given


@pytest.mark.parametrize("name", ["pre_token_generation_1", "pre_token_generation_2"])
@pytest.mark.parametrize(
    ("teams", "claims"),
    [
        (
            "sales platform support",
            GroupClaims(("admins", "agents", "sellers"), (role("admin"), role("agent")), role("admin")),
        ),
        ("sales unknown", GroupClaims(("sellers",))),
        ("", GroupClaims()),
        (None, GroupClaims()),
    ],
)
def test_a_users_teams_become_groups(name: str, teams: str | None, claims: GroupClaims) -> None:
    answer = pre_token_generation.handler(signing_in(name, teams), None)
    tokens = apply_override(GroupClaims(("staff",)), json.loads(json.dumps(answer)))
    assert tokens.group_claims == claims
    assert tokens.access_token == claims.access_token()


def call(given: dict[str, Any]) -> tuple[int, object]:
    with ThreadPoolExecutor(1) as thread:
        answer = thread.submit(in_a_loop_of_its_own, given).result()
    return answer["statusCode"], json.loads(answer["body"])


def in_a_loop_of_its_own(given: dict[str, Any]) -> dict[str, Any]:
    """Give Mangum the current event loop that it has in Lambda, and leave pytest's alone."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        from examples import fastapi_groups  # which makes a loop if there is none

        return fastapi_groups.handler(given, None)  # type: ignore[arg-type]
    finally:
        loop.close()


@pytest.mark.parametrize("render", [build_rest_api_event, build_http_api_event])
class TestFastAPI:
    def test_admits_members(self, render: Any) -> None:
        assert call(render(GroupClaims(("staff", "admins")), path="/orders")) == (
            200,
            {"groups": ["admins", "staff"]},
        )

    @pytest.mark.parametrize("groups", [(), ("admins",), ("staff,night",)])
    def test_admits_nobody_else(self, render: Any, groups: tuple[str, ...]) -> None:
        assert call(render(GroupClaims(groups), path="/orders"))[0] == 403

    def test_admits_nobody_without_an_authorizer(self, render: Any) -> None:
        given = render(GroupClaims(("staff",)), path="/orders")
        del given["requestContext"]["authorizer"]
        assert call(given) == (401, {"detail": "no authorizer in front of this API"})


def test_fastapi_admits_nobody_by_a_guess() -> None:
    unknown = GroupClaims(("staff", "unknown"))
    refused = call(build_rest_api_event(unknown, path="/orders"))
    assert refused == (401, {"detail": "the claims cannot be read"})
    assert call(build_http_api_event(unknown, path="/orders"))[0] == 200


def test_alice_learns_which_role_and_why_not_the_other() -> None:
    done = subprocess.run(
        [sys.executable, EXAMPLES / "which_role.py"], check=True, capture_output=True, text=True
    )
    tie, asked, settled = done.stdout.split("-" * 78)
    assert f"Alice gets {role('signed-in')}: cognito:preferred_role is not set" in tie
    assert "tie-differing-roles" in tie
    assert f"Alice gets {role('auditor')}: the CustomRoleArn is one of cognito:roles." in asked
    assert f"Alice gets {role('admin')}: it is cognito:preferred_role." in settled
    assert done.stderr == ""
