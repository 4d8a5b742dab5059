"""`cognito-claims pool diff`: show which users would get a different role."""

import re
from collections.abc import Container, Iterable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from cognito_claims import pool
from cognito_claims.cli._exit import ExitCode, exit_on_error, fail
from cognito_claims.cli._options import FILES, JsonOption, PolicyOption, build_policy
from cognito_claims.cli._output import Output, format_sample, write_file, write_result
from cognito_claims.cli.pool._options import HtmlOption, SamplesOption, SnapshotArgument
from cognito_claims.cli.pool._snapshot import open_snapshot, refuse_overwrite
from cognito_claims.errors import CognitoClaimsError
from cognito_claims.resolver import Policy

_T = TypeVar("_T")
_EDITS = "What if"


def diff(
    snapshot: SnapshotArgument,
    later: Annotated[
        Path | None,
        typer.Argument(help="A later snapshot of the pool.", metavar="LATER", show_default=False),
    ] = None,
    set_precedence: Annotated[
        list[str] | None,
        typer.Option(
            help="Set the precedence of a group; repeat for each group. NAME= removes it.",
            metavar="NAME=NUMBER",
            show_default=False,
            rich_help_panel=_EDITS,
        ),
    ] = None,
    set_role: Annotated[
        list[str] | None,
        typer.Option(
            help="Set the role of a group; repeat for each group. NAME= removes it.",
            metavar="NAME=ARN",
            show_default=False,
            rich_help_panel=_EDITS,
        ),
    ] = None,
    drop_group: Annotated[
        list[str] | None,
        typer.Option(
            help="Delete a group; repeat for each group.",
            metavar="NAME",
            show_default=False,
            rich_help_panel=_EDITS,
        ),
    ] = None,
    policy: PolicyOption = None,
    samples: SamplesOption = 10,
    html: HtmlOption = None,
    users: Annotated[
        Path | None,
        typer.Option(
            help="Write the users whose roles differ to FILE, as Parquet.",
            metavar="FILE",
            rich_help_panel=FILES,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show which users gain, lose or change a role, and which role.

    Compares with changed settings of groups, or with a later snapshot. Exits with 0, whether or not a user
    does; with 2 for invalid input; with 4 if a file could not be written.
    """
    edits = [*(set_precedence or ()), *(set_role or ()), *(drop_group or ())]
    if (later is not None) == bool(edits):
        raise typer.BadParameter(
            "pass a later snapshot, or at least one of --set-precedence, --set-role, --drop-group"
        )
    for one in (snapshot, later):
        if one is not None:
            refuse_overwrite(one, html, users)
    after: pool.Snapshot | pool.Edits
    before = open_snapshot(snapshot)
    if later is None:
        after = _parse_edits(before, set_precedence or (), set_role or (), drop_group or ())
    else:
        after = open_snapshot(later)
    result = _compare(before, after, policy=build_policy(policy), samples=samples, users_out=users)
    if html is not None:
        with exit_on_error():
            write_file(html, pool.render_diff_html(result))
    write_result(pool.build_diff_report(result) if as_json else _render_text(result))


_STYLES = {"gains": "bold green", "loses": "bold red", "changes": "bold yellow"}


def _parse_edits(
    snapshot: pool.Snapshot, precedences: Iterable[str], roles: Iterable[str], dropped: Iterable[str]
) -> pool.Edits:
    with exit_on_error():
        known = {group.group_name for group in snapshot.read_groups()}
    return pool.Edits(
        precedences=_collect("--set-precedence", map(_parse_precedence, precedences)),
        roles=_collect("--set-role", (_parse_role(edit, known) for edit in roles)),
        dropped=frozenset(dropped),
    )


def _collect(option: str, edits: Iterable[tuple[str, _T]]) -> dict[str, _T]:
    edits = list(edits)
    if len({name for name, _ in edits}) < len(edits):
        raise typer.BadParameter(f"{option}: must be passed only once for each group")
    return dict(edits)


def _parse_precedence(edit: str) -> tuple[str, int | None]:
    name, equals, number = edit.rpartition("=")  # a name may contain "=" too
    if not equals or not name:
        raise typer.BadParameter(f"--set-precedence: {edit!r} must be NAME=NUMBER, or NAME=")
    return name, _parse_number(number)


def _parse_number(text: str) -> int | None:
    if not re.fullmatch("(-?[0-9]{1,18})?", text):
        raise typer.BadParameter(f"--set-precedence: {text!r} must be a number")
    return int(text) if text else None


def _parse_role(edit: str, known: Container[str]) -> tuple[str, str | None]:
    # Names and ARNs may contain "=", so only the groups of the pool show where the name ends.
    splits = [(edit[: at.start()], edit[at.end() :]) for at in re.finditer("(?<!^)=(?=arn:|$)", edit)]
    match [split for split in splits if split[0] in known] or splits[-1:]:
        case [(name, arn)]:
            return name, arn or None
        case []:
            raise typer.BadParameter(f"--set-role: {edit!r} must be NAME=ARN, or NAME=")
        case several:
            names = " or ".join(repr(name) for name, _ in several)
            raise typer.BadParameter(f"--set-role: {edit!r} is ambiguous: the group may be {names}")


def _compare(
    before: pool.Snapshot,
    after: pool.Snapshot | pool.Edits,
    *,
    policy: Policy,
    samples: int,
    users_out: Path | None,
) -> pool.Diff:
    with exit_on_error():
        try:
            return pool.diff(before, after, policy=policy, samples=samples, users_out=users_out)
        except CognitoClaimsError:
            raise
        except ValueError as error:  # an edit of a group that is missing, or a pool that differs
            fail(ExitCode.BAD_INPUT, [error])


def _render_text(diff: pool.Diff) -> str:
    output = Output()
    output.print_line(f"{diff.affected_users:,} of {diff.users:,} users get different roles", style="bold")
    for one in diff.transitions:
        output.print_line("")
        roles = f"{one.before or 'none'} -> {one.after or 'none'}"
        output.print_line(f"{one.users:,} {one.kind}: {roles}", style=_STYLES[one.kind])
        output.print_line(f"  {one.reason}", f"  users: {format_sample(one.samples, one.users)}")
    if diff.roles:
        output.print_line("", "In cognito:roles")
        for role in diff.roles:
            output.print_line(f"  {role.role_arn}")
            if role.gained_by:
                users = format_sample(role.gained_samples, role.gained_by)
                output.print_line(f"    gained by {role.gained_by:,}: {users}")
            if role.lost_by:
                users = format_sample(role.lost_samples, role.lost_by)
                output.print_line(f"    lost by {role.lost_by:,}: {users}")
    return output.text
