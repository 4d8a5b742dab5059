import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from typer.main import get_command
from typer.testing import CliRunner, Result

from cognito_claims import cli, models, resolve_user
from cognito_claims.cli._app import app
from cognito_claims.cli._exit import ExitCode
from cognito_claims.cli._group import LazyGroup
from tests.decisions import count_decisions
from tests.events import event
from tests.samples import POOL, role
from tests.scripted_server import ScriptedServer

COMMAND = str(Path(sys.executable).with_name("cognito-claims"))
ADMIN, STAFF = role("admin"), role("staff")
GROUPS: list[dict[str, object]] = [
    {"GroupName": "staff", "UserPoolId": POOL, "Precedence": 10, "RoleArn": STAFF, "CreationDate": 1.5},
    {"GroupName": "admins", "UserPoolId": POOL, "Precedence": 0, "RoleArn": ADMIN, "Description": ""},
    {"GroupName": "[red]fans[/red]:smile:", "UserPoolId": POOL},
]
WINNER = {"Groups": GROUPS}
PAGES: list[object] = [
    {"Groups": GROUPS[:1], "NextToken": "secret"},
    {"Groups": [], "NextToken": "secret2"},
    {"Groups": GROUPS[1:]},
]
TIE = {"Groups": [{**GROUPS[0], "Precedence": 0}, GROUPS[1]]}
OPEN = {"Groups": [{"GroupName": "staff", "RoleArn": STAFF}]}
AWS_CLI = """
{
    "Groups": [
        {
            "GroupName": "admins",
            "UserPoolId": "eu-west-1_EXAMPLE",
            "RoleArn": "arn:aws:iam::123456789012:role/admin",
            "Precedence": 0,
            "LastModifiedDate": "2026-01-08T21:19:07.123000+01:00",
            "CreationDate": "2026-01-08T21:19:07.123000+01:00"
        }
    ]
}
"""


def run(arguments: Sequence[str], stdin: object = "") -> Result:
    text = stdin if isinstance(stdin, str | bytes) else json.dumps(stdin)
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, list(arguments), input=text)


def resolve(stdin: object, *options: str) -> Result:
    return run(["resolve", *options], stdin)


class TestText:
    def test_shows_the_groups_in_rank_order_the_claims_and_the_reason(self) -> None:
        result = resolve(WINNER)
        assert result.exit_code == ExitCode.OK
        assert result.stderr == ""
        lines = result.stdout.splitlines()
        assert lines[0].split() == ["Rank", "Group", "Precedence", "Status", "Role"]
        assert lines[1].split() == ["1", "admins", "0", "decides", ADMIN]
        assert lines[2].split() == ["2", "staff", "10", "outranked", STAFF]
        assert lines[3].split() == ["3", "[red]fans[/red]:smile:", "none", "no", "role"]
        assert f"Preferred role: {ADMIN}" in lines
        assert "  lowest-wins (documented): The role of the group" in result.stdout
        assert f'"cognito:preferred_role": "{ADMIN}"' in result.stdout
        assert "Open questions" not in result.stdout

    def test_shows_open_questions(self) -> None:
        result = resolve(OPEN)
        assert "null-precedence: Does a group without a precedence" in result.stdout
        assert 'with null_precedence="abstains": no preferred role' in result.stdout

    def test_of_no_groups_is_short(self) -> None:
        result = resolve({"Groups": []})
        assert result.exit_code == ExitCode.OK
        assert result.stdout.startswith("No role: no group has one")


