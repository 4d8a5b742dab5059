"""What `cognito-claims pool diff` does: a pool before and after, told as text."""

import re
from collections.abc import Container, Iterable
from pathlib import Path
from typing import TypeVar

import typer

from cognito_claims.cli._exit import ExitCode, stop
from cognito_claims.cli._paper import Paper, some_of
from cognito_claims.cli.pool._snapshot import told
from cognito_claims.errors import CognitoClaimsError
from cognito_claims.pool import Diff, Edits, Snapshot
from cognito_claims.pool import diff as compare_snapshots
from cognito_claims.resolver import Policy

_T = TypeVar("_T")
_STYLES = {"gains": "bold green", "loses": "bold red", "changes": "bold yellow"}


def edits_of(
    snapshot: Snapshot, precedences: Iterable[str], roles: Iterable[str], dropped: Iterable[str]
) -> Edits:
    """Read what is to be another, or stop."""
    with told():
        known = {group.group_name for group in snapshot.groups()}
    return Edits(
        precedences=_once("--set-precedence", map(_precedence, precedences)),
        roles=_once("--set-role", (_role(edit, known) for edit in roles)),
        dropped=frozenset(dropped),
    )


def _once(option: str, edits: Iterable[tuple[str, _T]]) -> dict[str, _T]:
    edits = list(edits)
    if len({name for name, _ in edits}) < len(edits):
        raise typer.BadParameter(f"{option}: is given twice for a group")
    return dict(edits)


def _precedence(edit: str) -> tuple[str, int | None]:
    name, equals, said = edit.rpartition("=")  # a name may hold one, too
    if not equals or not name:
        raise typer.BadParameter(f"--set-precedence: {edit!r} must be NAME=NUMBER, or NAME=")
    return name, _number(said)


def _number(said: str) -> int | None:
    if not re.fullmatch("(-?[0-9]{1,18})?", said):
        raise typer.BadParameter(f"--set-precedence: {said!r} is no number")
    return int(said) if said else None


def _role(edit: str, known: Container[str]) -> tuple[str, str | None]:
    """Read an edit; names and ARNs may hold equals signs, so the groups that there are tell them apart."""
    splits = [(edit[: at.start()], edit[at.end() :]) for at in re.finditer("(?<!^)=(?=arn:|$)", edit)]
    match [split for split in splits if split[0] in known] or splits[-1:]:
        case [(name, arn)]:
            return name, arn or None
        case []:
            raise typer.BadParameter(f"--set-role: {edit!r} must be NAME=ARN, or NAME=")
        case several:
            names = " or ".join(repr(name) for name, _ in several)
            raise typer.BadParameter(f"--set-role: {edit!r} may be of the group {names}")


def compared(
    before: Snapshot, after: Snapshot | Edits, *, policy: Policy, samples: int, users_out: Path | None
) -> Diff:
    """Compare, or stop."""
    with told():
        try:
            return compare_snapshots(before, after, policy=policy, samples=samples, users_out=users_out)
        except CognitoClaimsError:
            raise
        except ValueError as error:
            stop(ExitCode.BAD_INPUT, [error])


def as_text(diff: Diff) -> str:
    """Tell a diff to people."""
    paper = Paper()
    paper.say(f"{diff.affected_users:,} of {diff.users:,} users get other roles", style="bold")
    for one in diff.transitions:
        paper.say("")
        roles = f"{one.before or 'none'} -> {one.after or 'none'}"
        paper.say(f"{one.users:,} {one.kind}: {roles}", style=_STYLES[one.kind])
        paper.say(f"  {one.reason}", f"  users: {some_of(one.samples, one.users)}")
    if diff.roles:
        paper.say("", "In cognito:roles")
        for role in diff.roles:
            paper.say(f"  {role.role_arn}")
            if role.gained_by:
                paper.say(
                    f"    gained by {role.gained_by:,}: {some_of(role.gained_samples, role.gained_by)}"
                )
            if role.lost_by:
                paper.say(f"    lost by {role.lost_by:,}: {some_of(role.lost_samples, role.lost_by)}")
    return paper.text
