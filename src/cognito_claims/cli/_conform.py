"""What `cognito-claims conform` does: an endpoint, at its pace, until it is done or interrupted."""

import os
import signal
import sys
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from types import FrameType
from typing import Any, Never

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cognito_claims.cli._exit import ExitCode, handling, stop
from cognito_claims.cli._scorecard import plan_of
from cognito_claims.cli._service import Service
from cognito_claims.client.rate_limiter import RateLimiter
from cognito_claims.conformance import runner
from cognito_claims.conformance.endpoint import Endpoint, EndpointError
from cognito_claims.conformance.scorecard import Result, Scorecard


def chosen(wanted: Iterable[str]) -> tuple[str, ...]:
    """Give the ids of the cases, or stop."""
    try:
        return runner.select(wanted)
    except ValueError as error:
        raise typer.BadParameter(f"--select: {error}") from None


def at_emulator(service: Service) -> Endpoint:
    """Give an emulator as an endpoint."""
    settings: dict[str, object] = {}
    if service.profile is None:
        # No emulator needs a secret, and this machine's own are none of its business.
        if "AWS_ACCESS_KEY_ID" not in os.environ:
            settings |= {"aws_access_key_id": "conform", "aws_secret_access_key": "conform"}
        if service.region is None and not {"AWS_REGION", "AWS_DEFAULT_REGION"} & os.environ.keys():
            settings |= {"region_name": "eu-west-1"}
    config = {"retries": {"total_max_attempts": 1, "mode": "standard"}}
    return Endpoint(service.client("cognito-idp", config=config, **settings))


def at_aws(service: Service, cases: tuple[str, ...], *, yes: bool) -> Endpoint:
    """Give AWS as an endpoint, once somebody agrees."""
    config = {"retries": {"total_max_attempts": 8, "mode": "standard"}}
    client = service.client("cognito-idp", config=config)
    account: str = service.ask("sts", lambda sts: sts.get_caller_identity()["Account"])
    if not yes:
        typer.echo(plan_of(cases, account), err=True)
        if not sys.stdin or not sys.stdin.isatty():
            raise typer.BadParameter("nobody can be asked here: give --yes")
        typer.confirm(f"Go on in account {account}, {client.meta.region_name}?", abort=True, err=True)
    return Endpoint(client, account)


def put(endpoint: Endpoint, cases: tuple[str, ...], *, name: str) -> Scorecard:
    """Put the cases to the endpoint, or stop: nothing that was made stays."""
    try:
        with handling(signal.SIGTERM, _interrupt), _progress(len(cases)) as advance:
            return runner.run(endpoint, cases, on_result=advance)
    except EndpointError as error:
        stop(ExitCode.SERVICE, [f"{name}: {error}", *not_removed(endpoint)])
    except KeyboardInterrupt:
        said = "interrupted" if endpoint.not_removed else "interrupted; what was made is removed"
        stop(ExitCode.INTERRUPTED, [said, *not_removed(endpoint)])


def slow_down(client: Any, seconds: float) -> None:
    """Keep the calls of a client this many seconds apart."""
    client.meta.events.register("before-send.cognito-idp", RateLimiter(seconds))


def _interrupt(_: int, __: FrameType | None) -> Never:
    """Take a request to end as Ctrl-C: what was made has to be removed."""
    raise KeyboardInterrupt


@contextmanager
def _progress(total: int) -> Generator[Callable[[Result], object], None, None]:
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("cases", total=total)

        def advance(result: Result) -> None:
            progress.update(task, advance=1, description=result.case.partition("/")[0])

        yield advance


def not_removed(endpoint: Endpoint) -> list[str]:
    """Tell which pools are still there."""
    return [f"could not remove the user pool {pool}: remove it by hand" for pool in endpoint.not_removed]
