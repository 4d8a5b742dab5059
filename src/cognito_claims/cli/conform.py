"""`cognito-claims conform`: run the conformance vectors against an endpoint."""

import json
import os
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from typing import Annotated, Any, Never
from urllib.parse import urlsplit

import typer

from cognito_claims._counts import format_count
from cognito_claims._signals import handle_signals
from cognito_claims.cli import _options as options
from cognito_claims.cli._conformance import Format, render, report_case
from cognito_claims.cli._exit import ExitCode, fail
from cognito_claims.cli._options import MIN_RATE
from cognito_claims.cli._output import Output, write_file, write_result
from cognito_claims.cli._progress import show_progress
from cognito_claims.cli._service import Service
from cognito_claims.client._operations import SERVICE_ID
from cognito_claims.client.rate_limiter import RateLimiter
from cognito_claims.conformance import runner
from cognito_claims.conformance.consistency import group_answers
from cognito_claims.conformance.endpoint import (
    BYSTANDERS,
    CALLS,
    EXAMPLE_ACCOUNT,
    Endpoint,
    EndpointError,
)
from cognito_claims.conformance.scorecard import ObservedAnswer, Result, Scorecard, Verdict
from cognito_claims.tokens import AWS_DOMAINS

_AWS_RATE = 5.0  # a tenth of the quota of AdminListGroupsForUser, to leave the rest to other programs
_CASES_BETWEEN_LINES = 25
_AWS = "Run against AWS itself"


def conform(
    endpoint_url: options.EndpointUrl = None,
    select: Annotated[
        list[str] | None,
        typer.Option(
            help="The ID of a case, a subject or a rule; may be repeated. All cases run if omitted.",
            metavar="ID",
        ),
    ] = None,
    aws: Annotated[
        bool,
        typer.Option("--aws", help="Run against AWS, in the account of the profile.", rich_help_panel=_AWS),
    ] = False,
    plan: Annotated[
        bool,
        typer.Option("--plan", help="Print the resources to create and the permissions needed, and exit."),
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Skip the confirmation prompt.", rich_help_panel=_AWS)
    ] = False,
    rate: Annotated[
        float | None,
        typer.Option(
            help=f"The maximum number of calls per second, {MIN_RATE} or more; {_AWS_RATE:.0f} at AWS, "
            "otherwise unlimited.",
            metavar="NUMBER",
            min=MIN_RATE,
        ),
    ] = None,
    profile: options.Profile = None,
    region: Annotated[str | None, options.declare_live_option("The AWS region.", "NAME")] = None,
    junit: Annotated[
        Path | None, options.declare_output_file("Write the results to FILE as JUnit XML.")
    ] = None,
    evidence: Annotated[
        Path | None,
        options.declare_output_file("Write the answers to unspecified cases to FILE, for sharing."),
    ] = None,
    output_format: Annotated[
        Format, typer.Option("--format", help="`text`, `json`, `junit` or `markdown`.", metavar="FORMAT")
    ] = Format.TEXT,
) -> None:
    """Run the conformance vectors against an endpoint.

    Creates user pools and removes them again. Exits with 0 if every case passed; with 1 if one did not;
    with 2 for invalid input; with 3 if the endpoint cannot be reached or lacks an operation that every
    case needs; with 4 if a file could not be written; with 130 if interrupted, after every user pool was
    removed.
    """
    cases = select_cases(select or ())
    if plan:
        write_result(render_plan(cases))
        return
    if (endpoint_url is None) != aws:
        raise typer.BadParameter("pass --endpoint-url, or --aws to run against AWS itself")
    if _is_aws(endpoint_url):
        raise typer.BadParameter("--endpoint-url: is an endpoint of AWS: use --aws")
    service = Service(profile, region, endpoint_url)
    endpoint = _connect_to_aws(service, cases, yes=yes) if aws else _connect_to_emulator(service)
    if rate is not None or aws:
        meta: Any = endpoint.client.meta
        meta.events.register(f"before-send.{SERVICE_ID}", RateLimiter(1 / (rate or _AWS_RATE)))
    card = run_cases(endpoint, cases, name=endpoint_url or "AWS")
    write_result(render(card, output_format, endpoint_url or "aws"))
    if junit is not None:
        write_file(junit, card.to_junit(), private=False)
    if evidence is not None:
        text = json.dumps(_build_evidence(card, endpoint), indent=2) + "\n"
        write_file(evidence, text, private=False)
    if card.not_removed:
        fail(ExitCode.NEGATIVE_RESULT, _list_not_removed(endpoint))
    if not card.passed:
        raise typer.Exit(ExitCode.NEGATIVE_RESULT)


def select_cases(wanted: Iterable[str]) -> tuple[str, ...]:
    """Return the IDs of the cases, or fail."""
    try:
        return runner.select(wanted)
    except ValueError as error:
        raise typer.BadParameter(f"--select: {error}") from None


def _is_aws(url: str | None) -> bool:
    host = urlsplit(url or "").hostname or ""
    return host.endswith((".api.aws", *(f".{domain}" for domain in AWS_DOMAINS)))


