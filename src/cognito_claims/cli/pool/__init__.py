"""`cognito-claims pool`: whole user pools, one file for each subcommand."""

import typer

from cognito_claims.cli._group import LazyGroup

__all__ = ["pool"]


class _PoolGroup(LazyGroup):
    package = __name__
    subcommands = {  # noqa: RUF012, it is a ClassVar of the base
        "fetch": "Fetch a pool's groups and their members.",
        "resolve": "Resolve every user: count the outcomes, or write the claims to a file.",
        "audit": "Find problems in a pool: users with no role, or with an unintended one.",
        "diff": "Show which users gain, lose or change roles and groups.",
    }


pool: typer.Typer = typer.Typer(cls=_PoolGroup, add_completion=False, rich_markup_mode=None)


# Without commands of its own, a Typer app needs a callback to be a group.
@pool.callback()
def process_pools() -> None:
    """Fetch, resolve, audit and compare whole user pools."""
