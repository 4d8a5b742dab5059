"""The options that subcommands share."""

from dataclasses import replace
from enum import StrEnum
from typing import Annotated, assert_never

import typer

from cognito_claims.resolver import Policy

LIVE = "Ask the service"
FILES = "Write files"


class Setting(StrEnum):
    """An answer to what AWS leaves open, as it is typed."""

    NULLS_RANK_LAST = "null_precedence=ranks-last"
    NULLS_ABSTAIN = "null_precedence=abstains"
    ROLELESS_IGNORED = "roleless=ignored"
    ROLELESS_BLOCKS = "roleless=blocks"


UserPoolIdOption = Annotated[
    str | None, typer.Option(help="The pool to ask, instead of a file.", rich_help_panel=LIVE)
]
UsernameOption = Annotated[
    str | None, typer.Option(help="The user whose groups to ask for.", rich_help_panel=LIVE)
]
ProfileOption = Annotated[
    str | None, typer.Option(help="The profile of the AWS configuration.", rich_help_panel=LIVE)
]
RegionOption = Annotated[str | None, typer.Option(help="The AWS region.", rich_help_panel=LIVE)]
EndpointUrlOption = Annotated[
    str | None, typer.Option(help="Another endpoint, such as an emulator's.", rich_help_panel=LIVE)
]
PolicyOption = Annotated[
    list[Setting] | None,
    typer.Option(
        help="How to answer what AWS leaves open; once or twice. "
        + ", ".join(f"`{setting}`" for setting in Setting)
        + ".",
        metavar="SETTING=ANSWER",
        show_default=False,
    ),
]
TokenArgument = Annotated[
    str | None,
    typer.Argument(
        help="A token, its payload, or a Lambda event. `-` or nothing: stdin.",
        metavar="FILE",
        show_default=False,
    ),
]
IdTokenArgument = Annotated[
    str | None,
    typer.Argument(
        help="An ID token, its payload, or the event of an AppSync resolver. `-` or nothing: stdin.",
        metavar="FILE",
        show_default=False,
    ),
]
KnownGroupOption = Annotated[
    list[str] | None,
    typer.Option(
        help="A group of the pool, once for each: tells names apart in a REST API's event, where a comma "
        "may be part of a name.",
        metavar="NAME",
        show_default=False,
    ),
]
CommaFreeOption = Annotated[
    bool, typer.Option("--comma-free", help="No group of the pool has a comma in its name.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def policy_of(settings: list[Setting] | None) -> Policy:
    """Give the policy with these answers."""
    policy = Policy()
    for setting in settings or []:
        match setting:
            case Setting.NULLS_RANK_LAST:
                policy = replace(policy, null_precedence="ranks-last")
            case Setting.NULLS_ABSTAIN:
                policy = replace(policy, null_precedence="abstains")
            case Setting.ROLELESS_IGNORED:
                policy = replace(policy, roleless="ignored")
            case Setting.ROLELESS_BLOCKS:
                policy = replace(policy, roleless="blocks")
            case _:
                assert_never(setting)
    return policy
