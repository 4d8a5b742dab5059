"""The commands about tokens: decode, compare, role."""

import json
import subprocess
import sys
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jwt
import pytest
from hypothesis import given
from typer.testing import CliRunner, Result

from cognito_claims import cli
from cognito_claims.cli._app import app
from cognito_claims.cli._exit import ExitCode
from cognito_claims.events import build_http_api_event
from cognito_claims.tokens import build_issuer
from tests.events import NAMES, event
from tests.json_values import anything
from tests.samples import role
from tests.scripted_server import ScriptedServer

EVENTS = Path(__file__).parent / "events"
ADMIN, STAFF, LEGAL, SIGNED_IN = role("admin"), role("staff"), role("legal"), role("signed-in")
FOREVER = 4102444800
NOW = 1717055330
ISSUER = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE"
SECRETS = ("alice", "bob@example.com", "c1f2a3b4-0c1d-4e2f-8a3b-4c5d6e7f8091", "0f1e2d3c")


def run(*arguments: str, stdin: object = "") -> Result:
    text = stdin if isinstance(stdin, str | bytes) else json.dumps(stdin)
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, list(arguments), input=text)


def signed(payload: dict[str, object]) -> str:
    return jwt.encode(payload, "a secret of more than thirty-two bytes", headers={"kid": "1"})


def report(*arguments: str, stdin: object = "") -> dict[str, Any]:
    result = run(*arguments, "--json", stdin=stdin)
    assert result.stderr == ""
    found: dict[str, Any] = json.loads(result.stdout)
    return found


DOCUMENTED = [
    json.loads(block.split("```")[0])
    for block in (Path(__file__).parents[1] / "docs" / "reference" / "json.md")
    .read_text()
    .split("```json\n")[2:5]
]


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cognito_claims.cli.decode.time", SimpleNamespace(time=lambda: NOW + 0.5))


def test_the_json_is_as_documented(tmp_path: Path) -> None:
    lone = event("id_token_one_role_none_preferred") | {"exp": NOW + 3000}
    groups = tmp_path / "groups.json"
    group = {"Precedence": 5, "RoleArn": STAFF, "GroupName": "staff"}
    groups.write_text(json.dumps([group, {"GroupName": "admins", "Precedence": 0, "RoleArn": ADMIN}]))
    before = lone | {"cognito:preferred_role": STAFF}
    assert [
        report("decode", stdin=lone),
        report("compare", "--groups", str(groups), stdin=before),
        report("role", "--identity-pool", str(EVENTS / "identity_pool_token.json"), stdin=lone),
    ] == DOCUMENTED