class TestInput:
    def test_may_be_what_the_aws_cli_prints(self) -> None:
        assert f"Preferred role: {ADMIN}" in resolve(AWS_CLI).stdout

    def test_may_be_a_file(self, tmp_path: Path) -> None:
        file = tmp_path / "groups.json"
        file.write_text(AWS_CLI)
        assert f"Preferred role: {ADMIN}" in run(["resolve", str(file)]).stdout
        assert run(["resolve", "-"], AWS_CLI).stdout == run(["resolve", str(file)]).stdout

    def test_may_be_the_bare_list(self) -> None:
        assert resolve(GROUPS).stdout == resolve(WINNER).stdout

    def test_may_be_all_of_several_pages_in_order(self) -> None:
        assert resolve(" ".join(map(json.dumps, PAGES)) + "\n").stdout == resolve(WINNER).stdout

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
    def test_may_be_in_any_encoding_that_json_is_written_in(self, encoding: str) -> None:
        assert resolve(AWS_CLI.encode(encoding)).exit_code == ExitCode.OK

    @pytest.mark.parametrize(
        ("pages", "reason"),
        [
            (PAGES[:1], "NextToken: the list is incomplete"),
            (PAGES[:2], "NextToken: the list is incomplete"),
            ([PAGES[2], PAGES[0]], "page 1: has no NextToken"),
            ([WINNER, WINNER], "page 1: has no NextToken"),
            ([GROUPS[:1], GROUPS[1:]], "page 1: has no NextToken"),
        ],
        ids=["first alone", "last missing", "out of order", "two lists", "two bare lists"],
    )
    def test_that_is_not_one_whole_list_is_refused(self, pages: list[object], reason: str) -> None:
        result = resolve("".join(map(json.dumps, pages)))
        assert (result.exit_code, result.stdout) == (ExitCode.BAD_INPUT, "")
        assert reason in result.stderr
        assert "secret" not in result.stderr

    def test_with_faults_is_refused_with_every_place(self) -> None:
        bad = [{"Groups": [{"GroupName": "a", "Precedence": -1}, {}]}, {"Groups": [{"RoleArn": "x"}]}]
        result = resolve("".join(map(json.dumps, bad)))
        assert result.exit_code == ExitCode.BAD_INPUT
        assert result.stdout == ""
        assert [line.split(": ")[1:3] for line in result.stderr.splitlines()] == [
            ["page 1", "Groups[0].Precedence"],
            ["page 1", "Groups[1].GroupName"],
            ["page 2", "Groups[0].GroupName"],
            ["page 2", "Groups[0].RoleArn"],
        ]

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("", "the input is empty"),
            (" \n", "the input is empty"),
            ("nonsense", "not JSON"),
            ('{"Groups": []', "not JSON"),
            ('{"Groups": []} x', "line 1 column 16"),
            (b"\xff\xff\xff", "not JSON"),
            ("[" * 100_000, "not JSON"),
            ('{"Groups": [{"GroupName": "a", "Precedence": ' + "9" * 5000 + "}]}", "not JSON"),
            ("5", "must be an object"),
            ("{}", "Groups: is missing"),
            ('{"Users": []}', "Groups: is missing"),
            ('{"Groups": [{"GroupName": "a", "Precedence": NaN}]}', "Groups[0].Precedence"),
        ],
    )
    def test_that_is_none_is_refused(self, text: str | bytes, reason: str) -> None:
        result = resolve(text)
        assert (result.exit_code, result.stdout) == (ExitCode.BAD_INPUT, "")
        assert reason in result.stderr

    def test_of_two_pools_is_refused(self) -> None:
        result = resolve([GROUPS[0], {**GROUPS[1], "UserPoolId": "us-east-1_OTHER"}])
        assert (result.exit_code, result.stdout) == (ExitCode.BAD_INPUT, "")
        assert "2 user pools" in result.stderr

    def test_that_is_not_there_is_refused(self, tmp_path: Path) -> None:
        result = run(["resolve", str(tmp_path / "none.json")])
        assert result.exit_code == ExitCode.BAD_INPUT
        reason = "FILE: No such file or directory: pass a file, or pipe the input in"
        assert result.stderr == f"error: {reason}\n"

    def test_is_not_waited_for_at_a_terminal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("cognito_claims.cli._input._is_stdin_a_terminal", lambda: True)
        result = resolve("")
        assert result.exit_code == ExitCode.BAD_INPUT
        assert "pass a file" in result.stderr


class TestJSON:
    def test_is_what_is_documented(self) -> None:
        result = resolve(OPEN, "--json")
        assert result.exit_code == ExitCode.OK
        documented = (Path(__file__).parents[1] / "docs" / "reference" / "json.md").read_text()
        example = documented.split("```json\n")[1].split("```")[0]
        assert json.loads(result.stdout) == json.loads(example)

    @pytest.mark.parametrize(
        ("groups", "outcome"), [(WINNER, "preferred"), (TIE, "ambiguous"), ({"Groups": []}, "no-role")]
    )
    def test_names_each_outcome(self, groups: object, outcome: str) -> None:
        report = json.loads(resolve(groups, "--json").stdout)
        assert report["outcome"] == outcome

    def test_holds_the_groups_as_the_aws_cli_prints_them(self) -> None:
        report = json.loads(resolve(AWS_CLI, "--json").stdout)
        assert [entry["group"] for entry in report["ranking"]] == json.loads(AWS_CLI)["Groups"]


