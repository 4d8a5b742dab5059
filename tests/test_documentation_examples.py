"""The examples of the documentation run as printed, with moto in place of AWS."""

import ast
import doctest
import inspect
import json
import os
import re
import shutil
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from cognito_claims.pool import Snapshot
from tests.aws_proxy import AwsProxy
from tests.conftest import Client
from tests.documented_shell import find_blocks, find_commands, matches, run_page
from tests.events import event
from tests.samples import role
from tests.test_access import build_pool, trust
from tools import generate

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
PAGES = [str(path.relative_to(ROOT)) for path in generate.PAGES]


@pytest.fixture
def signed_in(moto: Client, alices_pool: str) -> Iterator[tuple[str, Any]]:
    """An app client's id, and the tokens that moto signed for a user in `staff`."""
    client_id = moto.create_user_pool_client(UserPoolId=alices_pool, ClientName="docs")["UserPoolClient"]
    moto.admin_create_user(UserPoolId=alices_pool, Username="bob")
    moto.admin_set_user_password(
        UserPoolId=alices_pool, Username="bob", Password="P4ss-word", Permanent=True
    )
    moto.admin_add_user_to_group(UserPoolId=alices_pool, Username="bob", GroupName="staff")
    answer = moto.admin_initiate_auth(
        UserPoolId=alices_pool,
        ClientId=client_id["ClientId"],
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "bob", "PASSWORD": "P4ss-word"},
    )
    yield client_id["ClientId"], answer["AuthenticationResult"]
    moto.admin_delete_user(UserPoolId=alices_pool, Username="bob")


