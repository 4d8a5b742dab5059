"""`cognito-claims schema`: print a model's JSON Schema."""

from typing import Annotated, Literal, TypeAlias

import typer

from cognito_claims import models
from cognito_claims.cli import _options as options
from cognito_claims.cli._output import write_result

_Mode: TypeAlias = Literal["validation", "serialization"]


def schema(
    model: Annotated[
        str,
        typer.Argument(
            help="The name of the model.", metavar="MODEL", autocompletion=lambda: [*models.__all__]
        ),
    ],
    mode: Annotated[
        _Mode, options.declare_choice("The schema of the model's input, or of its output.", _Mode)
    ] = "validation",
) -> None:
    """Print a model's JSON Schema, with AWS's names."""
    if model not in models.__all__:
        raise typer.BadParameter(f"MODEL: must be one of {', '.join(models.__all__)}")
    write_result(getattr(models, model).model_json_schema(mode=mode))
