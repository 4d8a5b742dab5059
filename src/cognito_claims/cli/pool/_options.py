"""The options that the commands for pools share."""

from pathlib import Path
from typing import Annotated

import typer

from cognito_claims.cli._options import FILES
from cognito_claims.pool import MAX_SAMPLES

SnapshotArgument = Annotated[
    Path,
    typer.Argument(
        help="The folder that `cognito-claims pool fetch` wrote.", metavar="SNAPSHOT", show_default=False
    ),
]

SamplesOption = Annotated[
    int, typer.Option(help="The maximum number of users to name.", min=0, max=MAX_SAMPLES)
]
HtmlOption = Annotated[
    Path | None,
    typer.Option(
        help="Write a report to FILE as self-contained HTML.", metavar="FILE", rich_help_panel=FILES
    ),
]