class TestDecode:
    @pytest.mark.parametrize(
        ("name", "first"),
        [
            ("id_token", "An ID token."),
            ("access_token", "An access token."),
            ("alb_oidc_data", "A token of unknown type."),
            ("appsync", "An AppSync resolver event."),
            ("rest_api_federated", "A REST API event."),
            ("http_api", "An HTTP API event."),
            ("pre_token_generation_2", "A pre token generation event."),
        ],
    )
    def test_prints_what_it_is_and_that_nothing_was_verified(self, name: str, first: str) -> None:
        result = run("decode", str(EVENTS / f"{name}.json"))
        assert result.exit_code == ExitCode.OK
        assert result.stdout.startswith(f"{first} No signature was verified")

    def test_lists_the_claims(self) -> None:
        lines = run("decode", stdin=event("id_token")).stdout.splitlines()
        assert lines[2:12] == [
            "Groups",
            "  staff",
            "  admins",
            "  night,shift",
            "",
            "Roles",
            f"  {STAFF}",
            f"  {ADMIN}",
            "",
            "Preferred role",
        ]
        assert "  none" in run("decode", stdin=event("id_token_without_groups")).stdout

    @pytest.mark.parametrize(
        "form", ["{}", "Bearer {}", " {}\n", "bearer  {}", "Authorization: Bearer {}", '"{}"', "'{}'"]
    )
    def test_takes_a_token_as_it_is_copied(self, form: str) -> None:
        token = signed({**event("id_token"), "exp": FOREVER})
        assert report("decode", stdin=form.format(token)) == {
            "version": 1,
            "source": "jwt",
            "token_use": "id",
            "verified": False,
            "iss": ISSUER,
            "iat": 1717054730,
            "exp": FOREVER,
            "expires_in": FOREVER - NOW,
            "claims": {
                "groups": ["staff", "admins", "night,shift"],
                "roles": [STAFF, ADMIN],
                "preferred_role": ADMIN,
            },
            "warnings": [],
        }

    @pytest.mark.parametrize(
        ("exp", "state"),
        [
            (NOW + 1, "1 second left"),
            (NOW + 59, "59 seconds left"),
            (NOW + 3599, "59 minutes left"),
            (NOW + 3600, "1 hour left"),
            (NOW + 10 * 86400, "10 days left"),
            (NOW, "expired 0 seconds ago"),
            (NOW - 61, "expired 1 minute ago"),
            (NOW - 3 * 86400, "expired 3 days ago"),
        ],
    )
    def test_shows_the_issuer_and_the_time_left(self, exp: int, state: str) -> None:
        payload: dict[str, object] = {**event("id_token"), "exp": exp}
        validity = run("decode", stdin=signed(payload)).stdout.split("\n\n")[4].splitlines()
        date = datetime.fromtimestamp(exp, UTC).strftime("%Y-%m-%d %H:%M:%S")
        assert validity == [
            "Validity",
            f"  iss: {ISSUER}",
            "  iat: 2024-05-30 07:38:50 UTC",
            f"  exp: {date} UTC, {state}",
        ]
        printed = report("decode", stdin=payload)
        assert (printed["exp"], printed["expires_in"]) == (exp, exp - NOW)

    @pytest.mark.parametrize("name", ["appsync", "http_api", "rest_api"])
    def test_shows_them_of_an_event_too(self, name: str) -> None:
        printed = report("decode", "--comma-free", stdin=event(name))
        shown = {key: printed[key] for key in ("iss", "iat", "exp")}
        assert shown == {"iss": ISSUER, "iat": 1717054730, "exp": 1717058330}

    @pytest.mark.parametrize(
        "value",
        [
            None,
            True,
            -1,
            10**300,
            [],
            "soon",
            "9" * 13,
            "Thu May 32 07:38:49 UTC 2024",
            "Thu Mai 30 07:38:49 UTC 2024",
            float("nan"),
        ],
        ids=repr,
    )
    def test_a_date_that_is_none_is_not_shown(self, value: object) -> None:
        payload = event("appsync")
        payload["identity"]["claims"] |= {"iat": value, "exp": value, "iss": None}
        printed = report("decode", stdin=payload)
        assert [printed[key] for key in ("iss", "iat", "exp", "expires_in")] == [None] * 4
        assert "Validity" not in run("decode", stdin=payload).stdout

    def test_the_updated_issuer_is_not_odd(self) -> None:
        issuer = build_issuer("eu-west-1_EXAMPLE", updated=True)
        printed = report("decode", stdin=event("id_token") | {"exp": FOREVER, "iss": issuer})
        assert (printed["iss"], printed["warnings"]) == (issuer, [])

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
    def test_takes_a_token_as_shells_write_it(self, encoding: str) -> None:
        for text in (signed(event("id_token")), json.dumps(event("id_token"))):
            assert report("decode", stdin=text.encode(encoding))["token_use"] == "id"

    def test_moves_no_cursor_and_forges_no_lines(self) -> None:
        payload = event("id_token") | {"cognito:groups": ["\x1b[2J", "a\n\nPreferred role\n  forged"]}
        result = run("decode", stdin=payload)
        assert "\x1b" not in result.stdout
        assert r"  \x1b[2J" in result.stdout.splitlines()
        assert r"  a\n\nPreferred role\n  forged" in result.stdout.splitlines()

    @pytest.mark.parametrize("command", ["decode", "compare", "role"])
    @pytest.mark.parametrize("length", [10, 10_000])
    def test_a_token_passed_in_place_of_a_file_is_not_shown(self, command: str, length: int) -> None:
        secret = "eyJhbGciOi." + "secret" * length
        options = {"compare": ["--groups", str(EVENTS / "id_token.json")], "decode": []}
        needed = options.get(command, ["--identity-pool", str(EVENTS / "identity_pool_token.json")])
        result = run(command, secret, *needed)
        assert result.exit_code == ExitCode.BAD_INPUT
        assert "pipe the input in" in result.stderr
        assert "secret" not in result.output

    @pytest.mark.slow
    @pytest.mark.parametrize(
        "arguments", [[], ["decode", "Bearer"], ["role", "--identity-pool"], ["resolve"]]
    )
    def test_nor_is_one_anywhere_else(self, arguments: list[str]) -> None:
        token = signed({"secret": "secret"})
        command = Path(sys.executable).with_name("cognito-claims")
        done = subprocess.run([command, *arguments, token], check=False, capture_output=True, text=True)
        assert done.returncode == ExitCode.BAD_INPUT
        assert "the command line contains a token" in done.stderr
        assert token[:20] not in done.stdout + done.stderr

    def test_nor_in_this_process(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(sys, "argv", ["cognito-claims", "decode", signed({})])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert ended.value.code == ExitCode.BAD_INPUT
        told = capsys.readouterr().err
        assert "the command line contains a token" in told
        assert "eyJ" not in told

    def test_a_path_that_is_none_is_refused(self) -> None:
        assert "must be the path of a file" in run("decode", "a\0b").stderr

    def test_takes_the_padding_of_a_load_balancer(self) -> None:
        parts = [urlsafe_b64encode(json.dumps(part).encode()) for part in ({}, event("alb_oidc_data"))]
        assert b"=" in b"".join(parts)
        assert report("decode", stdin=b".".join([*parts, b"x"]))["claims"]["groups"] == []

    @pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("identity_pool")])
    def test_prints_no_secret(self, name: str) -> None:
        value = event(name)
        inputs: list[object] = [value]
        if "token_use" in value:
            inputs.append(signed(value))
        for given_ in inputs:
            result = run("decode", "--comma-free", stdin=given_)
            assert not any(secret in result.output for secret in SECRETS)
            assert not isinstance(given_, str) or given_.split(".")[1] not in result.output

    def test_a_rest_apis_groups_are_settled_by_the_caller(self) -> None:
        file = str(EVENTS / "rest_api.json")
        result = run("decode", file)
        assert (result.exit_code, result.stdout) == (ExitCode.BAD_INPUT, "")
        assert "REST API event" in result.stderr
        assert "pass --known-group, or --comma-free" in result.stderr
        both = run("decode", file, "--known-group", "staff", "--comma-free")
        assert (both.exit_code, both.stdout) == (ExitCode.BAD_INPUT, "")
        empty = run("decode", file, "--known-group", "")
        assert (empty.exit_code, empty.stdout) == (ExitCode.BAD_INPUT, "")
        unknown = run("decode", file, "--known-group", "staff")
        assert "--known-group matches no reading" in unknown.stderr
        groups = {"groups": ["staff", "admins"], "roles": [STAFF, ADMIN], "preferred_role": ADMIN}
        assert (
            report("decode", file, "--known-group", "staff", "--known-group", "admins")["claims"] == groups
        )
        assert report("decode", file, "--comma-free")["claims"] == groups

    @pytest.mark.parametrize(
        ("changes", "odd"),
        [
            ({"exp": 5}, "the token has expired: exp is 5"),
            ({"exp": None}, "exp: must be a number of seconds"),
            ({"iss": "https://example.com"}, "iss is not an AWS user pool"),
            ({"token_use": "refresh"}, "token_use is neither id nor access"),
            ({"cognito:groups": []}, "cognito:groups is empty"),
            ({"cognito:groups": ["a", "a"]}, "is repeated"),
            ({"cognito:groups": None}, "roles but no groups"),
            ({"cognito:preferred_role": LEGAL}, "the preferred role is not one of the roles"),
            ({"cognito:preferred_role": None, "cognito:roles": [STAFF]}, "null-precedence"),
        ],
    )
    def test_warns_about_an_unusual_id_token(self, changes: dict[str, object], odd: str) -> None:
        payload = {**event("id_token"), "exp": FOREVER} | changes
        assert odd in "\n".join(report("decode", stdin=payload)["warnings"])
        assert "Warnings\n  " in run("decode", stdin=payload).stdout

    @pytest.mark.parametrize(
        ("name", "changes", "odd"),
        [
            ("access_token", {"cognito:roles": [STAFF]}, "an access token contains roles"),
            (
                "access_token_of_a_machine",
                {"cognito:groups": ["a"]},
                "a client credentials token contains groups",
            ),
            ("pre_token_generation_1", {"version": "9"}, "version: must be"),
            (
                "pre_token_generation_1",
                {"response": {"claimsOverrideDetails": {"groupOverrideDetails": None}}},
                "removes every group",
            ),
            (
                "pre_token_generation_1",
                {"response": {"claimsOverrideDetails": {"groupOverrideDetails": {"preferredRole": STAFF}}}},
                "removes every group",
            ),
            (
                "pre_token_generation_2",
                {"response": {"claimsAndScopeOverrideDetails": {"groupOverrideDetails": {}}}},
                "lists no groups, which removes every group",
            ),
        ],
    )
    def test_warns_about_other_unusual_input(self, name: str, changes: dict[str, object], odd: str) -> None:
        value = event(name) | changes
        if "exp" in value:
            value["exp"] = FOREVER
        [found] = report("decode", stdin=value)["warnings"]
        assert odd in found

    def test_finds_nothing_odd_where_nothing_is(self) -> None:
        for name in (
            "appsync",
            "http_api",
            "pre_token_generation_1",
            "pre_token_generation_3_of_a_machine",
        ):
            assert report("decode", stdin=event(name))["warnings"] == []
        filled = event("pre_token_generation_1")
        filled["response"]["claimsOverrideDetails"] = {"groupOverrideDetails": {"groupsToOverride": ["a"]}}
        assert report("decode", stdin=filled)["warnings"] == []

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("", "the input is empty"),
            (" \n", "the input is empty"),
            ("nonsense", "not JSON"),
            ("eyJhbGciOiJub25lIn0.secretsecret", "the token is incomplete"),
            ("eyJhbGciOiJub25lIn0", "the token is incomplete"),
            ("eyJhbGciOiJub25lIn0.c2VjcmV0.x", "the token's payload must be JSON"),
            ("eyJhbGciOiJub25lIn0.c2VjcmV.x", "the token's payload must be JSON"),
            ("a.W10.c", "must be a token, its payload or an event"),
            (b"\xff\xfe\xff", "in UTF-8 or UTF-16"),
            ("[" * 100_000, "not JSON: RecursionError"),
            ("5", "must be a token, its payload or an event"),
            ("{}", "must be a token payload or an event"),
            ('{"Groups": []}', "use cognito-claims resolve"),
            ('{"cognito:groups": "secret"}', "['cognito:groups']: must be a list"),
        ],
    )
    def test_what_is_none_is_refused_and_not_shown(self, text: str | bytes, reason: str) -> None:
        result = run("decode", stdin=text)
        assert (result.exit_code, result.stdout) == (ExitCode.BAD_INPUT, "")
        assert reason in result.stderr
        assert "secret" not in result.stderr
        assert "c2VjcmV0" not in result.stderr

    @given(anything)
    def test_anything_is_decoded_or_refused(self, value: object) -> None:
        result = run("decode", stdin=json.dumps(value))
        assert result.exit_code in (ExitCode.OK, ExitCode.BAD_INPUT), result.exception