class TestPolicy:
    def test_changes_the_answer(self) -> None:
        assert f"Preferred role: {STAFF}" in resolve(OPEN).stdout
        assert "No preferred role" in resolve(OPEN, "--policy", "null_precedence=abstains").stdout

    def test_is_named_if_it_is_not_the_documented_one(self) -> None:
        under = 'under null_precedence="ranks-last", roleless="blocks"'
        assert under in resolve(WINNER, "--policy", "roleless=blocks").stdout
        assert "under null" not in resolve(WINNER, "--policy", "roleless=ignored").stdout

    @pytest.mark.parametrize("nulls", ["ranks-last", "abstains"])
    @pytest.mark.parametrize("roleless", ["ignored", "blocks"])
    def test_has_each_setting(self, nulls: str, roleless: str) -> None:
        options = ["--policy", f"null_precedence={nulls}", "--policy", f"roleless={roleless}"]
        report = json.loads(resolve(WINNER, "--json", *options).stdout)
        assert report["policy"] == {"null_precedence": nulls, "roleless": roleless}

    @pytest.mark.parametrize("setting", ["nulls=win", "null_precedence=blocks", "roleless", ""])
    def test_of_a_different_name_is_refused(self, setting: str) -> None:
        result = resolve(OPEN, "--policy", setting)
        assert result.exit_code == ExitCode.BAD_INPUT
        assert "--policy: must be one of documented, observed, null_precedence=ranks-last" in result.stderr

    def test_has_a_name_if_published_tokens_show_it(self) -> None:
        observed = json.loads(resolve(OPEN, "--json", "--policy", "observed").stdout)
        assert observed["policy"] == {"null_precedence": "abstains", "roleless": "ignored"}
        assert observed["preferred_role"] is None
        both = resolve(OPEN, "--json", "--policy", "observed", "--policy", "roleless=blocks").stdout
        assert json.loads(both)["policy"] == {"null_precedence": "abstains", "roleless": "blocks"}
        documented = resolve(OPEN, "--json", "--policy", "roleless=blocks", "--policy", "documented").stdout
        assert json.loads(documented)["policy"] == {"null_precedence": "ranks-last", "roleless": "ignored"}


class TestStrict:
    @pytest.mark.parametrize(
        ("groups", "code"),
        [
            (WINNER, ExitCode.OK),
            ({"Groups": []}, ExitCode.OK),
            (TIE, ExitCode.NEGATIVE_RESULT),
            (OPEN, ExitCode.NEGATIVE_RESULT),
            ({}, ExitCode.BAD_INPUT),
        ],
        ids=["winner", "no role", "tie", "open question", "bad input"],
    )
    def test_exit_code_shows_whether_the_result_is_certain(self, groups: object, code: ExitCode) -> None:
        result = resolve(groups, "--strict")
        assert result.exit_code == code
        if code != ExitCode.BAD_INPUT:
            assert result.stdout == resolve(groups).stdout


def live(endpoint_url: str, pool: str, username: str = "alice", *options: str) -> Result:
    where = ["--region", "eu-west-1", "--endpoint-url", endpoint_url]
    return run(["resolve", "--user-pool-id", pool, "--username", username, *where, *options])


