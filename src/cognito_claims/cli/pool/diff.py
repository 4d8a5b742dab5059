"""`cognito-claims pool diff`: show which users would get a different role or group."""

import re
from collections.abc import Container, Iterable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from cognito_claims import pool
from cognito_claims._counts import format_count
from cognito_claims.cli import _options as options
from cognito_claims.cli._exit import ExitCode, exit_on_error, fail
from cognito_claims.cli._output import Output, format_sample, write_file, write_result
from cognito_claims.cli.pool._snapshot import (
    GroupsFile,
    Html,
    MembershipsFile,
    PoolId,
    Samples,
    SnapshotPath,
    Source,
    declare_table,
)
from cognito_claims.errors import CognitoClaimsError, InvalidRequestError

_T = TypeVar("_T")


_declare_edit = partial(options.declare_option, panel="What if")


def diff(
    snapshot: SnapshotPath = None,
    later: Annotated[
        Path | None, typer.Argument(help="A later snapshot of the pool.", metavar="LATER")
    ] = None,
    groups: GroupsFile = None,
    memberships: MembershipsFile = None,
    later_groups: Annotated[
        str | None, declare_table("All groups of the pool later, instead of LATER.", "FILE")
    ] = None,
    later_memberships: Annotated[str | None, declare_table("The memberships later.", "FILE")] = None,
    pool_id: PoolId = None,
    set_precedence: Annotated[
        list[str] | None,
        _declare_edit(
            "Set the precedence of a group; repeat for each. NAME= removes it.", metavar="NAME=NUMBER"
        ),
    ] = None,
    set_role: Annotated[
        list[str] | None,
        _declare_edit("Set the role of a group; repeat for each. NAME= removes it.", metavar="NAME=ARN"),
    ] = None,
    drop_group: Annotated[
        list[str] | None, _declare_edit("Delete a group; repeat for each.", metavar="NAME")
    ] = None,
    policy: options.PolicySettings = None,
    samples: Samples = 10,
    html: Html = None,
    users: Annotated[
        Path | None,
        options.declare_output_file("Write the users whose roles or groups differ to FILE, as Parquet."),
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Show which users gain, lose or change roles and groups.

    Compares with changed settings of groups, or with a later snapshot. Exits with 0, even if users are
    affected; with 2 for invalid input; with 4 if a file could not be written.
    """
    sources = [Source(snapshot, groups, memberships, pool_id)]
    if any(file is not None for file in (later, later_groups, later_memberships)):
        sources.append(Source(later, later_groups, later_memberships, pool_id, "LATER", "--later-"))
    if (len(sources) > 1) == bool(set_precedence or set_role or drop_group):
        raise typer.BadParameter(
            "pass a later snapshot, or at least one of --set-precedence, --set-role, --drop-group"
        )
    for source in sources:
        source.refuse_overwrite(html, users)
    answers = options.build_policy(policy)
    with exit_on_error(), ExitStack() as stack:
        before, *others = [stack.enter_context(source.open()) for source in sources]
        after: pool.Snapshot | pool.Edits
        if others:
            [after] = others
        else:
            after = _parse_edits(before, set_precedence or (), set_role or (), drop_group or ())
        try:
            result = pool.diff(before, after, policy=answers, samples=samples, users_out=users)
        except InvalidRequestError as error:  # an edit that AWS would refuse
            fail(ExitCode.BAD_INPUT, [f"{_OPTIONS[path]}: {reason}" for path, reason in error.problems])
        except CognitoClaimsError:
            raise
        except ValueError as error:  # an edit of a group that does not exist
            fail(ExitCode.BAD_INPUT, [error])
        if html is not None:
            write_file(html, pool.render_diff_html(result))
    write_result(pool.build_diff_report(result) if as_json else _render_text(result))


_OPTIONS = {"Precedence": "--set-precedence", "RoleArn": "--set-role"}
_KINDS = {
    "created": ": created",
    "deleted": ": deleted",
    "recreated": ": deleted and created again",
    "kept": "",
}
_STYLES = {"gains": "bold green", "loses": "bold red", "changes": "bold yellow"}


def _parse_edits(
    snapshot: pool.Snapshot, precedences: Iterable[str], roles: Iterable[str], dropped: Iterable[str]
) -> pool.Edits:
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
    if not re.fullmatch("(-?[0-9]{1,18})?", number):
        raise typer.BadParameter(f"--set-precedence: {number!r} must be a number")
    return name, int(number) if number else None


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


def _render_text(diff: pool.Diff) -> str:
    output = Output()
    users = format_count(diff.users, "user")
    for count, what in ((diff.affected_users, "Roles"), (diff.regrouped_users, "Groups")):
        output.print_line(f"{what} differ for {count:,} of {users}", style="bold")
    for one in diff.transitions:
        output.print_line("")
        verb = one.kind if one.users == 1 else one.kind.removesuffix("s")
        roles = f"{one.before or 'none'} -> {one.after or 'none'}"
        output.print_line(f"{format_count(one.users, 'user')} {verb}: {roles}", style=_STYLES[one.kind])
        output.print_line(f"  {one.reason}", f"  users: {format_sample(one.samples, one.users)}")
    if diff.roles:
        output.print_line("", "In cognito:roles")
        for role in diff.roles:
            output.print_line(f"  {role.role_arn}")
            _print_movements(output, role)
    if diff.groups:
        output.print_line("", "In cognito:groups")
        for group in diff.groups:
            output.print_line(f"  {group.group_name}{_KINDS[group.kind]}")
            for setting in group.settings:
                before, after = ("none" if one is None else one for one in (setting.before, setting.after))
                output.print_line(f"    {setting.setting}: {before} -> {after}")
            _print_movements(output, group)
    return output.text


def _print_movements(output: Output, change: pool.RoleChange | pool.GroupChange) -> None:
    gained = ("gained", change.gained_by, change.gained_samples)
    for verb, count, samples in (gained, ("lost", change.lost_by, change.lost_samples)):
        if count:
            output.print_line(f"    {verb} by {count:,}: {format_sample(samples, count)}")
