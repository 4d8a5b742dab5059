"""The options and arguments that subcommands share, as the types of their parameters."""

import re
from collections.abc import Mapping
from dataclasses import fields
from functools import partial
from typing import Annotated, Any, TypeAlias, get_args

import typer

from cognito_claims.resolver import Policy
from cognito_claims.resolver.rendering import policy_to_json

_POLICIES = {"documented": Policy.DOCUMENTED, "observed": Policy.OBSERVED}
_SETTINGS = {
    **{name: policy_to_json(policy) for name, policy in _POLICIES.items()},
    **{
        f"{field.name}={answer}": {field.name: answer}
        for field in fields(Policy)
        for answer in get_args(field.type)
    },
}


MIN_RATE = 0.1
"""The lowest rate of calls, per second."""


def declare_option(description: str, metavar: str, panel: str | None = None) -> Any:
    """Declare an option with a value, listed in a panel of the help."""
    return typer.Option(help=description, rich_help_panel=panel, metavar=metavar)


def declare_choice(description: str, choices: Any) -> Any:
    """Declare an option whose value is one of a `Literal`."""
    return declare_option(description, "|".join(get_args(choices)))


def _require_account_id(value: str | None) -> str | None:
    if value is not None and re.fullmatch("[0-9]{12}", value) is None:
        raise typer.BadParameter("must be 12 digits")
    return value


declare_live_option = partial(declare_option, panel="Call the service")
declare_identity_pool_option = partial(declare_option, panel="Identity pool")
declare_output_file = partial(declare_option, metavar="FILE", panel="Write files")

UserPoolId: TypeAlias = Annotated[
    str | None, declare_live_option("The user pool, to call the service instead of reading a file.", "ID")
]
Username: TypeAlias = Annotated[str | None, declare_live_option("The user whose groups to list.", "NAME")]
Profile: TypeAlias = Annotated[
    str | None, declare_live_option("The profile of the AWS configuration.", "NAME")
]
Region: TypeAlias = Annotated[
    str | None, declare_live_option("The AWS region; if none is configured, that of the ID.", "NAME")
]
EndpointUrl: TypeAlias = Annotated[
    str | None, declare_live_option("The URL of the endpoint, such as an emulator's.", "URL")
]
PolicySettings: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--policy",
        help="How to answer the questions that AWS leaves open; may be repeated. "
        f"{', '.join(f'`{setting}`' for setting in _SETTINGS)}.",
        metavar="POLICY",
        autocompletion=lambda: [*_SETTINGS],
    ),
]
# Files to read are strings, because Typer's errors about a path quote it, and a user may have passed a
# token or its payload instead.
IdentityPool: TypeAlias = Annotated[
    str | None,
    declare_identity_pool_option("The output of `aws cognito-identity get-identity-pool-roles`.", "FILE"),
]
IdentityPoolDescription: TypeAlias = Annotated[
    str | None,
    declare_identity_pool_option("The output of `aws cognito-identity describe-identity-pool`.", "FILE"),
]
PrincipalTags: TypeAlias = Annotated[
    str | None,
    declare_identity_pool_option(
        "The output of `aws cognito-identity get-principal-tag-attribute-map`.", "FILE"
    ),
]
NoPrincipalTags: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--no-principal-tags",
        help="The identity pool maps no claims of the user pool to principal tags.",
        rich_help_panel="Identity pool",
    ),
]
ClientId: TypeAlias = Annotated[
    str | None,
    declare_identity_pool_option(
        "The app client that users sign in to, if the identity pool has several.", "ID"
    ),
]
AccountId: TypeAlias = Annotated[
    str | None,
    typer.Option(
        help="The AWS account of the identity pool.",
        rich_help_panel="Identity pool",
        metavar="ID",
        callback=_require_account_id,
    ),
]
IdentityPoolId: TypeAlias = Annotated[
    str | None, declare_live_option("The identity pool, which the service describes.", "ID")
]
UserPool: TypeAlias = Annotated[
    str | None, declare_option("The output of `aws cognito-idp describe-user-pool`.", "FILE")
]
Token: TypeAlias = Annotated[
    str | None,
    typer.Argument(help="A token, its payload or a Lambda event; stdin if omitted or `-`.", metavar="FILE"),
]
IdToken: TypeAlias = Annotated[
    str | None,
    typer.Argument(
        help="An ID token, its payload or an AppSync event; stdin if omitted or `-`.", metavar="FILE"
    ),
]
KnownGroups: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--known-group",
        help="A group of the pool; repeat for each. Separates the names in a REST API's event, where a "
        "name may contain a comma.",
        metavar="NAME",
    ),
]
CommaFree: TypeAlias = Annotated[
    bool, typer.Option("--comma-free", help="No group name of the pool contains a comma.")
]
Json: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def build_policy(settings: list[str] | None) -> Policy:
    """Return the policy with these answers, or fail."""
    answers: dict[str, Any] = {}
    for setting in settings or ():
        if setting not in _SETTINGS:
            raise typer.BadParameter(f"--policy: must be one of {', '.join(_SETTINGS)}")
        answers |= _SETTINGS[setting]
    return Policy(**answers)


def require_options(
    options: Mapping[str, str | None], purpose: str = "to list a user's groups"
) -> list[str]:
    """Return the values of options that belong together, or fail if one is missing."""
    values = [value for value in options.values() if value is not None]
    if len(values) < len(options):
        missing = " and ".join(name for name, value in options.items() if value is None)
        raise typer.BadParameter(f"{purpose}, also pass {missing}")
    return values
