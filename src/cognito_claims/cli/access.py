"""`cognito-claims access`: show every role that a user can get from an identity pool."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from cognito_claims.access import (
    EffectiveAccess,
    Role,
    Verdict,
    build_access_report,
    draw_access,
    effective_access,
)
from cognito_claims.access.result import list_sections
from cognito_claims.access.steps import list_steps
from cognito_claims.cli import _options as options
from cognito_claims.cli._diagram import draw_steps
from cognito_claims.cli._exit import ExitCode, exit_on_error, fail
from cognito_claims.cli._identity_pool import IdentityPool, fetch_roles, read_roles
from cognito_claims.cli._input import read_input, read_user_pool, resolve_groups
from cognito_claims.cli._output import Output, refuse_overwrite, write_file, write_result
from cognito_claims.cli._service import Service
from cognito_claims.resolver import Policy, Resolution
from cognito_claims.user_pool import UserPoolType


def access(
    groups: Annotated[
        str | None,
        options.declare_option("The output of `aws cognito-idp admin-list-groups-for-user`.", "FILE"),
    ] = None,
    identity_pool: options.IdentityPool = None,
    description: options.IdentityPoolDescription = None,
    principal_tags: options.PrincipalTags = None,
    no_principal_tags: options.NoPrincipalTags = False,
    roles: Annotated[
        list[str] | None,
        options.declare_option(
            "The output of `aws iam get-role` or `aws iam list-roles`; may be repeated.", "FILE"
        ),
    ] = None,
    user_pool: options.UserPool = None,
    client_id: options.ClientId = None,
    account_id: options.AccountId = None,
    identity_id: Annotated[
        str | None,
        options.declare_identity_pool_option(
            "The user's identity, for trust policies with a condition on `sub`.", "ID"
        ),
    ] = None,
    user_pool_id: options.UserPoolId = None,
    username: options.Username = None,
    identity_pool_id: options.IdentityPoolId = None,
    profile: options.Profile = None,
    region: options.Region = None,
    endpoint_url: options.EndpointUrl = None,
    policy: options.PolicySettings = None,
    svg: Annotated[
        Path | None,
        options.declare_output_file("Write a diagram to FILE as self-contained SVG, without the username."),
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Show which roles a user can get from an identity pool, and whether each can be assumed.

    What the roles permit is not evaluated. Exits with 0 if the user gets credentials, or that is unknown;
    with 1 if the identity pool denies them or cannot assume the role; with 2 for invalid input; with 3 if
    the service refused a call or could not be reached; with 4 if the result could not be written.
    """
    service = Service(profile, region, endpoint_url)
    answers = options.build_policy(policy)
    one_each = (groups, identity_pool, description, principal_tags, user_pool)
    refuse_overwrite([svg], [*one_each, *(roles or ())])
    live = {"--user-pool-id": user_pool_id, "--username": username, "--identity-pool-id": identity_pool_id}
    files = (groups, identity_pool, description, principal_tags, roles, user_pool)
    if service.is_configured or any(value is not None for value in live.values()):
        if no_principal_tags or any(value is not None for value in files):
            raise typer.BadParameter("pass files or the options to call the service, not both")
        pool, user, identity_pool_of_user = options.require_options(live, "to call the service")
        question = _Question.fetch(service, pool, user, identity_pool_of_user, answers, client_id)
    elif groups is None or identity_pool is None:
        reason = "pass --groups and --identity-pool, or the options to call the service"
        raise typer.BadParameter(reason)
    else:
        with exit_on_error():
            resolution = resolve_groups(read_input(groups, "--groups"), answers, "--groups")
        question = _Question.read(
            resolution,
            IdentityPool.read(
                identity_pool, description, principal_tags, no_principal_tags=no_principal_tags
            ),
            roles=read_roles(roles or (), "--roles"),
            user_pool=None if user_pool is None else read_user_pool(user_pool),
            client_id=client_id,
        )
    found = question.answer(account_id, identity_id)
    if svg is not None:
        write_file(svg, draw_access(found, standalone=True))
    write_result(build_access_report(found) if as_json else _render_text(found))
    if found.verdict is Verdict.NO:
        raise typer.Exit(ExitCode.NEGATIVE_RESULT)


@dataclass(frozen=True)
class _Question:
    """The responses that the answer follows from."""

    resolution: Resolution
    pool: IdentityPool
    provider: str | None
    user_pool: UserPoolType | None
    roles: tuple[Role, ...] = ()
    account_id: str | None = None

    @classmethod
    def read(
        cls,
        resolution: Resolution,
        pool: IdentityPool,
        *,
        roles: tuple[Role, ...],
        user_pool: UserPoolType | None,
        client_id: str | None,
    ) -> "_Question":
        """Combine the content of files, or fail."""
        ids = (group.user_pool_id for group in resolution.ranking if group.user_pool_id is not None)
        user_pool_id = next(ids, None if user_pool is None else user_pool.id)
        if user_pool_id is None and pool.roles.mappings_by_provider:
            fail(ExitCode.BAD_INPUT, ["the groups do not name their user pool: pass --user-pool"])
        provider = user_pool_id and pool.find_provider(user_pool_id, client_id)
        return cls(resolution, pool, provider, user_pool, roles)

    @classmethod
    def fetch(
        cls,
        service: Service,
        user_pool_id: str,
        username: str,
        identity_pool_id: str,
        policy: Policy,
        client_id: str | None,
    ) -> "_Question":
        """Get the responses from the service, or fail. No call changes anything."""
        resolution = service.resolve_user(user_pool_id, username, policy)
        pool = IdentityPool.fetch(service, identity_pool_id, user_pool_id)
        provider = pool.find_provider(user_pool_id, client_id)
        question = cls(resolution, pool, provider, service.describe_user_pool(user_pool_id))
        arns = dict.fromkeys(one.role_arn for one in question.answer().roles)
        roles, account_id = fetch_roles(service, arns, identity_pool_id)
        return replace(question, roles=roles, account_id=account_id)

    def answer(self, account_id: str | None = None, identity_id: str | None = None) -> EffectiveAccess:
        """Return the roles that the user can get, or fail."""
        with exit_on_error():
            return effective_access(
                self.resolution,
                identity_pool=self.pool.roles,
                roles=self.roles,
                description=self.pool.description,
                principal_tags=self.pool.principal_tags,
                user_pool=self.user_pool,
                provider=self.provider,
                account_id=account_id or self.account_id,
                identity_id=identity_id,
            )


def _render_text(access: EffectiveAccess) -> str:
    output = Output()
    if output.can_draw:
        draw_steps(output, list_steps(access))
    for number, (title, lines) in enumerate(list_sections(access)):
        output.print_line(*([""] if number or output.can_draw else []), style="")
        output.print_line(title, style="bold")
        output.print_line(*lines)
    return output.text
