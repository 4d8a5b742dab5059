"""Help, usage errors and the start of the command."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner, Result

from cognito_claims import __version__, pool
from cognito_claims.cli._app import app
from cognito_claims.cli._exit import ExitCode
from cognito_claims.cli._group import LazyGroup
from cognito_claims.pool import SnapshotError
from tests.events import event
from tests.fake_cognito import FakeCognito
from tests.pool_data import write_faulty_pool
from tests.samples import role

TOKEN = "eyJhbGciOiJub25lIn0"  # the header of a token: a part is a mistake too
DOCS = Path(__file__).parents[1] / "docs"


def run(*arguments: str, stdin: object = "") -> Result:
    text = stdin if isinstance(stdin, str | bytes) else json.dumps(stdin)
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, arguments, input=text)


def find_commands(group: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every command with its name in parts, the command itself first."""
    group = group or get_command(app)
    yield path, group
    for name in group.subcommands if isinstance(group, LazyGroup) else ():
        yield from find_commands(group.load(name), (*path, name))


COMMANDS = {" ".join(path): command for path, command in find_commands()}


class TestHelp:
    @pytest.mark.parametrize("name", COMMANDS)
    def test_is_readable_text_in_60_columns(
        self, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("COLUMNS", "60")  # which the runner of tests ignores
        with pytest.raises(SystemExit) as ended:
            app([*name.split(), "--help"])
        assert not ended.value.code
        shown = capsys.readouterr().out
        lines = shown.splitlines()
        assert max(map(len, lines)) <= 60
        assert all(line == line.rstrip() for line in lines)
        assert not re.search("[╭│╰<]|None", shown)
        # Commands and options can be copied, since no word is broken.
        words = {word for param in COMMANDS[name].params for word in param.help.split()}
        assert words <= {*shown.split()}
        # A description gets more than half of the width.
        described = lines[lines.index("") :]
        assert all(len(line) - len(line.lstrip()) <= 24 for line in described)

    @pytest.mark.parametrize("name", COMMANDS)
    def test_describes_every_argument_and_option(self, name: str) -> None:
        shown = run(*name.split(), "--help").stdout
        for param in COMMANDS[name].params:
            names = [param.metavar] if param.param_type_name == "argument" else param.opts
            flag = param.param_type_name == "option" and param.is_flag
            # A flag takes no value, and the name of a value describes it.
            value = "" if flag or names == [param.metavar] else f" {param.metavar}"
            row = f"  {', '.join(sorted(names, key=len))}{value}"
            assert re.search(f"^{re.escape(row)}(  |$)", shown, re.MULTILINE), row
            assert " ".join(param.help.split()) in " ".join(shown.split())
            assert (param.metavar is None) == flag

    def test_has_a_section_for_each_panel(self) -> None:
        shown = run("pool", "diff", "--help").stdout
        titles = re.findall("^(\\w.*):$", shown, re.MULTILINE)
        assert titles == ["Arguments", "Options", "Read tables", "What if", "Write files"]
        assert shown.startswith("Usage: cognito-claims pool diff [OPTIONS] [SNAPSHOT] [LATER]\n")

    def test_shows_what_is_required_and_what_is_the_default(self) -> None:
        shown = " ".join(run("pool", "fetch", "--help").stdout.split())
        assert re.search(r"--out FOLDER .*\[required\]", shown)
        assert re.search(r"--rate NUMBER .*0\.1 or more; AWS allows 30, .*\[default: 25\]", shown)
        assert re.search(r"--concurrency NUMBER .*from 1 to 100. \[default: 8\]", shown)

    def test_only_of_the_command_itself_is_about_completion_and_the_version(self) -> None:
        for name in COMMANDS:
            shown = run(*name.split(), "--help").stdout
            for option in ("--install-completion", "--show-completion", "-V, --version"):
                assert (option in shown) == (name == "")

    @pytest.mark.parametrize("name", ["", "pool"])
    def test_is_shown_where_the_subcommand_is_missing(self, name: str) -> None:
        result = run(*name.split())
        assert (result.exit_code, result.stdout) == (ExitCode.BAD_INPUT, "")
        assert result.stderr == run(*name.split(), "--help").stdout

    def test_is_what_the_documentation_shows(self) -> None:
        documented = re.findall(
            "^```text\n(Usage: cognito-claims .+?)^```$",
            (DOCS / "reference" / "cli.md").read_text(),
            re.MULTILINE | re.DOTALL,
        )
        assert run("--help").stdout == documented[0]


class TestStart:
    @pytest.mark.parametrize("option", ["--version", "-V"])
    def test_prints_the_version(self, option: str) -> None:
        assert run(option).stdout == f"{__version__}\n"

    @pytest.mark.slow
    @pytest.mark.parametrize("option", ["--help", "--version"])
    def test_imports_no_more_than_typer_does(self, option: str) -> None:
        empty = "import typer\napp = typer.Typer()\napp.command()(lambda: None)\nsys.argv = ['x', '--help']"
        ours = "from cognito_claims.cli import main as app"
        modules = [
            set(
                subprocess.run(
                    [
                        *(sys.executable, "-c"),
                        f"import sys\n{code}\ntry: app()\nfinally: print(*sys.modules)",
                        option,
                    ],
                    check=True,
                    capture_output=True,
                    text=True,
                )
                .stdout.splitlines()[-1]
                .split()
            )
            for code in (empty, ours)
        ]
        more = {name for name in modules[1] - modules[0] if name.partition(".")[0] != "cognito_claims"}
        assert more == set()


class TestUsageErrors:
    @pytest.mark.parametrize(
        ("arguments", "error"),
        [
            ("resolve --jsno", "no such option: --jsno; did you mean --json?"),
            ("resolve --xyz", "no such option: --xyz"),
            ("resolv", "no such command 'resolv'. Did you mean 'resolve', 'role'?"),
            ("pool audit", "pass either SNAPSHOT, or both --groups and --memberships"),
            ("pool fetch --out x", "missing option '--user-pool-id'"),
            ("schema", "missing argument 'MODEL'"),
            ("resolve --policy", "option '--policy' requires an argument"),
            ("resolve --json=1", "option '--json' does not take a value"),
            ("resolve a.json alice", "unexpected extra argument"),
            ("decode a.json alice secret", "unexpected extra argument"),
            ("schema GroupType --mode x", "--mode: must be one of validation, serialization"),
            ("pool audit x --fail-on x", "--fail-on: must be one of error, warning, note, never"),
            ("schema Group", "MODEL: must be one of "),
            ("conform", "pass --endpoint-url, or --aws to run against AWS itself"),
            ("resolve --policy x", "--policy: must be one of documented, observed, "),
            ("role", "pass --identity-pool, or --identity-pool-id to call the service"),
        ],
    )
    def test_look_like_all_other_errors(self, arguments: str, error: str) -> None:
        result = run(*arguments.split())
        assert (result.exit_code, result.stdout) == (ExitCode.BAD_INPUT, "")
        assert result.stderr.startswith(f"error: {error}")
        assert len(result.stderr.splitlines()) == 1
        assert error.endswith(" ") or result.stderr == f"error: {error}\n" or "MODEL" in error

    @pytest.mark.parametrize(
        "arguments",
        [
            "pool audit x --samples many",
            "pool audit x --samples -1",
            "pool audit x --samples 10001",
            "pool fetch --user-pool-id x --out x --rate fast",
            "pool fetch --user-pool-id x --out x --rate 0",
            "pool fetch --user-pool-id x --out x --concurrency 101",
            "conform --rate 0.01",
        ],
    )
    def test_of_numbers_name_the_option_and_not_the_validation(self, arguments: str) -> None:
        result = run(*arguments.split())
        assert result.exit_code == ExitCode.BAD_INPUT
        option = arguments.split()[-2]
        assert re.fullmatch(f"error: {option}: [^\n]+\n", result.stderr)
        assert not re.search("Input|should|Value error|parse", result.stderr)


CONFORM = "conform --endpoint-url URL --select paging/one-group"
FETCH = "pool fetch --user-pool-id eu-west-1_EXAMPLE --endpoint-url URL"
ACCESS_FILES = ("description", "principal-tags", "roles", "user-pool")
AUDIT_FILES = ("description", "principal-tags", "iam")
LINES = [
    "resolve TOKEN",
    "decode TOKEN",
    "compare TOKEN --groups groups.json",
    "compare --groups TOKEN",
    "role TOKEN --identity-pool pool.json",
    "role --identity-pool TOKEN",
    "access --groups TOKEN --identity-pool pool.json",
    "access --groups groups.json --identity-pool TOKEN",
    *(f"access --groups groups.json --identity-pool pool.json --{name} TOKEN" for name in ACCESS_FILES),
    "access --groups groups.json --identity-pool pool.json --svg TOKEN",
    f"{CONFORM} --junit TOKEN",
    f"{CONFORM} --evidence TOKEN",
    f"{FETCH} --out TOKEN",
    f"{FETCH} --out out --pseudonymize TOKEN",
    "pool resolve TOKEN --out out.parquet",
    "pool resolve --groups TOKEN --memberships m.csv",
    "pool resolve --groups groups.json --memberships TOKEN",
    "pool resolve s --out TOKEN",
    "pool audit TOKEN",
    "pool audit --groups TOKEN --memberships m.csv",
    "pool audit --groups groups.json --memberships TOKEN",
    "pool audit s --identity-pool TOKEN",
    *(f"pool audit s --identity-pool pool.json --{name} TOKEN" for name in AUDIT_FILES),
    "pool audit s --user-pool TOKEN",
    "pool audit s --baseline TOKEN",
    "pool audit s --ignore TOKEN",
    "pool audit s --html TOKEN",
    "pool audit s --sarif TOKEN",
    "pool diff TOKEN --drop-group beta",
    "pool diff s TOKEN",
    "pool diff --groups TOKEN --memberships m.csv --drop-group beta",
    "pool diff --groups groups.json --memberships TOKEN --drop-group beta",
    "pool diff s --later-groups TOKEN --later-memberships m.csv",
    "pool diff s --later-groups groups.json --later-memberships TOKEN",
    "pool diff s --drop-group beta --html TOKEN",
    "pool diff s --drop-group beta --users TOKEN",
]
"""A line for each argument and option that is a file or a folder."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a snapshot and a file of each kind."""
    folder = tmp_path_factory.mktemp("files")
    write_faulty_pool(folder / "s")
    (folder / "groups.json").write_text('{"Groups": []}')
    (folder / "m.csv").write_text("username,group_name\n")
    (folder / "pool.json").write_text(json.dumps(event("identity_pool_token")))
    return folder


class TestFiles:
    """A token that is passed where a file belongs is not printed."""

    @pytest.mark.slow
    @pytest.mark.parametrize("line", LINES)
    def test_are_not_echoed(self, line: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object, out: Path, **__: object) -> None:
            raise SnapshotError(out, "already exists")

        monkeypatch.chdir(folder)
        monkeypatch.setattr(pool, "fetch", refuse)
        with FakeCognito() as fake:
            for form in (TOKEN, f"Bearer {TOKEN}", TOKEN * 20, f"none/{TOKEN}/{TOKEN}"):
                arguments = [one.replace("TOKEN", form).replace("URL", fake.url) for one in line.split()]
                result = run(*arguments, stdin=event("id_token"))
                assert "eyJh" not in result.stderr
                assert isinstance(result.exception, SystemExit | None)

    def test_are_all_covered(self) -> None:
        kinds = ("FILE", "FILE|live", "KEYFILE", "SNAPSHOT", "LATER", "FOLDER")
        files = [one for command in COMMANDS.values() for one in command.params if one.metavar in kinds]
        assert len(files) == len(LINES)

    @pytest.mark.parametrize(
        ("arguments", "name"),
        [
            (["resolve", "none.json"], "FILE"),
            (["decode", "none.json"], "FILE"),
            (["compare", "--groups", "none.json"], "--groups"),
            (["role", "--identity-pool", "none.json"], "--identity-pool"),
            (["access", "--identity-pool", "x", "--groups", "none.json"], "--groups"),
            (["pool", "audit", "s", "--identity-pool", "none.json"], "--identity-pool"),
            (["pool", "audit", "s", "--user-pool", "none.json"], "--user-pool"),
            (["pool", "audit", "s", "--baseline", "none.json"], "--baseline"),
            (["pool", "audit", "s", "--ignore", "none.toml"], "--ignore"),
            (
                ["pool", "fetch", "--user-pool-id", "x", "--out", "x", "--pseudonymize", "none"],
                "--pseudonymize",
            ),
        ],
        ids=lambda value: value if isinstance(value, str) else value[-2],
    )
    def test_that_do_not_exist_are_named_by_their_parameter(
        self, arguments: list[str], name: str, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(folder)
        result = run(*arguments, stdin=event("id_token"))
        assert (result.exit_code, result.stdout) == (ExitCode.BAD_INPUT, "")
        remedy = "pipe the input in" if name == "FILE" else "- to read stdin"
        expected = f"{name}: No such file or directory: pass a file, or {remedy}"
        assert result.stderr == f"error: {expected}\n"

    @pytest.mark.parametrize(
        "arguments", [["pool", "audit", "none"], ["pool", "diff", "s", "none"]], ids=len
    )
    def test_that_are_no_snapshot_are_named_by_their_argument(
        self, arguments: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(folder)
        result = run(*arguments)
        assert (result.exit_code, result.stdout) == (ExitCode.BAD_INPUT, "")
        name = {3: "SNAPSHOT", 4: "LATER"}[len(arguments)]
        reason = "is not a snapshot: pass a folder that cognito-claims pool fetch wrote"
        assert result.stderr == f"error: {name}: {reason}\n"


MISSPELT = {"GroupName": "staff", "RoleArn": role("staff"), "Precedense": 0}
MISSPELT_ERROR = "Groups[0].Precedense: is not a known key: use Precedence"


class TestMisspelledKeys:
    """A misspelled key in a file is refused, and the error names the key that was meant."""

    @pytest.mark.parametrize("file", [[MISSPELT], {"Groups": [MISSPELT]}], ids=["list", "page"])
    def test_of_groups(self, file: object, tmp_path: Path) -> None:
        (tmp_path / "groups.json").write_text(json.dumps(file))
        path = str(tmp_path / "groups.json")
        for arguments, place in ((["resolve", path], ""), (["compare", "--groups", path], "--groups: ")):
            result = run(*arguments, stdin=event("id_token"))
            assert (result.exit_code, result.stdout) == (ExitCode.BAD_INPUT, "")
            assert result.stderr == f"error: {place}{MISSPELT_ERROR}\n"

    def test_of_pages(self) -> None:
        pages = json.dumps({"Groups": [], "NextTokn": "x"}) + json.dumps({"Groups": [MISSPELT]})
        assert run("resolve", stdin=pages).stderr == (
            f"error: page 1: NextTokn: is not a known key: use NextToken\nerror: page 2: {MISSPELT_ERROR}\n"
        )

    def test_of_role_mappings(self, tmp_path: Path) -> None:
        identity_pool = event("identity_pool_token")
        [mapping] = identity_pool["RoleMappings"].values()
        mapping["AmbigousRoleResolution"] = mapping.pop("AmbiguousRoleResolution")
        (tmp_path / "pool.json").write_text(json.dumps(identity_pool))
        write_faulty_pool(tmp_path / "s")
        path = str(tmp_path / "pool.json")
        for arguments in (["role"], ["pool", "audit", str(tmp_path / "s")]):
            result = run(*arguments, "--identity-pool", path, stdin=event("id_token"))
            assert (result.exit_code, result.stdout) == (ExitCode.BAD_INPUT, "")
            assert (
                "AmbigousRoleResolution: is not a known key: use AmbiguousRoleResolution" in result.stderr
            )

    def test_that_aws_may_have_added_are_ignored(self) -> None:
        group = {"GroupName": "staff", "Precedence": 0, "Color": "red"}
        assert run("resolve", stdin={"Groups": [group], "More": 1}).exit_code == ExitCode.OK
