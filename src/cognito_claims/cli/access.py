"""`cognito-claims access`: show every role that a user can get from an identity pool."""

from dataclasses import dataclass, replace
from typing import Annotated

import typer

from cognito_claims._wire.parsing import parse_written_response
from cognito_claims.access import (
    EffectiveAccess,
    Role,
    Verdict,
    build_access_report,
    effective_access,
    parse_roles,
)
from cognito_claims.access.result import list_sections
from cognito_claims.cli import _options as options
from cognito_claims.cli._exit import ExitCode, exit_on_error, fail
from cognito_claims.cli._input import (
    find_provider,
    parse_json,
    read_identity_pool,
    read_input,
    read_user_pool,
    resolve_groups,
)
from cognito_claims.cli._output import Output, write_result
from cognito_claims.cli._service import Service
from cognito_claims.errors import CognitoClaimsError
from cognito_claims.identity_pool import (
    DescribeIdentityPoolResponse,
    GetIdentityPoolRolesResponse,
    GetPrincipalTagAttributeMapResponse,
)
from cognito_claims.resolver import Policy, Resolution
from cognito_claims.user_pool import UserPoolType


def access(
    groups: Annotated[
        str | None,
        options.declare_option("The output of `aws cognito-idp admin-list-groups-for-user`.", "FILE"),
    ] = None,
    identity_pool: options.IdentityPool = None,
    description: Annotated[
        str | None,
        options.declare_identity_pool_option(
            "The output of `aws cognito-identity describe-identity-pool`.", "FILE"
        ),
    ] = None,
    principal_tags: Annotated[
        str | None,
        options.declare_identity_pool_option(
            "The output of `aws cognito-identity get-principal-tag-attribute-map`.", "FILE"
        ),
    ] = None,
    no_principal_tags: Annotated[
        bool,
        typer.Option(
            "--no-principal-tags",
            help="The identity pool maps no claims of the user pool to principal tags.",
            rich_help_panel="Identity pool",
        ),
    ] = False,
    roles: Annotated[
        list[str] | None,
        options.declare_option(
            "The output of `aws iam get-role` or `aws iam list-roles`; may be repeated.", "FILE"
        ),
    ] = None,
    user_pool: Annotated[
        str | None,
        options.declare_option("The output of `aws cognito-idp describe-user-pool`.", "FILE"),
    ] = None,
    client_id: Annotated[
        str | None,
        options.declare_identity_pool_option(
            "The app client that the user signs in to, if the identity pool has several.", "ID"
        ),
    ] = None,
    account_id: Annotated[
        str | None, options.declare_identity_pool_option("The AWS account of the identity pool.", "ID")
    ] = None,
    identity_id: Annotated[
        str | None,
        options.declare_identity_pool_option(
            "The user's identity, for trust policies with a condition on `sub`.", "ID"
        ),
    ] = None,
    user_pool_id: options.UserPoolId = None,
    username: options.Username = None,
    identity_pool_id: Annotated[
        str | None, options.declare_live_option("The identity pool, which the service describes.", "ID")
    ] = None,
    profile: options.Profile = None,
    region: options.Region = None,
    endpoint_url: options.EndpointUrl = None,
    policy: options.PolicySettings = None,
    as_json: options.Json = False,
) -> None:
    """Show the roles that a user can get from an identity pool, and if it can assume them.

    What the roles permit is not evaluated. Exits with 0 if the user gets credentials, or that is unknown;
    with 1 if the identity pool denies them or cannot assume the role; with 2 for invalid input; with 3 if
    the service refused a call or could not be reached; with 4 if the result could not be written.
    """
    service = Service(profile, region, endpoint_url)
    answers = options.build_policy(policy)
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
        if no_principal_tags and principal_tags is not None:
            raise typer.BadParameter("pass --principal-tags or --no-principal-tags, not both")
        with exit_on_error():
            question = _Question.parse(
                resolve_groups(read_input(groups, "--groups"), answers),
                read_identity_pool(identity_pool),
                description=_read(description, "--description"),
                principal_tags=_read(principal_tags, "--principal-tags"),
                roles=[_read(path, "--roles") for path in roles or ()],
                user_pool=None if user_pool is None else read_user_pool(user_pool),
                client_id=client_id,
            )
        if no_principal_tags:
            question = replace(question, principal_tags=False)
    found = question.answer(account_id, identity_id)
    write_result(build_access_report(found) if as_json else _render_text(found))
    if found.verdict is Verdict.NO:
        raise typer.Exit(ExitCode.NEGATIVE_RESULT)


