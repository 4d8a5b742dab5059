"""The public face: every name is there, editors find it, and nothing heavy comes with it."""

import ast
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import cognito_claims
from cognito_claims import pool, testing
from cognito_claims._lazy import attach

jedi: Any = import_module("jedi")  # it has no types
FACES: list[Any] = [cognito_claims, pool, testing]


def declared(face: ModuleType) -> dict[str, str]:
    """Return the module of each name that the `.pyi` beside a face declares."""
    source = Path(str(face.__file__)).with_suffix(".pyi").read_text()
    return {
        alias.name: str(node.module)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


@pytest.mark.parametrize("face", FACES)
def test_the_declared_names_are_those_of_the_table_and_of_the_modules(face: Any) -> None:
    names = declared(face)
    assert sorted(names) == sorted(face.__all__)
    for name, home in names.items():
        module: Any = import_module(home)
        assert getattr(face, name) is getattr(module, name), name
        assert name in dir(face)


@pytest.mark.parametrize("face", FACES)
def test_an_unknown_name_is_an_attribute_error(face: Any) -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        face.no_such_name  # noqa: B018


def test_a_name_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    package: Any = ModuleType("package")
    monkeypatch.setitem(sys.modules, "package", package)
    monkeypatch.setitem(sys.modules, "package.module", ModuleType("package.module"))
    monkeypatch.setattr(sys.modules["package.module"], "name", "value", raising=False)
    package.__getattr__, _, names = attach("package", {"module": ("name",)})
    assert (package.name, names) == ("value", ["name"])
    assert vars(package)["name"] == "value"


def test_the_top_has_the_names_of_the_core_only() -> None:
    assert 35 <= len(dir(cognito_claims)) <= 50


def test_the_version_is_the_one_of_the_distribution() -> None:
    from importlib.metadata import version

    assert cognito_claims.__version__ == version("cognito-claims")


def test_help_opens_with_an_example() -> None:
    summary, _, rest = str(cognito_claims.__doc__).partition("\n\n")
    assert summary.endswith(".")
    assert rest.startswith(">>> from cognito_claims import resolve\n")


class TestEditors:
    """What jedi completes, as Jupyter and python-lsp show it."""

    def completions(self, code: str) -> set[str]:
        return {completion.name for completion in jedi.Script(code).complete()}

    def test_names_of_the_package(self) -> None:
        assert {"resolve", "resolve_user", "Resolution"} <= self.completions(
            "import cognito_claims\ncognito_claims.res"
        ) | self.completions("import cognito_claims\ncognito_claims.Res")

    @pytest.mark.parametrize("face", FACES)
    def test_no_machinery(self, face: ModuleType) -> None:
        name = face.__name__
        assert "attach" not in self.completions(f"import {name}\n{name}.")

    def test_keyword_arguments_of_a_call(self) -> None:
        code = "from cognito_claims import resolve_user\nresolve_user(client, us"
        assert {"user_pool_id=", "username="} <= self.completions(code)

    def test_attributes_of_a_class(self) -> None:
        assert {"claims", "explain"} <= self.completions(
            "from cognito_claims import Resolution\nResolution."
        )

    def test_attributes_of_a_result(self) -> None:
        code = "from cognito_claims import resolve\nresolve([])."
        assert {"claims", "explain", "outcome", "preferred_role"} <= self.completions(code)

    def test_keyword_arguments(self) -> None:
        code = "from cognito_claims import resolve_user\nresolve_user(client, "
        [signature] = jedi.Script(code).get_signatures()
        assert [parameter.name for parameter in signature.params] == [
            "client",
            "user_pool_id",
            "username",
            "policy",
        ]


def test_every_name_comes_without_any_extra() -> None:
    code = (
        "import sys, cognito_claims\n"
        "assert 'pydantic' not in sys.modules\n"
        "[getattr(cognito_claims, name) for name in cognito_claims.__all__]\n"
        "print(*{'boto3', 'botocore', 'hypothesis', 'jmespath', 'rich', 'typer'} & set(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == ""


def test_resolving_does_not_import_the_other_models() -> None:
    code = (
        "import sys\n"
        "from cognito_claims import GroupType, resolve\n"
        "resolve([{'GroupName': 'a'}]).claims.id_token()\n"
        "print(*(name for name in sys.modules if name.startswith('cognito_claims.')))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert "cognito_claims.models" not in done.stdout.split()


def leave_out_imports(typing: str) -> str:
    """Leave out the imports: an example has to use a name."""
    return re.sub(r"^from [^(\n]+ import (\([^)]*\)|.*)$", "", typing, flags=re.MULTILINE)


@pytest.mark.parametrize(
    ("home", "used"),
    [
        ("", r"\b{}\b"),
        ("access", r"\b{}\b"),
        ("client", r"(?<!aio\.)\b{}\b"),
        ("client.aio", r"\baio\.{}\b"),
        ("events", r"\b{}\b"),
        ("identity_pool", r"\b{}\b"),
        ("pool", r"\b{}\b"),
        ("testing.strategies", r"assert_type\({}\("),
        ("tokens", r"\b{}\b"),
    ],
)
def test_every_public_name_is_used_in_a_typing_example(home: str, used: str) -> None:
    module = import_module(f"cognito_claims.{home}".removesuffix("."))
    examples = [path.read_text() for path in (Path(__file__).parent / "typing").glob("*.py")]
    typing = "".join(map(leave_out_imports, examples))
    assert [name for name in module.__all__ if not re.search(used.format(name), typing)] == []


@pytest.mark.parametrize("function", ["resolve", "resolve_user", "validate_responses"])
def test_every_public_function_has_its_type_asserted(function: str) -> None:
    typing = (Path(__file__).parent / "typing" / "clients.py").read_text()
    assert f"assert_type({function}(" in typing
