"""`cognito-claims conform`: the conformance vectors put to an endpoint."""

from pathlib import Path
from typing import Annotated

import typer

from cognito_claims.cli._exit import ExitCode, stop, write
from cognito_claims.cli._options import FILES, EndpointUrlOption, JsonOption, ProfileOption, RegionOption
from cognito_claims.cli._service import Service

_AWS_RATE = 5.0
_AWS = "Run against AWS itself"


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
        typer.Option(help="The results as JUnit XML.", metavar="FILE", rich_help_panel=FILES),
    ] = None,
    evidence: Annotated[
        Path | None,
        typer.Option(
            help="What was answered where AWS leaves it open, to be sent to whoever wonders.",
            metavar="FILE",
            rich_help_panel=FILES,
        ),
    ] = None,
    json_wanted: JsonOption = False,
) -> None:
    """Put the conformance vectors to an endpoint, and say which rules it keeps.

    Each case makes a user pool of its own and removes it again. Exits with 0 if every case passed; with 1
    if one did not; with 2 for bad input; with 3 if the endpoint cannot be reached or makes no user pools;
    with 4 if a file could not be written; with 130 if interrupted, after all was removed.
    """
    # The vectors' models take a moment to load, which the other commands are spared.
    from cognito_claims.cli import _conform, _scorecard
    from cognito_claims.cli._files import save

    cases = _conform.chosen(select or ())
    if plan:
        write(_scorecard.plan_of(cases))
        return
    if (endpoint_url is None) != aws:
        raise typer.BadParameter("give --endpoint-url, or --aws to run against AWS itself")
    if _scorecard.is_aws(endpoint_url):
        raise typer.BadParameter("--endpoint-url: is AWS itself, which takes --aws")
    service = Service(profile, region, endpoint_url)
    endpoint = _conform.at_aws(service, cases, yes=yes) if aws else _conform.at_emulator(service)
    limit = rate or (_AWS_RATE if aws else None)
    if limit is not None:
        _conform.slow_down(endpoint.client, 1 / limit)
    card = _conform.put(endpoint, cases, name=endpoint_url or "AWS")
    write(_scorecard.as_json(card, endpoint_url) if json_wanted else _scorecard.as_text(card))
    if junit is not None:
        save(junit, card.to_junit())
    if evidence is not None:
        save(evidence, _scorecard.evidence_of(card, endpoint))
    if card.not_removed:
        stop(ExitCode.NO, _conform.not_removed(endpoint))
    if not card.passed:
        raise typer.Exit(ExitCode.NO)
