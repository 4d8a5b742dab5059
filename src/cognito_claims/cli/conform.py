"""`cognito-claims conform`: the conformance vectors put to an endpoint."""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from typing import Annotated, Any, Never
from urllib.parse import urlsplit

import typer
from pydantic import JsonValue
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from cognito_claims.cli._exit import ExitCode, stop, write
from cognito_claims.cli._options import JsonOption
from cognito_claims.cli._paper import Paper
from cognito_claims.cli._service import Service
from cognito_claims.conformance import runner
from cognito_claims.conformance.cases import Membership, Paging, load
from cognito_claims.conformance.endpoint import CALLS, EXAMPLE_ACCOUNT, Endpoint, EndpointError
from cognito_claims.conformance.scorecard import Result, Scorecard, Settled, Verdict

_AWS_RATE = 5.0
_FILES = "Write files"
_AWS = "Run against AWS itself"


def conform(
    endpoint_url: Annotated[
        str | None, typer.Option(help="The endpoint of an emulator, such as `http://127.0.0.1:5000`.")
    ] = None,
    select: Annotated[
        list[str] | None,
        typer.Option(
            help="A case, a subject or a rule, by its id; once for each. Else every case is run.",
            metavar="ID",
            show_default=False,
        ),
    ] = None,
    aws: Annotated[
        bool,
        typer.Option("--aws", help="Run against AWS, in the account of the profile.", rich_help_panel=_AWS),
    ] = False,
    plan: Annotated[
        bool,
        typer.Option(
            "--plan", help="Print what will be made and which permissions that takes; make nothing."
        ),
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask whether to go on.", rich_help_panel=_AWS)
    ] = False,
    rate: Annotated[
        float | None,
        typer.Option(
            help=f"Calls per second, at most; {_AWS_RATE:.0f} at AWS, else no limit.",
            min=0.1,
            show_default=False,
        ),
    ] = None,
    profile: Annotated[str | None, typer.Option(help="The profile of the AWS configuration.")] = None,
    region: Annotated[str | None, typer.Option(help="The AWS region.")] = None,
    junit: Annotated[
        Path | None,
        typer.Option(help="The results as JUnit XML.", metavar="FILE", rich_help_panel=_FILES),
    ] = None,
    evidence: Annotated[
        Path | None,
        typer.Option(
            help="What was answered where AWS leaves it open, to be sent to whoever wonders.",
            metavar="FILE",
            rich_help_panel=_FILES,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Put the conformance vectors to an endpoint, and say which rules it keeps.

    Each case makes a user pool of its own and removes it again. Exits with 0 if every case passed; with 1
    if one did not; with 2 for bad input; with 3 if the endpoint cannot be reached or makes no user pools;
    with 4 if a file could not be written; with 130 if interrupted, after all was removed.
    """
    try:
        cases = runner.select(select or ())
    except ValueError as error:
        raise typer.BadParameter(f"--select: {error}") from None
    if plan:
        write(_plan(cases))
        return
    if (endpoint_url is None) != aws:
        raise typer.BadParameter("give --endpoint-url, or --aws to run against AWS itself")
    if _is_aws(endpoint_url):
        raise typer.BadParameter("--endpoint-url: is AWS itself, which takes --aws")
    service = Service(profile, region, endpoint_url)
    endpoint = _at_aws(service, cases, yes=yes) if aws else _at_emulator(service)
    limit = rate or (_AWS_RATE if aws else None)
    if limit is not None:
        _slow_down(endpoint.client, 1 / limit)
    try:
        with _ended_as_interrupted(), _progress(len(cases)) as advance:
            card = runner.run(endpoint, cases, on_result=advance)
    except EndpointError as error:
        stop(ExitCode.SERVICE, [f"{endpoint_url or 'AWS'}: {error}", *_left(endpoint)])
    except KeyboardInterrupt:
        stop(ExitCode.INTERRUPTED, ["interrupted; what was made is removed", *_left(endpoint)])
    write(json.dumps(_report(card, endpoint_url), indent=2) if as_json else _text(card))
    if junit is not None:
        _save(junit, card.junit())
    if evidence is not None:
        _save(evidence, json.dumps(_evidence(card, endpoint), indent=2) + "\n")
    if card.not_removed:
        stop(ExitCode.NO, _left(endpoint))
    if not card.passed:
        raise typer.Exit(ExitCode.NO)


def _is_aws(url: str | None) -> bool:
    host = urlsplit(url or "").hostname or ""
    return host.endswith((".amazonaws.com", ".amazonaws.com.cn", ".api.aws"))


def _at_emulator(service: Service) -> Endpoint:
    from botocore.config import Config

    settings: dict[str, object] = {}
    if service.profile is None:
        # No emulator needs a secret, and this machine's own are none of its business.
        if "AWS_ACCESS_KEY_ID" not in os.environ:
            settings |= {"aws_access_key_id": "conform", "aws_secret_access_key": "conform"}
        if service.region is None and not {"AWS_REGION", "AWS_DEFAULT_REGION"} & os.environ.keys():
            settings |= {"region_name": "eu-west-1"}
    config = Config(retries={"total_max_attempts": 1, "mode": "standard"})
    return Endpoint(service.client("cognito-idp", config=config, **settings))


def _at_aws(service: Service, cases: tuple[str, ...], *, yes: bool) -> Endpoint:
    from botocore.config import Config

    config = Config(retries={"total_max_attempts": 8, "mode": "standard"})
    client = service.client("cognito-idp", config=config)
    account: str = service.ask("sts", lambda sts: sts.get_caller_identity()["Account"])
    if not yes:
        typer.echo(_plan(cases, account), err=True)
        if not sys.stdin or not sys.stdin.isatty():
            raise typer.BadParameter("nobody can be asked here: give --yes")
        typer.confirm(f"Go on in account {account}, {client.meta.region_name}?", abort=True, err=True)
    return Endpoint(client, account)


def _slow_down(client: Any, seconds: float) -> None:
    client.meta.events.register("before-send.cognito-idp", _Pace(seconds))


@dataclass
class _Pace:
    """Keeps calls, repeated ones included, this many seconds apart."""

    seconds: float
    last: float = field(default_factory=lambda: float("-inf"))

    def __call__(self, **_: object) -> None:
        """Wait for the turn of the next call. botocore takes `None` for "send it"."""
        time.sleep(max(0.0, self.last + self.seconds - time.monotonic()))
        self.last = time.monotonic()


@contextmanager
def _ended_as_interrupted() -> Generator[None, None, None]:
    """Take a request to end as Ctrl-C: what was made has to be removed."""

    def interrupt(_: int, __: FrameType | None) -> Never:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _progress(total: int) -> Generator[Callable[[Result], object], None, None]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("cases", total=total)

        def advance(result: Result) -> None:
            progress.update(task, advance=1, description=result.case.partition("/")[0])

        yield advance


def _left(endpoint: Endpoint) -> list[str]:
    return [f"could not remove the user pool {pool}: remove it by hand" for pool in endpoint.not_removed]


def _save(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        stop(ExitCode.NOT_WRITTEN, [f"{path}: {error.strerror}"])


def _plan(cases: tuple[str, ...], account: str = EXAMPLE_ACCOUNT) -> str:
    inputs = [case.input for vectors in load() for case in vectors.cases if case.id in cases]
    memberships = [one.groups for one in inputs if isinstance(one, Membership)]
    counts = [*map(len, memberships), *(one.group_count for one in inputs if isinstance(one, Paging))]
    roles = {group.role_arn for groups in memberships for group in groups if group.role_arn is not None}
    paper = Paper()
    paper.say(
        f"{len(cases)} cases. For each, one after the other, and removed again before the next:",
        "  a user pool, named cognito-claims-conform-...",
        "  an app client that takes passwords from an administrator",
        "  a user with a password made up on the spot, to whom nothing is sent",
        f"  {min(counts)} to {max(counts)} groups; {sum(counts)} in all",
        "",
        "Permissions:",
        *(f"  cognito-idp:{call}" for call in CALLS),
        "  iam:PassRole on the roles below, which groups are given and nobody assumes",
        *(f"    {role.replace(EXAMPLE_ACCOUNT, account)}" for role in sorted(roles)),
    )
    return paper.text


def _report(card: Scorecard, endpoint_url: str | None) -> dict[str, JsonValue]:
    """Give the JSON form, as docs/conformance.md describes it: keys may be added, and none changes."""
    return {
        "version": 1,
        "vectors": 1,
        "endpoint": endpoint_url or "aws",
        "passed": card.passed,
        "counts": _by_name(card.counts),
        "rules": [
            {"rule": score.rule, "basis": score.basis, **_by_name(score.counts)} for score in card.rules
        ],
        "cases": [_of_case(result) for result in card.results],
        "not_removed": [*card.not_removed],
    }


def _by_name(counts: dict[Verdict, int]) -> dict[str, JsonValue]:
    return {verdict.value: count for verdict, count in counts.items()}


def _of_case(result: Result) -> dict[str, JsonValue]:
    return {
        "case": result.case,
        "rules": [*result.rules],
        "verdict": result.verdict.value,
        "broken": [*result.broken],
        "expected": [*result.expected],
        "got": result.got,
        "error": result.error,
        "otherwise": [*result.otherwise],
    }


def _evidence(card: Scorecard, endpoint: Endpoint) -> dict[str, JsonValue]:
    """Tell what was answered where it is open, and against the rules; nothing of the account."""
    meta: Any = endpoint.client.meta
    questions = dict.fromkeys(one for settled in card.settled for one in settled.open)
    return {
        "version": 1,
        "vectors": 1,
        "date": datetime.now(UTC).date().isoformat(),
        "service": "aws" if _is_aws(meta.endpoint_url) else meta.endpoint_url,
        "region": meta.region_name,
        "botocore": version("botocore"),
        "questions": {question: _answered(card.settled, question) for question in questions},
        "cases": [
            {
                "case": settled.case,
                "open": [*settled.open],
                "otherwise": [*settled.otherwise],
                "got": settled.got,
            }
            for settled in card.settled
        ],
        "contradicted": [_of_case(result) for result in card.results if result.verdict is Verdict.FAIL],
    }


def _answered(cases: Iterable[Settled], question: str) -> str:
    """Say how a question was answered by the cases that hang on it alone."""
    answers = {bool(settled.otherwise) for settled in cases if settled.open == (question,)}
    if len(answers) != 1:
        return "contradictory" if answers else "undecided"
    return "otherwise" if answers.pop() else "by default"


_STYLES = {Verdict.PASS: "green", Verdict.FAIL: "bold red", Verdict.ABSENT: "yellow", Verdict.ERROR: "red"}


def _text(card: Scorecard) -> str:
    paper = Paper()
    for result in card.results:
        if result.verdict in (Verdict.FAIL, Verdict.ERROR):
            paper.say(f"{result.verdict.upper()}  {result.case}", style=_STYLES[result.verdict])
            rules = result.broken or result.rules
            paper.say(f"  {result.description}", f"  rules: {', '.join(rules)}")
            if result.error is not None:
                paper.say(f"  {result.error}")
            if result.got is not None:
                allowed = " or ".join(json.dumps(one, ensure_ascii=False) for one in result.expected)
                paper.say(
                    f"  expected: {allowed}", f"  got:      {json.dumps(result.got, ensure_ascii=False)}"
                )
            paper.say("")
    paper.show(_table(card))
    paper.say("")
    counts = card.counts
    paper.say(", ".join(f"{count} {verdict}" for verdict, count in counts.items()), style="bold")
    if counts[Verdict.ABSENT]:
        paper.say("absent: the endpoint never puts the claim into a token, so these cases say nothing")
    for settled in card.settled:
        if settled.otherwise:
            paper.say(f"{settled.case}: right, by the other answer to {', '.join(settled.otherwise)}")
    return paper.text


def _table(card: Scorecard) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Rule", no_wrap=True)
    table.add_column("Basis", no_wrap=True)
    for verdict in Verdict:
        table.add_column(verdict.value, justify="right", no_wrap=True)
    for score in card.rules:
        counts = (Text(str(n), _STYLES[verdict] if n else "dim") for verdict, n in score.counts.items())
        table.add_row(Text(score.rule), Text(score.basis), *counts)
    return table
