"""`cognito-claims pool`: whole user pools, one file for each subcommand."""

import typer

from cognito_claims.cli._group import LazyGroup, Subcommand

__all__ = ["pool"]


class _PoolGroup(LazyGroup):
    subcommands = {  # noqa: RUF012, it is a ClassVar of the base
        "fetch": Subcommand("cognito_claims.cli.pool.fetch", "Fetch a pool's groups and their members."),
        "resolve": Subcommand(
            "cognito_claims.cli.pool.resolve", "Resolve every user and write their claims to a file."
        ),
        "audit": Subcommand(
            "cognito_claims.cli.pool.audit",
            "Find problems in a pool: users with no role, or with an unintended one.",
        ),
        "diff": Subcommand(
            "cognito_claims.cli.pool.diff", "Show which users gain, lose or change a role, and which role."
        ),
    }


pool: typer.Typer = typer.Typer(
    cls=_PoolGroup, no_args_is_help=True, help="Fetch, resolve, audit and compare whole user pools."
)


# Without commands of its own, a Typer app needs a callback to be a group.
@pool.callback()
def _root() -> None: ...
