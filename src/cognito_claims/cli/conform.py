"""`cognito-claims conform`: the conformance vectors put to an endpoint."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Annotated, Any, Never

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cognito_claims.cli._exit import ExitCode, stop, write
from cognito_claims.cli._options import EndpointUrlOption, JsonOption, ProfileOption, RegionOption
from cognito_claims.cli._scorecard import as_json, as_text, evidence_of, is_aws, plan_of
from cognito_claims.cli._service import Service
from cognito_claims.conformance import runner
from cognito_claims.conformance.endpoint import Endpoint, EndpointError
from cognito_claims.conformance.scorecard import Result

_AWS_RATE = 5.0
_FILES = "Write files"
_AWS = "Run against AWS itself"
_CLEAN = "interrupted; what was made is removed"


def conform(
    endpoint_url: EndpointUrlOption = None,
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
    profile: ProfileOption = None,
    region: RegionOption = None,
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
    json_wanted: JsonOption = False,
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
        write(plan_of(cases))
        return
    if (endpoint_url is None) != aws:
        raise typer.BadParameter("give --endpoint-url, or --aws to run against AWS itself")
    if is_aws(endpoint_url):
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
        stop(ExitCode.INTERRUPTED, ["interrupted", *_left(endpoint)] if endpoint.not_removed else [_CLEAN])
    write(as_json(card, endpoint_url) if json_wanted else as_text(card))
    if junit is not None:
        _save(junit, card.junit())
    if evidence is not None:
        _save(evidence, evidence_of(card, endpoint))
    if card.not_removed:
        stop(ExitCode.NO, _left(endpoint))
    if not card.passed:
        raise typer.Exit(ExitCode.NO)


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
        typer.echo(plan_of(cases, account), err=True)
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