@dataclass(frozen=True)
class _Question:
    """The responses that the answer follows from."""

    resolution: Resolution
    identity_pool: GetIdentityPoolRolesResponse
    provider: str | None
    description: DescribeIdentityPoolResponse | None
    principal_tags: GetPrincipalTagAttributeMapResponse | bool | None
    user_pool: UserPoolType | None
    roles: tuple[Role, ...] = ()
    account_id: str | None = None

    @classmethod
    def parse(
        cls,
        resolution: Resolution,
        identity_pool: object,
        *,
        description: object,
        principal_tags: object,
        roles: list[object],
        user_pool: UserPoolType | None,
        client_id: str | None,
    ) -> "_Question":
        """Validate the content of files, or raise."""
        pool_roles = parse_written_response(GetIdentityPoolRolesResponse, identity_pool)
        described = tags = None
        if description is not None:
            described = parse_written_response(DescribeIdentityPoolResponse, description)
        if principal_tags is not None:
            tags = parse_written_response(GetPrincipalTagAttributeMapResponse, principal_tags)
        ids = (group.user_pool_id for group in resolution.ranking if group.user_pool_id is not None)
        user_pool_id = next(ids, None if user_pool is None else user_pool.id)
        if user_pool_id is None and pool_roles.mappings_by_provider:
            fail(ExitCode.BAD_INPUT, ["the groups do not name their user pool: pass --user-pool"])
        return cls(
            resolution=resolution,
            identity_pool=pool_roles,
            provider=user_pool_id and _find_provider(pool_roles, described, user_pool_id, client_id),
            description=described,
            principal_tags=tags,
            user_pool=user_pool,
            roles=tuple(role for value in roles for role in parse_roles(value)),
        )

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
        pool_roles = service.get_identity_pool_roles(identity_pool_id)
        description = service.describe_identity_pool(identity_pool_id)
        provider = _find_provider(pool_roles, description, user_pool_id, client_id)
        question = cls(
            resolution=resolution,
            identity_pool=pool_roles,
            provider=provider,
            description=description,
            principal_tags=service.get_principal_tags(identity_pool_id, provider.rpartition(":")[0]),
            user_pool=service.describe_user_pool(user_pool_id),
        )
        arns = dict.fromkeys(one.role_arn for one in question.answer().roles)
        roles = service.get_roles(arns, identity_pool_id)
        # The service finds roles and identity pools of the account of the credentials only.
        account_id = roles[0].arn.split(":")[4] if roles else None
        return replace(question, roles=tuple(roles), account_id=account_id)

    def answer(self, account_id: str | None = None, identity_id: str | None = None) -> EffectiveAccess:
        """Return the roles that the user can get, or fail."""
        try:
            return effective_access(
                self.resolution,
                identity_pool=self.identity_pool,
                roles=self.roles,
                description=self.description,
                principal_tags=self.principal_tags,
                user_pool=self.user_pool,
                provider=self.provider,
                account_id=account_id or self.account_id,
                identity_id=identity_id,
            )
        except CognitoClaimsError as error:
            # This command reads no token, whose claims a rule of the identity pool may use.
            message = str(error).replace("pass the whole payload", "use cognito-claims role with a token")
            fail(ExitCode.BAD_INPUT, message.splitlines())


def _find_provider(
    pool_roles: GetIdentityPoolRolesResponse,
    description: DescribeIdentityPoolResponse | None,
    user_pool_id: str,
    client_id: str | None,
) -> str:
    """Return the provider name of the user pool, with the app client if there is only one, or fail."""
    accepted = () if description is None else description.cognito_identity_providers or ()
    names = [f"{one.provider_name}:{one.client_id}" for one in accepted]
    return find_provider([*pool_roles.mappings_by_provider, *names], user_pool_id, client_id)


def _read(path: str | None, name: str) -> object:
    return None if path is None else parse_json(read_input(path, name))


def _render_text(access: EffectiveAccess) -> str:
    output = Output()
    for number, (title, lines) in enumerate(list_sections(access)):
        output.print_line(*([""] if number else []), style="")
        output.print_line(title, style="bold")
        output.print_line(*lines)
    return output.text
