"""`cognito-claims schema`: print a model's JSON Schema."""

from typing import Annotated, Literal

import typer

from cognito_claims import models
from cognito_claims.cli._output import write_result


def schema(
    model: Annotated[str, typer.Argument(help="The name of the model.", metavar="MODEL")],
    mode: Annotated[
        Literal["validation", "serialization"],
        typer.Option(help="The schema of the model's input, or of its output."),
    ] = "validation",
) -> None:
    """Print a model's JSON Schema, with AWS's names."""
    if model not in models.__all__:
        raise typer.BadParameter(f"{model!r} must be one of {', '.join(models.__all__)}")
    write_result(getattr(models, model).model_json_schema(mode=mode))
