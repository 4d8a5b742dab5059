"""The options that commands about pools share."""

from pathlib import Path
from typing import Annotated

import typer

SnapshotArgument = Annotated[
    Path,
    typer.Argument(
        help="The folder that `cognito-claims pool fetch` made.", metavar="SNAPSHOT", show_default=False
    ),
]
