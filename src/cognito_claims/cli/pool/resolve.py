"""`cognito-claims pool resolve`: resolve every user of a snapshot."""

from pathlib import Path
from typing import Annotated, Any

import typer

from cognito_claims import pool
from cognito_claims.cli import _options as options
from cognito_claims.cli._exit import exit_on_error
from cognito_claims.cli._output import Output, format_count, write_result
from cognito_claims.cli.pool._snapshot import SnapshotPath, open_snapshot, refuse_overwrite


def resolve(
    snapshot: SnapshotPath,
    out: Annotated[
        Path, typer.Option(help="The Parquet file to write, with a row for each user.", metavar="FILE")
    ],
    policy: options.PolicySettings = None,
    as_json: options.Json = False,
) -> None:
    """Resolve every user and write their claims to a file.

    Exits with 0 if resolved; with 2 for invalid input; with 4 if a file could not be written.
    """
    refuse_overwrite(snapshot, out)
    answers = options.build_policy(policy)
    source = open_snapshot(snapshot)
    with (
        exit_on_error(),
        pool.resolve_memberships(source.memberships_file, source.read_groups(), policy=answers) as result,
    ):
        result.write_parquet(out)
        write_result(_build_report(result) if as_json else _render_text(out, result))


def _build_report(result: pool.BulkResolution[Any]) -> dict[str, object]:
    return {
        "version": 1,
        "users": result.users,
        "sets": result.sets,
        "outcomes": dict(result.outcomes),
        "open_questions": dict(result.open_questions),
    }


def _render_text(out: Path, result: pool.BulkResolution[Any]) -> str:
    output = Output()
    output.print_line(
        f"{out}: {format_count(result.users, 'user')} in "
        f"{format_count(result.sets, 'different set')} of groups",
        *(f"  {name}: {users:,}" for name, users in sorted(result.outcomes.items())),
        *(f"  open question {name}: {users:,}" for name, users in sorted(result.open_questions.items())),
    )
    return output.text