class TestCompare:
    GROUPS = json.dumps(
        {
            "Groups": [
                {"GroupName": "staff", "Precedence": 5, "RoleArn": STAFF},
                {"GroupName": "admins", "Precedence": 1, "RoleArn": ADMIN},
            ]
        }
    )

    @pytest.fixture
    def groups(self, tmp_path: Path) -> str:
        file = tmp_path / "groups.json"
        file.write_text(self.GROUPS)
        return str(file)

    def test_an_up_to_date_token_has_no_changes(self, groups: str) -> None:
        payload = {**event("id_token"), "cognito:groups": ["staff", "admins"]}
        result = run("compare", "--groups", groups, stdin=payload)
        assert (result.exit_code, result.stdout) == (ExitCode.OK, "The token is up to date.\n")

    def test_a_stale_one_lists_what_changed(self, groups: str) -> None:
        payload = {
            **event("id_token"),
            "cognito:groups": ["staff", "beta"],
            "cognito:roles": [STAFF, LEGAL],
            "cognito:preferred_role": STAFF,
        }
        result = run("compare", "--groups", groups, stdin=payload)
        assert result.exit_code == ExitCode.NEGATIVE_RESULT
        assert result.stdout.split("\n\n") == [
            "The token is stale.",
            "Groups added:\n  admins",
            "Groups removed:\n  beta",
            f"Roles gained:\n  {ADMIN}",
            f"Roles lost:\n  {LEGAL}",
            f"Preferred role:\n  in the token: {STAFF}\n  now:          {ADMIN}\n",
        ]
        assert report("compare", "--groups", groups, stdin=payload) == {
            "version": 1,
            "stale": True,
            "groups_added": ["admins"],
            "groups_removed": ["beta"],
            "roles_gained": [ADMIN],
            "roles_lost": [LEGAL],
            "preferred_role": {"token": STAFF, "now": ADMIN},
            "alternatives": [],
        }

    def test_of_an_access_token_the_groups_alone_count(self, groups: str) -> None:
        payload = {**event("access_token"), "cognito:groups": ["admins", "staff"]}
        assert run("compare", "--groups", groups, stdin=payload).exit_code == ExitCode.OK
        stale = run("compare", "--groups", groups, stdin=event("access_token"))
        assert stale.exit_code == ExitCode.NEGATIVE_RESULT
        assert "Role" not in stale.stdout

    def test_of_an_event_of_no_known_token_the_groups_alone_can_count(self, groups: str) -> None:
        given_event = build_http_api_event({"cognito:groups": ["admins", "staff"]})
        result = run("compare", "--groups", groups, stdin=given_event)
        assert result.exit_code == ExitCode.NEGATIVE_RESULT
        assert "--groups-only" in result.stderr
        alone = run("compare", "--groups", groups, "--groups-only", stdin=given_event)
        assert (alone.exit_code, alone.stderr) == (ExitCode.OK, "")

    def test_the_live_groups_count(self, moto_url: str, alices_pool: str) -> None:
        where = ["--user-pool-id", alices_pool, "--username", "alice", "--region", "eu-west-1"]
        where += ["--endpoint-url", moto_url]
        payload = {**event("id_token"), "cognito:groups": ["staff", "admins"]}
        assert run("compare", *where, stdin=payload).exit_code == ExitCode.OK
        assert run("compare", *where, stdin=event("id_token")).exit_code == ExitCode.NEGATIVE_RESULT
        assert run("compare", *where[:3], "nobody", *where[4:], stdin=payload).exit_code == ExitCode.SERVICE

    def test_a_policy_answers_what_is_open(self, tmp_path: Path) -> None:
        file = tmp_path / "groups.json"
        file.write_text(json.dumps([{"GroupName": "staff", "RoleArn": STAFF}]))
        payload = event("id_token_one_role_none_preferred")
        result = run("compare", "--groups", str(file), stdin=payload)
        assert result.exit_code == ExitCode.NEGATIVE_RESULT
        assert "now, with the other answer to null-precedence: none" in result.stdout
        assert report("compare", "--groups", str(file), stdin=payload)["alternatives"] == [
            {"open_question": "null-precedence", "preferred_role": None}
        ]
        options = ["--groups", str(file), "--policy", "null_precedence=abstains"]
        assert run("compare", *options, stdin=payload).exit_code == ExitCode.OK

    @pytest.mark.parametrize(
        ("options", "reason"),
        [
            ([], "pass --groups"),
            (["--username", "alice"], "also pass --user-pool-id"),
            (["--region", "eu-west-1"], "also pass --user-pool-id and --username"),
            (["--groups", str(EVENTS / "id_token.json"), "--region", "eu-west-1"], "pass --groups"),
            (
                ["--groups", str(EVENTS / "id_token.json"), "--user-pool-id", "a_b", "--username", "c"],
                "pass --groups",
            ),
        ],
    )
    def test_requires_one_source_of_groups(self, options: list[str], reason: str) -> None:
        result = run("compare", *options, stdin=event("id_token"))
        assert result.exit_code == ExitCode.BAD_INPUT
        assert reason in result.stderr

    def test_errors_of_the_groups_name_the_option(self, tmp_path: Path) -> None:
        file = tmp_path / "groups.json"
        file.write_text("not JSON")
        result = run("compare", "--groups", str(file), stdin=event("id_token"))
        assert (result.exit_code, result.stderr[:26]) == (ExitCode.BAD_INPUT, "error: --groups: not JSON:")

    def test_groups_that_cannot_be_one_users_are_refused(self, tmp_path: Path) -> None:
        file = tmp_path / "groups.json"
        file.write_text(json.dumps([{"GroupName": "a", "UserPoolId": f"{pool}_X"} for pool in "ab"]))
        assert (
            run("compare", "--groups", str(file), stdin=event("id_token")).exit_code == ExitCode.BAD_INPUT
        )