class TestLive:
    def test_asks_the_service(self, moto_url: str, alices_pool: str) -> None:
        result = live(moto_url, alices_pool)
        assert (result.exit_code, result.stderr) == (ExitCode.OK, "")
        assert f"Preferred role: {ADMIN}" in result.stdout

    def test_an_unknown_user_is_the_services_refusal(self, moto_url: str, alices_pool: str) -> None:
        result = live(moto_url, alices_pool, "nobody")
        assert (result.exit_code, result.stdout) == (ExitCode.SERVICE, "")
        assert "UserNotFoundException" in result.stderr

    def test_a_page_that_does_not_fit_is_bad_input(self, scripted: ScriptedServer) -> None:
        scripted.queue_response({"Groups": [{}, {"GroupName": "a", "Precedence": -1}]})
        result = live(scripted.url, POOL)
        assert result.exit_code == ExitCode.BAD_INPUT
        assert [line.split(": ")[2] for line in result.stderr.splitlines()] == [
            "Groups[0].GroupName",
            "Groups[1].Precedence",
        ]

    def test_a_repeated_token_is_the_services_fault(self, scripted: ScriptedServer) -> None:
        scripted.queue_response({"Groups": [], "NextToken": "x"}, {"Groups": [], "NextToken": "x"})
        assert live(scripted.url, POOL).exit_code == ExitCode.SERVICE

    def test_all_invalid_arguments_are_reported_at_once(self, moto_url: str) -> None:
        result = live(moto_url, "no pool", "secret name")
        assert result.exit_code == ExitCode.BAD_INPUT
        assert len(result.stderr.splitlines()) == 2
        assert "secret" not in result.stderr

    def test_an_endpoint_that_is_no_url_is_bad_input(self) -> None:
        result = live("nowhere", POOL)
        assert result.exit_code == ExitCode.BAD_INPUT
        assert "nowhere" in result.stderr

    @pytest.mark.parametrize("rubbish", [[1], "x", None, {"Groups": "x"}, {"Groups": [5]}, b"\xff"])
    def test_an_answer_that_boto3_cannot_read_is_one_line(
        self, scripted: ScriptedServer, rubbish: object
    ) -> None:
        scripted.queue_response(rubbish)
        result = live(scripted.url, POOL)
        assert result.exit_code == ExitCode.SERVICE
        assert result.stderr.startswith("error: the response could not be read")
        assert len(result.stderr.splitlines()) == 1

    def test_the_services_words_cannot_write_on_the_terminal(self, scripted: ScriptedServer) -> None:
        scripted.queue_error("NotAuthorizedException", "\x1b[31mred\nerror: forged")
        result = live(scripted.url, POOL)
        assert result.exit_code == ExitCode.SERVICE
        assert "\x1b" not in result.stderr
        assert len(result.stderr.splitlines()) == 1

    def test_an_unknown_profile_is_reported(self, moto_url: str, alices_pool: str) -> None:
        result = live(moto_url, alices_pool, "alice", "--profile", "nope")
        assert result.exit_code == ExitCode.BAD_INPUT
        assert "nope" in result.stderr

    @pytest.mark.parametrize(
        ("options", "reason"),
        [
            (["--user-pool-id", POOL], "also pass --username"),
            (["--username", "alice"], "also pass --user-pool-id"),
            (["--region", "eu-west-1"], "also pass --user-pool-id and --username"),
            (["--user-pool-id", POOL, "--username", "alice", "-"], "not both"),
        ],
        ids=["no user", "no pool", "neither", "and a file"],
    )
    def test_needs_a_pool_and_a_user_and_no_file(self, options: list[str], reason: str) -> None:
        result = run(["resolve", *options], WINNER)
        assert (result.exit_code, result.stdout) == (ExitCode.BAD_INPUT, "")
        assert reason in result.stderr

    def test_without_a_region_names_the_option(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
        result = run(["resolve", "--user-pool-id", "local_EXAMPLE", "--username", "alice"])
        assert (result.exit_code, result.stdout) == (ExitCode.BAD_INPUT, "")
        assert result.stderr == "error: no AWS region is configured: pass --region\n"

    def test_without_a_region_uses_that_of_the_pool(
        self, scripted: ScriptedServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        scripted.queue_response({"Groups": []}, {"Groups": []}, {"Groups": []})
        used: list[object] = []

        def record(client: Any, **arguments: Any) -> Any:
            used.append(client.meta.region_name)
            return resolve_user(client, **arguments)

        monkeypatch.setattr("cognito_claims.cli._service.resolve_user", record)
        where = ["resolve", "--user-pool-id", POOL, "--username", "alice", "--endpoint-url", scripted.url]
        assert run(where).exit_code == ExitCode.OK
        assert run([*where, "--region", "us-east-1"]).exit_code == ExitCode.OK
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
        assert run(where).exit_code == ExitCode.OK
        assert used == ["eu-west-1", "us-east-1", "us-west-2"]

    def test_in_the_wrong_region_names_the_right_one(self, scripted: ScriptedServer) -> None:
        advice = "the region is us-east-1, but the ID is of eu-west-1: pass --region eu-west-1"
        where = ["--region", "us-east-1", "--endpoint-url", scripted.url]
        user = ["--user-pool-id", POOL, "--username", "alice"]
        token = ["--identity-pool-id", "eu-west-1:0a1b"]
        for arguments in (["resolve", *user], ["role", *token]):
            scripted.queue_error("ResourceNotFoundException", "not found")
            result = run([*arguments, *where], event("id_token"))
            assert (result.exit_code, result.stdout) == (ExitCode.SERVICE, "")
            assert result.stderr.endswith(f": not found: {advice}\n")

    def test_that_is_not_found_in_its_region_is_only_refused(self, scripted: ScriptedServer) -> None:
        scripted.queue_error("ResourceNotFoundException", "not found")
        assert live(scripted.url, POOL).stderr.endswith("operation: not found\n")

    @pytest.mark.parametrize(
        ("region", "advice"),
        [
            ("us-east-1", "the region is us-east-1, but the ID is of eu-west-1: pass --region eu-west-1"),
            ("eu-west-1", "check the network, and the region eu-west-1"),
        ],
    )
    def test_that_cannot_be_reached_is_advised(
        self, region: str, advice: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object, **__: object) -> None:
            raise EndpointConnectionError(endpoint_url="https://example.com")

        monkeypatch.setattr("cognito_claims.cli._service.resolve_user", refuse)
        result = run(["resolve", "--user-pool-id", POOL, "--username", "alice", "--region", region])
        assert result.exit_code == ExitCode.SERVICE
        assert result.stderr.endswith(f'"https://example.com": {advice}\n')

    @pytest.mark.slow  # boto3 retries
    def test_at_an_endpoint_that_cannot_be_reached_names_the_option(self) -> None:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))  # not listening, so that a connection is refused
            result = live(f"http://127.0.0.1:{unused.getsockname()[1]}", POOL)
        assert result.exit_code == ExitCode.SERVICE
        assert result.stderr.endswith(": check --endpoint-url\n")

    def test_without_credentials_explains_how_to_pass_them(
        self, monkeypatch: pytest.MonkeyPatch, scripted: ScriptedServer
    ) -> None:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.delenv(name)
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        result = live(scripted.url, POOL)
        assert (result.exit_code, result.stdout) == (ExitCode.SERVICE, "")
        assert result.stderr == (
            "error: no AWS credentials are configured: pass --profile, or run aws configure\n"
        )

    def test_a_page_may_have_any_key(self, scripted: ScriptedServer) -> None:
        """AWS may add a member whose name is near one that a group lacks."""
        scripted.queue_response({"Groups": [{"GroupName": "staff", "Precedense": 0}], "NextTokn": "x"})
        assert live(scripted.url, POOL).exit_code == ExitCode.OK

    def test_without_boto3_names_the_extra(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "boto3", None)
        result = live("http://127.0.0.1", POOL)
        assert result.exit_code == ExitCode.BAD_INPUT
        assert 'pip install "cognito-claims[aws]"' in result.stderr


