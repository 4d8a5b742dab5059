"""`cognito-claims pool resolve`: resolve every user of a pool."""

from pathlib import Path
from typing import Annotated, Any

from cognito_claims import pool
from cognito_claims._counts import format_count
from cognito_claims.cli import _options as options
from cognito_claims.cli._exit import exit_on_error
from cognito_claims.cli._output import Output, write_result
from cognito_claims.cli.pool._snapshot import GroupsFile, MembershipsFile, PoolId, SnapshotPath, Source
from cognito_claims.pool._user_sets import UNKNOWN_GROUPS
from cognito_claims.resolver import Policy


def resolve(
    snapshot: SnapshotPath = None,
    groups: GroupsFile = None,
    memberships: MembershipsFile = None,
    pool_id: PoolId = None,
    out: Annotated[
        Path | None,
        options.declare_output_file("Write a row for each user to FILE, as Parquet."),
    ] = None,
    policy: options.PolicySettings = None,
    as_json: options.Json = False,
) -> None:
    """Resolve every user: count the outcomes, or write the claims to a file.

    Exits with 0 if resolved; with 2 for invalid input; with 4 if a file could not be written.
    """
    source = Source(snapshot, groups, memberships, pool_id)
    source.refuse_overwrite(out)
    answers = options.build_policy(policy)
    with source.open() as opened, exit_on_error(), _resolve(opened, answers) as result:
        if out is not None:
            result.write_parquet(out)
        write_result(_build_report(result) if as_json else _render_text(out, result))


def _resolve(snapshot: pool.Snapshot, policy: Policy) -> pool.BulkResolution[Any]:
    try:
        return pool.resolve_memberships(snapshot.memberships_file, snapshot.read_groups(), policy=policy)
    except pool.UnknownGroupsError:
        # The remedies of the function are not those of the command.
        raise pool.SnapshotError(snapshot.memberships_file, UNKNOWN_GROUPS) from None


def _build_report(result: pool.BulkResolution[Any]) -> dict[str, object]:
    return {
        "version": 1,
        "users": result.users,
        "sets": result.sets,
        "outcomes": dict(result.outcomes),
        "open_questions": dict(result.open_questions),
    }


def _render_text(out: Path | None, result: pool.BulkResolution[Any]) -> str:
    output = Output()
    sets = f"{format_count(result.sets, 'different set')} of groups"
    output.print_line(
        f"{'' if out is None else f'{out}: '}{format_count(result.users, 'user')} in {sets}",
        *(f"  {name}: {users:,}" for name, users in result.outcomes.items()),
        *(f"  open question {name}: {users:,}" for name, users in result.open_questions.items()),
    )
    return output.text