class TestRole:
    TOKEN, RULES = str(EVENTS / "identity_pool_token.json"), str(EVENTS / "identity_pool_rules.json")

    def test_assumed(self) -> None:
        result = run("role", "--identity-pool", self.TOKEN, stdin=signed(event("id_token")))
        assert result.exit_code == ExitCode.OK
        assert result.stdout.splitlines()[:2] == [f"Assumed: {ADMIN}", "  it is cognito:preferred_role"]
        assert "Open questions" not in result.stdout

    def test_denied(self) -> None:
        result = run("role", "--identity-pool", self.TOKEN, stdin=event("id_token_one_role_none_preferred"))
        assert result.exit_code == ExitCode.NEGATIVE_RESULT
        assert result.stdout.startswith("Denied\n  cognito:preferred_role is not set")
        assert "NotAuthorizedException" in result.stdout
        assert f"with the other answer: {STAFF}" in result.stdout

    def test_the_identity_of_an_appsync_event_has_all_claims(self) -> None:
        result = run("role", "--identity-pool", self.RULES, stdin=event("appsync"))
        assert result.exit_code == ExitCode.OK
        assert result.stdout.startswith(f"Assumed: {SIGNED_IN}\n  none of 2 rules matches")

    def test_an_open_question_that_would_deny(self, tmp_path: Path) -> None:
        pool = event("identity_pool_token")
        [mapping] = pool["RoleMappings"].values()
        row = {"Claim": "cognito:groups", "MatchType": "Contains", "Value": "taf", "RoleARN": LEGAL}
        mapping |= {"Type": "Rules", "RulesConfiguration": {"Rules": [row]}}
        file = tmp_path / "pool.json"
        file.write_text(json.dumps(pool))
        result = run("role", "--identity-pool", str(file), stdin=event("id_token"))
        assert result.exit_code == ExitCode.NEGATIVE_RESULT
        assert f"with the other answer: {LEGAL}" in result.stdout

    def test_json(self) -> None:
        assert report("role", "--identity-pool", self.RULES, stdin=event("id_token")) == {
            "version": 1,
            "outcome": "assumed",
            "role_arn": LEGAL,
            "reason": "rule 2 of 2 matches: custom:department Equals 'legal'",
            "rules": ["first-match", "array-elements"],
            "alternatives": [{"open_question": "contains-element", "role_arn": ADMIN}],
        }

    def test_a_role_asked_for(self) -> None:
        options = ["--identity-pool", self.TOKEN, "--custom-role-arn"]
        assert report("role", *options, STAFF, stdin=event("id_token"))["role_arn"] == STAFF
        denied = report("role", *options, LEGAL, stdin=event("id_token"))
        assert (denied["outcome"], denied["role_arn"]) == ("denied", None)

    def test_live(self, scripted: ScriptedServer) -> None:
        scripted.queue_response({"Groups": [{"GroupName": "staff", "Precedence": 1, "RoleArn": STAFF}]})
        scripted.queue_response(
            {k: v for k, v in event("identity_pool_token").items() if k != "ResponseMetadata"}
        )
        result = run(
            *("role", "--user-pool-id", "eu-west-1_EXAMPLE", "--username", "alice"),
            *("--client-id", "1example23456789", "--identity-pool-id", "eu-west-1:0a1b"),
            *("--region", "eu-west-1", "--endpoint-url", scripted.url),
        )
        assert (result.exit_code, result.stderr) == (ExitCode.OK, "")
        assert result.stdout.startswith(f"Assumed: {STAFF}")
        assert scripted.requests[1] == {"IdentityPoolId": "eu-west-1:0a1b"}

    def test_live_depends_on_an_open_question(self, scripted: ScriptedServer) -> None:
        scripted.queue_response({"Groups": [{"GroupName": "staff", "RoleArn": STAFF}]})
        arguments = ["role", "--user-pool-id", "eu-west-1_EXAMPLE", "--username", "alice", "--client-id"]
        arguments += ["1example23456789", "--identity-pool", self.TOKEN, "--region", "eu-west-1"]
        found = report(*arguments, "--endpoint-url", scripted.url)
        assert found["role_arn"] == STAFF
        assert found["alternatives"] == [{"open_question": "null-precedence", "role_arn": None}]

    def test_live_is_refused_if_rules_use_claims_that_groups_lack(self, scripted: ScriptedServer) -> None:
        scripted.queue_response({"Groups": []})
        arguments = ["role", "--user-pool-id", "eu-west-1_EXAMPLE", "--username", "alice", "--client-id"]
        arguments += ["1example23456789", "--identity-pool", self.RULES, "--region", "eu-west-1"]
        result = run(*arguments, "--endpoint-url", scripted.url)
        assert result.exit_code == ExitCode.BAD_INPUT
        assert "custom:department: rule 2 uses this claim" in result.stderr

    def test_of_a_provider_that_is_named(self) -> None:
        payload = {key: value for key, value in event("id_token").items() if key != "aud"}
        refused = run("role", "--identity-pool", self.TOKEN, stdin=payload)
        assert "pass --provider" in refused.stderr
        [provider] = event("identity_pool_token")["RoleMappings"]
        named = run("role", "--identity-pool", self.TOKEN, "--provider", provider, stdin=payload)
        assert named.exit_code == ExitCode.OK

    def test_of_a_claim_nested_too_deeply_is_bad_input(self, tmp_path: Path) -> None:
        pool = event("identity_pool_rules")
        [mapping] = pool["RoleMappings"].values()
        mapping["RulesConfiguration"]["Rules"][0]["Claim"] = "deep"
        file = tmp_path / "pool.json"
        file.write_text(json.dumps(pool))
        text = json.dumps(event("id_token"))[:-1] + ', "deep": ' + "[" * 900 + "]" * 900 + "}"
        result = run("role", "--identity-pool", str(file), stdin=text)
        assert result.exit_code in (ExitCode.OK, ExitCode.BAD_INPUT)
        assert not isinstance(result.exception, RecursionError)

    def test_of_a_pool_in_china(self, scripted: ScriptedServer, tmp_path: Path) -> None:
        scripted.queue_response({"Groups": []})
        provider = "cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_EXAMPLE:x"
        file = tmp_path / "pool.json"
        file.write_text(json.dumps({"RoleMappings": {provider: {"Type": "Token"}}}))
        result = run(
            *("role", "--user-pool-id", "cn-north-1_EXAMPLE", "--username", "alice", "--client-id", "x"),
            *("--region", "cn-north-1", "--endpoint-url", scripted.url, "--identity-pool", str(file)),
        )
        assert provider in result.stdout

    def test_a_refusal_has_the_exit_code_of_the_service(self, scripted: ScriptedServer) -> None:
        scripted.queue_error("ResourceNotFoundException", "no such identity pool")
        result = run(
            *("role", "--identity-pool-id", "eu-west-1:0a1b", "--region", "eu-west-1"),
            *("--endpoint-url", scripted.url),
            stdin=event("id_token"),
        )
        assert result.exit_code == ExitCode.SERVICE
        assert "no such identity pool" in result.stderr

    def test_groups_that_cannot_be_one_users_are_refused(self, scripted: ScriptedServer) -> None:
        scripted.queue_response(
            {"Groups": [{"GroupName": "a", "UserPoolId": f"{pool}_X"} for pool in "ab"]}
        )
        result = run(
            *("role", "--user-pool-id", "eu-west-1_X", "--username", "alice", "--client-id", "x"),
            *("--region", "eu-west-1", "--endpoint-url", scripted.url, "--identity-pool", self.TOKEN),
        )
        assert result.exit_code == ExitCode.BAD_INPUT

    @pytest.mark.parametrize(
        ("options", "stdin", "reason"),
        [
            ([], "id_token", "--identity-pool"),
            (["--identity-pool", TOKEN, "--identity-pool-id", "x"], "id_token", "--identity-pool"),
            (["--identity-pool", TOKEN, "--username", "x"], "id_token", "--user-pool-id and --client-id"),
            (["--identity-pool", TOKEN, "--username", "x", "token.txt"], "id_token", "not both"),
            (["--identity-pool", TOKEN], "access_token", "ID tokens only"),
            (["--identity-pool", TOKEN], "http_api", "pass the ID token"),
            (["--identity-pool", TOKEN], "rest_api", "pass the ID token"),
            (["--identity-pool", str(EVENTS / "README.md")], "id_token", "not JSON"),
            (["--identity-pool", str(EVENTS / "id_token.json")], "id_token", "must be a role mapping"),
            (["--identity-pool", TOKEN, "--region", "eu-west-1"], "id_token", "are not used"),
            (["--identity-pool", TOKEN, "--policy", "roleless=blocks"], "id_token", "not to a token"),
        ],
    )
    def test_invalid_input_is_refused(self, options: list[str], stdin: str, reason: str) -> None:
        result = run("role", *options, stdin=event(stdin))
        assert (result.exit_code, result.stdout) == (ExitCode.BAD_INPUT, "")
        assert reason in result.stderr

    def test_a_pool_that_is_no_object_is_refused(self, tmp_path: Path) -> None:
        file = tmp_path / "pool.json"
        for text, reason in (
            ("[]", "the output of aws cognito-identity"),
            ('{"Type": "Token"}', "--identity-pool: is a single mapping"),
        ):
            file.write_text(text)
            result = run("role", "--identity-pool", str(file), stdin=event("id_token"))
            assert result.exit_code == ExitCode.BAD_INPUT
            assert reason in result.stderr

    def test_problems_of_a_mapping_are_reported_with_their_paths(self, tmp_path: Path) -> None:
        file = tmp_path / "pool.json"
        file.write_text('{"RoleMappings": {"x": {"Type": "Other"}}}')
        result = run("role", "--identity-pool", str(file), stdin=event("id_token"))
        assert "RoleMappings.x.Type" in result.stderr
