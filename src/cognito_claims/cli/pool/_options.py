"""The options that commands about pools share."""

from pathlib import Path
from typing import Annotated

import typer

from cognito_claims.cli._options import FILES
from cognito_claims.pool import MAX_SAMPLES

SnapshotArgument = Annotated[
    Path,
    typer.Argument(
        help="The folder that `cognito-claims pool fetch` made.", metavar="SNAPSHOT", show_default=False
    ),
]

SamplesOption = Annotated[
    int, typer.Option(help="How many users to name, at most.", min=0, max=MAX_SAMPLES)
]
HtmlOption = Annotated[
    Path | None,
    typer.Option(
        help="A report, in one HTML file that needs nothing else.", metavar="FILE", rich_help_panel=FILES
    ),
]