def _connect_to_emulator(service: Service) -> Endpoint:
    settings: dict[str, Any] = {}
    if service.profile is None:
        # An emulator needs no real credentials, and must not receive the user's own by accident.
        if "AWS_ACCESS_KEY_ID" not in os.environ:
            settings |= {"aws_access_key_id": "conform", "aws_secret_access_key": "conform"}
        if service.region is None and "AWS_DEFAULT_REGION" not in os.environ:
            settings |= {"region_name": "eu-west-1"}
    # No retries: an emulator throttles nobody, so an error is a result.
    config = {"retries": {"total_max_attempts": 1, "mode": "standard"}}
    return Endpoint(service.create_client("cognito-idp", config=config, **settings))


def _connect_to_aws(service: Service, cases: tuple[str, ...], *, yes: bool) -> Endpoint:
    """Connect to AWS after the user has confirmed."""
    config = {"retries": {"total_max_attempts": 8, "mode": "standard"}}
    client = service.create_client("cognito-idp", config=config)
    account: str = service.call("sts", lambda sts: sts.get_caller_identity()["Account"])
    if not yes:
        typer.echo(render_plan(cases, account), err=True)
        if not sys.stdin or not sys.stdin.isatty():
            raise typer.BadParameter("confirmation requires a terminal: pass --yes to skip it")
        typer.confirm(f"Continue in account {account}, {client.meta.region_name}?", abort=True, err=True)
    return Endpoint(client, account)


def run_cases(endpoint: Endpoint, cases: tuple[str, ...], *, name: str) -> Scorecard:
    """Run the cases against the endpoint, or fail. Every user pool is removed."""
    completed: list[Result] = []
    try:
        with handle_signals(_interrupt), show_progress("cases", step=_CASES_BETWEEN_LINES) as update_bar:

            def count_result(result: Result) -> None:
                completed.append(result)
                update_bar(completed=len(completed), total=len(cases), description=result.subject)

            return runner.run(endpoint, cases, on_result=count_result)
    except EndpointError as error:
        fail(ExitCode.SERVICE, [f"{name}: {error}", *_list_not_removed(endpoint)])
    except KeyboardInterrupt:
        message = "interrupted" if endpoint.not_removed else "interrupted; every user pool was removed"
        fail(ExitCode.INTERRUPTED, [message, *_list_not_removed(endpoint)])


def _interrupt(_: int, __: FrameType | None) -> Never:
    raise KeyboardInterrupt  # for SIGTERM too, so that user pools are removed


def _list_not_removed(endpoint: Endpoint) -> list[str]:
    return [f"could not remove the user pool {pool}: remove it manually" for pool in endpoint.not_removed]


def render_plan(cases: tuple[str, ...], account: str = EXAMPLE_ACCOUNT) -> str:
    """Return what the cases create, and the permissions needed, as text."""
    selected = runner.select_cases(cases)
    pools = len(runner.group_by_pool(selected)) + 1  # the first shows which claims are emitted
    memberships = [runner.get_groups(case) for _, case in selected]
    counts = [*map(len, memberships)]
    groups = [BYSTANDERS, *(group for membership in memberships for group in membership)]
    roles = {group.role_arn for group in groups if group.role_arn is not None}
    output = Output()
    output.print_line(
        f"{format_count(len(cases), 'case')} in {format_count(pools, 'user pool')}, one at a time:",
        "  a user pool, named cognito-claims-conform-...",
        "  an app client that allows administrators to sign in with passwords",
        f"  the group {BYSTANDERS.group_name}, with a user in it",
        "  a user for each case, with a random password, without sending an invitation",
        f"  {min(counts)} to {format_count(max(counts), 'group')} for each user; cases share equal groups",
        "",
        "Permissions:",
        *(f"  cognito-idp:{call}" for call in CALLS),
        "  iam:PassRole on these roles, which are assigned to groups and never assumed:",
        *(f"    {role.replace(EXAMPLE_ACCOUNT, account)}" for role in sorted(roles)),
    )
    return output.text


def _build_evidence(card: Scorecard, endpoint: Endpoint) -> dict[str, object]:
    """Return the answers to unspecified cases, and those that break rules, without the account."""
    meta: Any = endpoint.client.meta
    questions = dict.fromkeys(one for answer in card.observed_answers for one in answer.open)
    return {
        "version": 1,
        "vectors": 1,
        "date": datetime.now(UTC).date().isoformat(),
        "service": "aws" if _is_aws(meta.endpoint_url) else meta.endpoint_url,
        "region": meta.region_name,
        "botocore": version("botocore"),
        "questions": {one: summarize_answers(card.observed_answers, one) for one in questions},
        "cases": [
            {"case": one.case, "open": one.open, "differs_on": one.differs_on, "got": one.got}
            for one in card.observed_answers
        ],
        "contradicted": [report_case(result) for result in card.results if result.verdict is Verdict.FAIL],
    }


def summarize_answers(cases: Iterable[ObservedAnswer], question: str) -> str:
    """Summarize how a service answers an open question."""
    match [*group_answers(cases, question)]:
        case [way]:
            return way
        case []:
            return "undecided"
        case _:
            return "contradictory"
