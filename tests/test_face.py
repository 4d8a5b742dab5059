"""The public face: every name is there, and nothing heavy comes with it."""

import ast
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import cognito_claims
from cognito_claims import pool, testing

FACES: list[Any] = [cognito_claims, pool, testing]
NAMES = [(face, name) for face in FACES for name in face.__all__]


@pytest.mark.parametrize(("face", "name"), NAMES)
def test_every_public_name_is_what_type_checkers_believe(face: Any, name: str) -> None:
    home = face._HOMES[name]
    assert getattr(face, name) is getattr(sys.modules[f"{face.__name__}.{home}"], name)
    assert name in dir(face)


@pytest.mark.parametrize("face", FACES)
def test_the_table_of_names_agrees_with_the_imports_that_type_checkers_read(face: Any) -> None:
    source = Path(face.__file__).read_text()
    imported = {
        alias.name: str(node.module).removeprefix(f"{face.__name__}.")
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("cognito_claims.")
        for alias in node.names
    }
    assert imported == face._HOMES
    assert sorted(face.__all__) == sorted(imported)


@pytest.mark.parametrize(("face", "name"), NAMES)
def test_a_public_module_offers_what_the_face_takes_from_it(face: Any, name: str) -> None:
    getattr(face, name)
    assert name in sys.modules[f"{face.__name__}.{face._HOMES[name]}"].__all__


@pytest.mark.parametrize("face", FACES)
def test_another_name_is_an_attribute_error(face: Any) -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        face.no_such_name  # noqa: B018


def test_every_name_comes_without_any_extra() -> None:
    code = (
        "import sys, cognito_claims\n"
        "assert 'pydantic' not in sys.modules\n"
        "[getattr(cognito_claims, name) for name in cognito_claims.__all__]\n"
        "print(*{'boto3', 'botocore', 'hypothesis', 'jmespath', 'rich', 'typer'} & set(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == ""


def asserted_or_used(typing: str) -> str:
    """Leave out what is imported: a name has to do something."""
    return re.sub(r"^from [^(\n]+ import (\([^)]*\)|.*)$", "", typing, flags=re.MULTILINE)


@pytest.mark.parametrize(
    ("home", "used"),
    [
        ("", r"\b{}\b"),
        ("aio", r"\baio\.{}\b"),
        ("pool", r"\b{}\b"),
        ("pagination", r"(?<!aio\.)\b{}\b"),
        ("testing.strategies", r"assert_type\({}\("),
        ("validation", r"\b{}\b"),
    ],
)
def test_every_public_name_stands_in_a_typing_example(home: str, used: str) -> None:
    module = import_module(f"cognito_claims.{home}".removesuffix("."))
    examples = [path.read_text() for path in (Path(__file__).parent / "typing").glob("*.py")]
    typing = "".join(map(asserted_or_used, examples))
    assert [name for name in module.__all__ if not re.search(used.format(name), typing)] == []


@pytest.mark.parametrize("function", ["resolve", "resolve_user", "validate_responses"])
def test_every_public_function_has_its_type_asserted(function: str) -> None:
    typing = (Path(__file__).parent / "typing" / "clients.py").read_text()
    assert f"assert_type({function}(" in typing