class TestSchema:
    @pytest.mark.parametrize("name", models.__all__)
    def test_prints_the_models(self, name: str) -> None:
        for mode in ("validation", "serialization"):
            result = run(["schema", name, "--mode", mode])
            assert json.loads(result.stdout) == getattr(models, name).model_json_schema(mode=mode)
        assert run(["schema", name]).stdout == run(["schema", name, "--mode", "validation"]).stdout

    def test_of_another_name_is_refused(self) -> None:
        result = run(["schema", "WireModel"])
        assert (result.exit_code, result.stdout) == (ExitCode.BAD_INPUT, "")


class TestCommand:
    """The installed command, as a user's shell runs it."""

    def test_reads_stdin_and_writes_stdout(self) -> None:
        done = subprocess.run(
            [COMMAND, "resolve"], input=AWS_CLI, check=True, capture_output=True, text=True
        )
        assert f"Preferred role: {ADMIN}" in done.stdout
        assert done.stderr == ""
        assert "\x1b" not in done.stdout

    @pytest.mark.parametrize("arguments", [["-h"], ["resolve", "-h"], ["schema", "-h"]])
    def test_helps(self, arguments: list[str]) -> None:
        assert run(arguments).exit_code == ExitCode.OK
        assert run(arguments).stdout == run([*arguments[:-1], "--help"]).stdout

    def test_every_option_is_documented(self) -> None:
        docs = Path(__file__).parents[1] / "docs"
        for command, page in (
            ("resolve", "reference/cli.md"),
            ("schema", "reference/cli.md"),
            ("conform", "reference/cli.md"),
        ):
            documented = (docs / page).read_text()
            shown = run([command, "--help"]).stdout
            options = set(re.findall(r"--[a-z][a-z-]+", shown))
            assert options > {"--help"}
            assert {option for option in options - {"--help"} if option not in documented} == set()
        documented = (docs / "reference" / "exit-codes.md").read_text()
        for code in ExitCode:
            assert f"| {code.value} |" in documented

    def test_without_its_extra_names_it(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.delitem(sys.modules, "cognito_claims.cli._app")
        monkeypatch.setitem(sys.modules, "typer", None)
        with pytest.raises(SystemExit) as caught:
            cli.main()
        assert caught.value.code == ExitCode.BAD_INPUT
        assert 'pip install "cognito-claims[cli]"' in capsys.readouterr().err

    def test_starts_where_the_installed_command_does(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(sys, "argv", ["cognito-claims", "--version"])
        with pytest.raises(SystemExit) as caught:
            cli.main()
        assert caught.value.code == ExitCode.OK
        assert capsys.readouterr().out == f"{version('cognito-claims')}\n"

    @pytest.mark.parametrize("option", ["--json", "--strict"])
    def test_that_cannot_write_its_result_has_a_code_of_its_own(self, option: str) -> None:
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(
                [COMMAND, "resolve", option],
                check=False,
                input=AWS_CLI,
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
            )
        assert done.returncode == ExitCode.NOT_WRITTEN
        assert done.stderr.startswith("error: the result could not be written")
        assert len(done.stderr.splitlines()) == 1

    def test_whose_reader_goes_away_is_quiet_and_not_mistaken_for_a_verdict(self) -> None:
        read_end, write_end = os.pipe()
        os.close(read_end)
        done = subprocess.run(
            [COMMAND, "resolve"],
            check=False,
            input=AWS_CLI,
            stdout=write_end,
            stderr=subprocess.PIPE,
            text=True,
        )
        os.close(write_end)
        assert (done.returncode, done.stderr) == (ExitCode.NOT_WRITTEN, "")

    @pytest.mark.parametrize(
        ("error", "lines"), [(BrokenPipeError(), 0), (OSError(28, "No space left on device"), 1)]
    )
    def test_reports_why_the_result_could_not_be_written(
        self, monkeypatch: pytest.MonkeyPatch, error: OSError, lines: int
    ) -> None:
        def fail(text: str, *, err: bool = False) -> None:
            told.append(text)
            if not err:
                raise error

        told: list[str] = []
        monkeypatch.setattr("typer.echo", fail)
        assert resolve(OPEN).exit_code == ExitCode.NOT_WRITTEN
        assert len(told) == 1 + lines

    def test_does_not_crash_without_stdin_or_stdout(self, tmp_path: Path) -> None:
        file = tmp_path / "groups.json"
        file.write_text(AWS_CLI)
        for redirection, code in (("<&-", ExitCode.BAD_INPUT), (f"{file} >&-", ExitCode.OK)):
            line = f"{COMMAND} resolve {redirection}"
            done = subprocess.run(
                ["sh", "-c", line], check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True
            )
            assert "Traceback" not in done.stderr
            assert done.returncode == code

    def test_writes_what_a_narrow_encoding_cannot_hold(self) -> None:
        group = json.dumps({"Groups": [{"GroupName": "管理者"}]})
        for option in ("--json", "--strict"):
            done = subprocess.run(
                [COMMAND, "resolve", option],
                input=group,
                check=True,
                capture_output=True,
                encoding="ascii",
                env={**os.environ, "PYTHONIOENCODING": "ascii"},
            )
            assert "\\u7ba1\\u7406\\u8005" in done.stdout

    def test_leaves_whole_what_may_be_copied_from_a_narrow_terminal(self) -> None:
        result = CliRunner(env={"COLUMNS": "40", "FORCE_COLOR": "1", "NO_COLOR": "1"}).invoke(
            app, ["resolve"], input=json.dumps(WINNER)
        )
        assert f'"cognito:preferred_role": "{ADMIN}"' in result.stdout
        assert f"Preferred role: {ADMIN}" in result.stdout
        assert "Precedence" in result.stdout

    def test_another_missing_module_is_not_explained_away(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "argv", ["cognito-claims", "schema", "GroupType"])
        monkeypatch.setitem(sys.modules, "json", None)
        monkeypatch.delitem(sys.modules, "cognito_claims.cli._output", raising=False)
        monkeypatch.delitem(sys.modules, "cognito_claims.cli.schema", raising=False)
        with pytest.raises(ModuleNotFoundError):
            cli.main()


class TestLazyGroup:
    """A subcommand is imported when it is run."""

    @pytest.mark.parametrize(
        ("arguments", "loaded"),
        [
            (["--help"], []),
            (["--version"], []),
            (["schema", "--help"], ["schema"]),
            (["pool", "--help"], ["pool"]),
            (["pool", "audit", "--help"], ["pool", "pool.audit"]),
        ],
        ids=" ".join,
    )
    def test_loads_what_is_run(self, arguments: list[str], loaded: list[str]) -> None:
        code = "import sys; from cognito_claims.cli import main\ntry: main()\nfinally: print(*sys.modules)"
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments], check=True, capture_output=True, text=True
        )
        modules = set(done.stdout.splitlines()[-1].split())
        prefix = "cognito_claims.cli."
        found = {name.removeprefix(prefix) for name in modules if name.startswith(prefix)}
        assert sorted(name for name in found if not name.rpartition(".")[2].startswith("_")) == loaded
        assert modules.isdisjoint({"boto3", "duckdb", "jinja2", "hypothesis"})
        if not loaded:
            assert "pydantic" not in modules

    def test_lists_the_first_line_of_each_subcommands_help(self) -> None:
        groups = [get_command(app)]
        listed: list[str] = []
        for group in groups:
            assert isinstance(group, LazyGroup)
            for name, line in group.subcommands.items():
                loaded = group.load(name)
                assert loaded.help.split("\n\n")[0] == line
                listed.append(name)
                groups += [loaded] if isinstance(loaded, LazyGroup) else []
        assert listed[:8] == [
            *("resolve", "decode", "compare", "role", "access", "conform", "schema", "pool"),
        ]
        assert listed[8:] == ["fetch", "resolve", "audit", "diff"]


