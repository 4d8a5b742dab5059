"""`cognito-claims schema`: print a model's JSON Schema."""

from enum import StrEnum
from typing import Annotated

import typer

from cognito_claims import models
from cognito_claims.cli._output import write_result


class _Mode(StrEnum):
    VALIDATION = "validation"
    SERIALIZATION = "serialization"


def schema(
    model: Annotated[
        str, typer.Argument(help="The name of the model.", metavar="MODEL", show_default=False)
    ],
    mode: Annotated[
        _Mode, typer.Option(help="The schema of what the model parses, or of what it serializes.")
    ] = _Mode.VALIDATION,
) -> None:
    """Print a model's JSON Schema, with AWS's names."""
    if model not in models.__all__:
        raise typer.BadParameter(f"{model!r} must be one of {', '.join(models.__all__)}")
    write_result(getattr(models, model).model_json_schema(mode=mode.value))
