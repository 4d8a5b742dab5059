"""The options that subcommands share."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from cognito_claims.resolver import Policy

LIVE = "Call the service"
FILES = "Write files"


class Setting(StrEnum):
    """An answer to an open question, as it is written on the command line."""

    NULLS_RANK_LAST = "null_precedence=ranks-last"
    NULLS_ABSTAIN = "null_precedence=abstains"
    ROLELESS_IGNORED = "roleless=ignored"
    ROLELESS_BLOCKS = "roleless=blocks"


UserPoolIdOption = Annotated[
    str | None,
    typer.Option(
        help="The user pool, to call the service instead of reading a file.", rich_help_panel=LIVE
    ),
]
UsernameOption = Annotated[
    str | None, typer.Option(help="The user whose groups to list.", rich_help_panel=LIVE)
]
ProfileOption = Annotated[
    str | None, typer.Option(help="The profile of the AWS configuration.", rich_help_panel=LIVE)
]
RegionOption = Annotated[str | None, typer.Option(help="The AWS region.", rich_help_panel=LIVE)]
EndpointUrlOption = Annotated[
    str | None, typer.Option(help="The URL of the endpoint, such as an emulator's.", rich_help_panel=LIVE)
]
PolicyOption = Annotated[
    list[Setting] | None,
    typer.Option(
        help="How to answer what AWS leaves open; may be repeated. "
        + ", ".join(f"`{setting}`" for setting in Setting)
        + ".",
        metavar="SETTING=ANSWER",
        show_default=False,
    ),
]
TokenArgument = Annotated[
    str | None,
    typer.Argument(
        help="A token, its payload, or a Lambda event; stdin if omitted or `-`.",
        metavar="FILE",
        show_default=False,
    ),
]
IdTokenArgument = Annotated[
    str | None,
    typer.Argument(
        help="An ID token, its payload, or the event of an AppSync resolver; stdin if omitted or `-`.",
        metavar="FILE",
        show_default=False,
    ),
]
KnownGroupOption = Annotated[
    list[str] | None,
    typer.Option(
        help="A group of the pool; repeat for each. Separates the names in a REST API's event, where a "
        "name may contain a comma.",
        metavar="NAME",
        show_default=False,
    ),
]
CommaFreeOption = Annotated[
    bool, typer.Option("--comma-free", help="No group name of the pool contains a comma.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def build_policy(settings: list[Setting] | None) -> Policy:
    """Return the policy with these answers."""
    answers: dict[str, Any] = dict(setting.split("=") for setting in settings or ())
    return Policy(**answers)