@pytest.fixture
def example_aws(
    moto_url: str, alices_pool: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    """Let examples reach moto's server, and return what to replace in them."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto_url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    keys = "/eu-west-1_EXAMPLE/.well-known"
    return {
        f"https://cognito-idp.eu-west-1.amazonaws.com{keys}": f"{moto_url}{keys}",
        "eu-west-1_EXAMPLE": alices_pool,
        "http://127.0.0.1:5000": moto_url,
    }


def replace_all(text: str, replacements: dict[str, str]) -> str:
    for old, new in replacements.items():
        text = text.replace(old, new)
    return text


@pytest.mark.slow
@pytest.mark.usefixtures("fixed_examples")
@pytest.mark.parametrize("page", [page for page in PAGES if ">>> " in (ROOT / page).read_text()])
def test_the_examples_run_as_printed(
    page: str, example_aws: dict[str, str], signed_in: tuple[str, Any]
) -> None:
    client_id, tokens = signed_in
    text = replace_all((ROOT / page).read_text(), {**example_aws, "1example23456789": client_id})
    names = {"token": tokens["IdToken"], "access_token": tokens["AccessToken"]}
    examples = doctest.DocTestParser().get_doctest(text, names, page, page, 0)
    assert len(examples.examples) == len(re.findall("^>>> ", text, re.MULTILINE)) > 0
    failures: list[str] = []
    doctest.DocTestRunner().run(examples, out=failures.append)
    assert failures == []


BLOCKS = re.findall(r"^```python\n(.+?)^```$(?:\n\n```text\n(.+?)^```$)?", README, re.MULTILINE | re.DOTALL)
"""Each program of the README, with the text block that follows it or ''."""


class TestReadme:
    def test_is_short(self) -> None:
        assert len(README.splitlines()) <= 160

    def test_has_programs_to_paste(self) -> None:
        assert len(BLOCKS) == README.count("```python") >= 7
        assert ">>>" not in README

    @pytest.mark.slow
    @pytest.mark.usefixtures("fixed_examples")
    @pytest.mark.parametrize("number", range(len(BLOCKS)))
    def test_programs_print_what_their_comments_show(
        self,
        number: int,
        example_aws: dict[str, str],
        capsys: pytest.CaptureFixture[str],
        request: pytest.FixtureRequest,
    ) -> None:
        code, text = BLOCKS[number]
        comments = re.findall(r"^ *print\(.+\)  # (.+)$", code, re.MULTILINE)
        expected = text.splitlines() or comments
        tree = ast.parse(replace_all(code, example_aws), feature_version=(3, 11))
        names: dict[str, Any] = {"__name__": "readme"}
        exec(compile(tree, "README.md", "exec"), names)
        tests = [value for name, value in names.items() if name.startswith("test_")]
        for test in tests:
            test(**{name: request.getfixturevalue(name) for name in inspect.signature(test).parameters})
        assert expected or tests
        assert capsys.readouterr().out.splitlines() == expected


LEFT_OUT = {
    "cognito-claims --install-completion": "tests/test_cli_completion.py",
    "cognito-claims --show-completion zsh >": "tests/test_cli_completion.py",
    "cognito-claims conform --aws": "tests/conform/test_conform_cli.py",
    "cognito-claims conform --endpoint-url": "tests/conform/test_conform_cli.py",
    "node ": "tests/test_other_languages.py",
    "java ": "tests/test_other_languages.py",
    "python -m moto.server": "tests/conform/test_scorecards.py",
    "python -m cognito_claims.testing.moto": "tests/conform/test_scorecards.py",
    "HOST=127.0.0.1 PORT=5000 npx": "tests/conform/test_scorecards.py",
    "BIND_HOST=127.0.0.1 GATEWAY_PORT=5000": "tests/conform/test_scorecards.py",
    "GATEWAY_SERVER=hypercorn SERVICES=cognito-idp localemu": "tests/conform/test_scorecards.py",
}
"""The beginnings of commands that are slow or change the machine, with the tests that run them."""

PROGRAMS_ELSEWHERE = {"docs/how-to/pools.md": "tests/test_pool_spark.py"}
"""The pages with a program that another test runs, with that test."""

CONSOLE_PAGES = [page for page in PAGES if "```console\n" in (ROOT / page).read_text()]


@pytest.fixture
def example_folder(
    moto: Client,
    moto_url: str,
    alices_pool: str,
    signed_in: tuple[str, Any],
    tmp_path: Path,
) -> Iterator[tuple[Path, dict[str, str], dict[str, str]]]:
    """The files that commands read, what to replace in commands, and the environment."""
    client_id, tokens = signed_in
    session: Any = boto3.Session(region_name="eu-west-1")
    provider = f"cognito-idp.eu-west-1.amazonaws.com/{alices_pool}"
    pool_id = session.client("cognito-identity", endpoint_url=moto_url).create_identity_pool(
        IdentityPoolName="alice",
        AllowUnauthenticatedIdentities=False,
        CognitoIdentityProviders=[{"ProviderName": provider, "ClientId": client_id}],
    )["IdentityPoolId"]
    iam = session.client("iam", endpoint_url=moto_url)
    for name in ("admin", "staff"):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust(pool_id)))
    moto.create_group(UserPoolId=alices_pool, GroupName="beta", Precedence=20, RoleArn=role("beta"))
    groups = moto.list_groups(UserPoolId=alices_pool)["Groups"]
    (tmp_path / "token.txt").write_text(tokens["IdToken"])
    (tmp_path / "event.json").write_text(json.dumps(event("rest_api")))
    memberships = {"memberships": ["alice,staff"], "old": ["alice,staff"], "new": ["alice,admins"]}
    for name, rows in memberships.items():
        (tmp_path / f"{name}.csv").write_text("\n".join(["username,group_name", *rows, ""]))
    for name in ("snapshot", "yesterday", "today"):
        Snapshot.write(
            tmp_path / name, groups=groups, memberships=[("alice", "staff"), ("alice", "admins")]
        )
    for name in ("groups.parquet", "memberships.parquet"):
        shutil.copy(tmp_path / "today" / name, tmp_path)
    with AwsProxy(moto_url) as proxy:
        proxy.respond(
            "GetIdentityPoolRoles",
            build_pool(None, IdentityPoolId=pool_id)
            | {
                "RoleMappings": {
                    f"{provider}:{client_id}": {"Type": "Token", "AmbiguousRoleResolution": "Deny"}
                }
            },
        )
        proxy.respond("GetPrincipalTagAttributeMap", {"IdentityPoolId": pool_id, "UseDefaults": False})
        environment = {
            **os.environ,
            "AWS_ENDPOINT_URL": proxy.url,
            "AWS_DEFAULT_REGION": "eu-west-1",
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }
        replacements = {
            "eu-west-1:0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d": pool_id,
            "eu-west-1_EXAMPLE": alices_pool,
            "1example23456789": client_id,
        }
        yield tmp_path, replacements, environment
    moto.delete_group(UserPoolId=alices_pool, GroupName="beta")
    for name in ("admin", "staff"):
        iam.delete_role(RoleName=name)


class TestCommands:
    @pytest.mark.slow
    @pytest.mark.parametrize("page", [page for page in CONSOLE_PAGES if "scorecards" not in page])
    def test_run_as_printed(
        self, page: str, example_folder: tuple[Path, dict[str, str], dict[str, str]]
    ) -> None:
        folder, replacements, environment = example_folder
        text = (ROOT / page).read_text()
        if page != "docs/tutorial.md":
            text = replace_all(text, replacements)
        if "pool fetch" in text:
            shutil.rmtree(folder / "snapshot")
        for run in run_page(text, folder, environment, LEFT_OUT):
            assert run.code in (0, 1), run  # 1 is a negative result
            assert "error: " not in run.printed, run
            assert not run.command.shown or matches(run.command.shown, run.printed), run

    def test_install_extras_that_exist(self) -> None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
        for page in PAGES:
            for extras in re.findall(r"cognito-claims\[([a-z,]+)\]", (ROOT / page).read_text()):
                assert {*extras.split(",")} <= {*project["optional-dependencies"]}, page

    def test_that_other_tests_run_are_on_a_page(self) -> None:
        texts = [(ROOT / page).read_text() for page in CONSOLE_PAGES]
        commands = [
            one.line for text in texts for block in find_blocks(text) for one in find_commands(block)
        ]
        for start, test in (LEFT_OUT | PROGRAMS_ELSEWHERE).items():
            assert (ROOT / test).is_file()
            assert start in PROGRAMS_ELSEWHERE or any(line.startswith(start) for line in commands), start


@pytest.mark.parametrize("page", [page for page in PAGES if page != "CONTRIBUTING.md"])
def test_every_block_is_run(page: str) -> None:
    """A command and a session run as they are, and a program is saved and run by a command."""
    text = (ROOT / page).read_text()
    blocks = find_blocks(text)
    assert len(blocks) == len(re.findall(r"^```\w+$", text, re.MULTILINE))
    commands = [one.line for block in blocks for one in find_commands(block)]
    for block in blocks:
        assert block.language in ("console", "json", "pycon", "python", "text", "toml", "yaml"), block
        if block.file is not None:
            stem = block.file.partition(".")[0]
            assert stem == "conftest" or any(stem in line for line in commands), block
        elif block.language == "python":
            assert page == "README.md" or page in PROGRAMS_ELSEWHERE, block
        elif block.language == "pycon":
            assert block.text.startswith(">>> "), block
        elif block.language == "console":
            assert block.text.startswith("$ "), block
