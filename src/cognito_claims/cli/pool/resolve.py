"""`cognito-claims pool resolve`: every user of a snapshot, resolved."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cognito_claims.cli._exit import write
from cognito_claims.cli._options import JsonOption, PolicyOption, policy_of
from cognito_claims.cli._paper import Paper
from cognito_claims.cli.pool._options import SnapshotArgument

if TYPE_CHECKING:
    from cognito_claims.pool import BulkResolution


def resolve(
    snapshot: SnapshotArgument,
    out: Annotated[
        Path, typer.Option(help="The Parquet file to write: a row for each user.", show_default=False)
    ],
    policy: PolicyOption = None,
    as_json: JsonOption = False,
) -> None:
    """Resolve everyone, and write who gets which claims.

    Exits with 0 if resolved; with 2 for bad input; with 4 if it could not write.
    """
    from cognito_claims.cli.pool._snapshot import keep_whole, opened, told
    from cognito_claims.pool import resolve_memberships

    keep_whole(snapshot, out)
    source = opened(snapshot)
    with (
        told(),
        resolve_memberships(source.memberships_file, source.groups(), policy=policy_of(policy)) as result,
    ):
        result.write_parquet(out)
        write(json.dumps(_report(result), indent=2) if as_json else _text(out, result))


def _report(result: "BulkResolution[Any]") -> dict[str, object]:
    """Give the JSON form, as docs/pool.md describes it: keys may be added, and none changes."""
    return {
        "version": 1,
        "users": result.users,
        "sets": result.sets,
        "outcomes": dict(result.outcomes),
        "open_questions": dict(result.open_questions),
    }


def _text(out: Path, result: "BulkResolution[Any]") -> str:
    paper = Paper()
    paper.say(f"{out}: {result.users:,} users in {result.sets:,} different sets of groups")
    paper.say(*(f"  {name}: {users:,}" for name, users in sorted(result.outcomes.items())))
    for name, users in sorted(result.open_questions.items()):
        paper.say(f"  open question {name}: {users:,}")
    return paper.text
