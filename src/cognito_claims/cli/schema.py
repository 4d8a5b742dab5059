import json
from enum import StrEnum
from typing import Annotated

import typer

from cognito_claims import models
from cognito_claims._wire import WireModel


class _Mode(StrEnum):
    VALIDATION = "validation"
    SERIALIZATION = "serialization"


def _model_named(name: str) -> type[WireModel]:
    if name not in models.__all__:
        raise typer.BadParameter(f"{name!r} is none of {', '.join(models.__all__)}")
    model: type[WireModel] = getattr(models, name)
    return model


def schema(
    model: Annotated[
        type[WireModel],
        typer.Argument(
            help=f"The model's name: {', '.join(models.__all__)}.",
            metavar="MODEL",
            parser=_model_named,
            show_default=False,
        ),
    ],
    mode: Annotated[
        _Mode, typer.Option(help="What the model reads, or what it writes.")
    ] = _Mode.VALIDATION,
) -> None:
    """Print a model's JSON Schema, in AWS's names."""
    typer.echo(json.dumps(model.model_json_schema(mode=mode.value), indent=2))
