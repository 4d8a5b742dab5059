"""The programs in examples/ run, and do what they describe."""

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


def build_sign_in(name: str, teams: str | None) -> dict[str, Any]:
    sign_in = event(name)
    if teams is not None:
        sign_in["request"]["userAttributes"]["custom:teams"] = teams
    return sign_in


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
    returned = pre_token_generation.handler(build_sign_in(name, teams), None)
    tokens = apply_override(GroupClaims(("staff",)), json.loads(json.dumps(returned)))
    assert tokens.group_claims == claims
    assert tokens.access_token == claims.access_token()


def call(request: dict[str, Any]) -> tuple[int, object]:
    with ThreadPoolExecutor(1) as thread:
        answer = thread.submit(run_in_new_loop, request).result()
    return answer["statusCode"], json.loads(answer["body"])


def run_in_new_loop(request: dict[str, Any]) -> dict[str, Any]:
    """Run the handler with a current event loop, as in Lambda, without touching pytest's loop."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        from examples import fastapi_groups  # importing it creates a loop if there is none

        return fastapi_groups.handler(request, None)  # type: ignore[arg-type]
    finally:
        loop.close()


@pytest.mark.parametrize("build", [build_rest_api_event, build_http_api_event])
class TestFastAPI:
    def test_admits_members(self, build: Any) -> None:
        assert call(build(GroupClaims(("staff", "admins")), path="/orders")) == (
            200,
            {"groups": ["admins", "staff"]},
        )

    @pytest.mark.parametrize("groups", [(), ("admins",), ("staff,night",)])
    def test_admits_nobody_else(self, build: Any, groups: tuple[str, ...]) -> None:
        assert call(build(GroupClaims(groups), path="/orders"))[0] == 403

    def test_admits_nobody_without_an_authorizer(self, build: Any) -> None:
        request = build(GroupClaims(("staff",)), path="/orders")
        del request["requestContext"]["authorizer"]
        assert call(request) == (401, {"detail": "no authorizer in front of this API"})


def test_fastapi_admits_nobody_by_a_guess() -> None:
    unknown = GroupClaims(("staff", "unknown"))
    refused = call(build_rest_api_event(unknown, path="/orders"))
    assert refused == (401, {"detail": "the claims cannot be read"})
    assert call(build_http_api_event(unknown, path="/orders"))[0] == 200


def test_alice_gets_one_role_and_the_reason() -> None:
    done = subprocess.run(
        [sys.executable, EXAMPLES / "which_role.py"], check=True, capture_output=True, text=True
    )
    tie, requested, changed = done.stdout.split("-" * 78)
    assert f"Alice gets {role('signed-in')}: cognito:preferred_role is not set" in tie
    assert "tie-differing-roles" in tie
    assert f"Alice gets {role('auditor')}: the CustomRoleArn is one of cognito:roles." in requested
    assert f"Alice gets {role('admin')}: it is cognito:preferred_role." in changed
    assert done.stderr == ""
