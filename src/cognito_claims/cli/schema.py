"""`cognito-claims schema`: a model's JSON Schema."""

import json
from enum import StrEnum
from typing import Annotated

import typer

from cognito_claims import models
from cognito_claims.cli._exit import write


class _Mode(StrEnum):
    VALIDATION = "validation"
    SERIALIZATION = "serialization"


def schema(
    model: Annotated[str, typer.Argument(help="The model's name.", metavar="MODEL", show_default=False)],
    mode: Annotated[
        _Mode, typer.Option(help="What the model reads, or what it writes.")
    ] = _Mode.VALIDATION,
) -> None:
    """Print a model's JSON Schema, in AWS's names."""
    if model not in models.__all__:
        raise typer.BadParameter(f"{model!r} is none of {', '.join(models.__all__)}")
    json_schema = getattr(models, model).model_json_schema(mode=mode.value)
    write(json.dumps(json_schema, indent=2))