class TestModule:
    """`python -m cognito_claims` is the command."""

    def test_runs_the_command(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(sys, "argv", ["cognito_claims", "--version"])
        with pytest.raises(SystemExit) as caught:
            import_module("cognito_claims.__main__")
        assert caught.value.code == ExitCode.OK
        assert capsys.readouterr().out == f"{version('cognito-claims')}\n"

    def test_without_its_extra_names_it(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.delitem(sys.modules, "cognito_claims.cli._app")
        monkeypatch.setitem(sys.modules, "typer", None)
        with pytest.raises(SystemExit) as caught:
            import_module("cognito_claims.__main__")
        assert caught.value.code == ExitCode.BAD_INPUT
        error = 'error: this command needs an extra: pip install "cognito-claims[cli]"\n'
        assert capsys.readouterr().err == error

    def test_is_named_in_its_help(self) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "cognito_claims", "-h"], check=True, capture_output=True, text=True
        )
        assert "python -m cognito_claims" in done.stdout


class TestDecisions:
    """The decision is worked out once for each policy."""

    @pytest.mark.parametrize("options", [[], ["--json"], ["--json", "--strict"]], ids=str)
    @pytest.mark.parametrize("groups", [WINNER, TIE, OPEN], ids=["winner", "tie", "open question"])
    def test_are_not_repeated(
        self, groups: object, options: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        counts = count_decisions(monkeypatch)
        assert resolve(groups, *options).exit_code in (ExitCode.OK, ExitCode.NEGATIVE_RESULT)
        assert len(counts) > 1
        assert set(counts.values()) == {1}
