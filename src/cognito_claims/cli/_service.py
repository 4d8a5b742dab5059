"""Calls of the service: a user's groups, identity pools and their roles, the description of a user pool."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import astuple, dataclass
from functools import partial
from typing import Any, TypeVar

import typer

from cognito_claims._wire.parsing import parse_response
from cognito_claims.access import GetRoleResponse, Role
from cognito_claims.cli._exit import (
    ExitCode,
    exit_on_error,
    fail,
    is_boto_error,
    is_expected,
)
from cognito_claims.cli._interrupt import exit_on_interrupt
from cognito_claims.cli._options import require_options
from cognito_claims.client import resolve_user
from cognito_claims.errors import PaginationError
from cognito_claims.identity_pool import (
    DescribeIdentityPoolResponse,
    GetIdentityPoolRolesResponse,
    GetPrincipalTagAttributeMapResponse,
)
from cognito_claims.resolver import Policy, Resolution
from cognito_claims.user_pool import DescribeUserPoolResponse, UserPoolType

_T = TypeVar("_T")
_ROLE_NAME = re.compile(r"[A-Za-z0-9_+=,.@-]{1,64}")
_DENIALS = {"AccessDenied", "AccessDeniedException", "NotAuthorizedException"}


@dataclass(frozen=True)
class Service:
    """The service, with the boto3 settings of the command line."""

    profile: str | None
    region: str | None
    endpoint_url: str | None

    @property
    def is_configured(self) -> bool:
        """Whether an option about the service was passed."""
        return astuple(self) != (None, None, None)

    def create_client(
        self,
        service: str,
        resource: str | None = None,
        *,
        config: Mapping[str, object] | None = None,
        **settings: Any,
    ) -> Any:
        """Create a boto3 client, or fail. If no region is configured, it is that of the resource's ID."""
        try:
            with exit_on_interrupt():
                import boto3
                from botocore.config import Config
                from botocore.exceptions import BotoCoreError, NoRegionError
        except ModuleNotFoundError:
            error = 'calling the service needs an extra: pip install "cognito-claims[aws]"'
            fail(ExitCode.BAD_INPUT, [error])
        configure: Any = Config
        try:
            session: Any = boto3.Session(profile_name=self.profile, region_name=self.region)
            if config is not None:
                settings["config"] = configure(**config)
            if session.region_name is None and (region := _find_region(resource)) is not None:
                settings["region_name"] = region
            return session.client(service, endpoint_url=self.endpoint_url, **settings)
        except NoRegionError:
            fail(ExitCode.BAD_INPUT, ["no AWS region is configured: pass --region"])
        except (BotoCoreError, ValueError) as error:
            fail(ExitCode.BAD_INPUT, [error])

    def call(
        self,
        service: str,
        function: Callable[[Any], _T],
        resource: str | None = None,
        *,
        config: Mapping[str, object] | None = None,
        hint: str | None = None,
    ) -> _T:
        """Call a function with a boto3 client of the service, or fail. The hint ends each error of it."""
        client = self.create_client(service, resource, config=config)
        with exit_on_error():
            try:
                return function(client)
            except typer.Exit:
                raise
            except Exception as error:
                reason = self._describe_failure(error, client.meta.region_name, resource)
                if reason is None:
                    raise
                fail(ExitCode.SERVICE, [reason if hint is None else f"{reason}; then {hint}"])

    def _describe_failure(self, error: Exception, region: str, resource: str | None) -> str | None:
        """Return how the service failed, or `None` if an exception is not about that."""
        if isinstance(error, PaginationError):
            return str(error)
        if is_boto_error(error):
            return self._explain(error, region, resource)
        # botocore's parsers raise many kinds of exceptions, whose messages may quote the response.
        return None if is_expected(error) else f"the response could not be read ({type(error).__name__})"

    def _explain(self, error: Exception, region: str, resource: str | None) -> str:
        """Return the message of boto3's error, with what to do about it if that is known."""
        from botocore.exceptions import (
            ClientError,
            ConnectTimeoutError,
            EndpointConnectionError,
            NoCredentialsError,
        )

        if isinstance(error, NoCredentialsError):
            return "no AWS credentials are configured: pass --profile, or run aws configure"
        is_unreachable = isinstance(error, EndpointConnectionError | ConnectTimeoutError)
        if is_unreachable and self.endpoint_url is not None:
            return f"{error}: check --endpoint-url"
        is_not_found = isinstance(error, ClientError) and "(ResourceNotFoundException)" in str(error)
        expected = _find_region(resource)
        if (is_not_found or is_unreachable) and expected not in (None, region):
            return f"{error}: the region is {region}, but the ID is of {expected}: pass --region {expected}"
        return f"{error}: check the network, and the region {region}" if is_unreachable else str(error)

    def resolve_user(self, user_pool_id: str | None, username: str | None, policy: Policy) -> Resolution:
        """List a user's groups and resolve them, or fail."""
        pool, user = require_options({"--user-pool-id": user_pool_id, "--username": username})
        return self.call(
            "cognito-idp", partial(resolve_user, user_pool_id=pool, username=user, policy=policy), pool
        )

    def get_identity_pool_roles(self, identity_pool_id: str) -> GetIdentityPoolRolesResponse:
        """Get the roles of an identity pool, or fail."""

        def get_roles(client: Any) -> GetIdentityPoolRolesResponse:
            response: object = client.get_identity_pool_roles(IdentityPoolId=identity_pool_id)
            return parse_response(GetIdentityPoolRolesResponse, response)

        return self.call("cognito-identity", get_roles, identity_pool_id)

    def describe_identity_pool(self, identity_pool_id: str) -> DescribeIdentityPoolResponse:
        """Get the description of an identity pool, or fail."""

        def describe(client: Any) -> DescribeIdentityPoolResponse:
            response: object = client.describe_identity_pool(IdentityPoolId=identity_pool_id)
            return parse_response(DescribeIdentityPoolResponse, response)

        return self.call("cognito-identity", describe, identity_pool_id)

    def get_principal_tags(
        self, identity_pool_id: str, provider: str
    ) -> GetPrincipalTagAttributeMapResponse | bool | None:
        """Get the principal tags of a user pool: `False` without any, `None` if denied; or fail."""

        def get_tags(client: Any) -> GetPrincipalTagAttributeMapResponse | bool | None:
            arguments = {"IdentityPoolId": identity_pool_id, "IdentityProviderName": provider}
            try:
                response: object = client.get_principal_tag_attribute_map(**arguments)
            except client.exceptions.ClientError as error:
                code = _get_code(error)
                if code not in {*_DENIALS, "ResourceNotFoundException"}:
                    raise
                return None if code in _DENIALS else False
            return parse_response(GetPrincipalTagAttributeMapResponse, response)

        return self.call("cognito-identity", get_tags, identity_pool_id)

    def get_roles(self, role_arns: Iterable[str], identity_pool_id: str | None) -> list[Role]:
        """Get roles, without those that are denied or not found, which a note names; or fail."""

        def get_roles(client: Any) -> list[Role]:
            roles: list[Role] = []
            for arn in role_arns:
                name = arn.rpartition("/")[2]
                if _ROLE_NAME.fullmatch(name) is None:  # a group may have any ARN
                    typer.echo(f"note: GetRole of {arn}: it ends in no name of a role", err=True)
                    continue
                try:
                    response: object = client.get_role(RoleName=name)
                except client.exceptions.ClientError as error:
                    if _get_code(error) not in {*_DENIALS, "NoSuchEntity"}:
                        raise
                    typer.echo(f"note: GetRole of {arn}: {_get_code(error)}", err=True)
                    continue
                role = parse_response(GetRoleResponse, response).role
                if role.arn != arn:  # of the same name, in the account of the credentials
                    typer.echo(f"note: GetRole of {arn}: there is only {role.arn}", err=True)
                roles.append(role)
            return roles

        return self.call("iam", get_roles, identity_pool_id)

    def describe_user_pool(self, user_pool_id: str) -> UserPoolType:
        """Get the description of a user pool, or fail."""

        def describe(client: Any) -> UserPoolType:
            response: object = client.describe_user_pool(UserPoolId=user_pool_id)
            return parse_response(DescribeUserPoolResponse, response).user_pool

        return self.call("cognito-idp", describe, user_pool_id)


def _find_region(resource: str | None) -> str | None:
    """Return the region in the ID of a user pool or an identity pool."""
    found = re.match(r"([a-z]{2,}(?:-[a-z]+)+-[0-9]+)[_:]", resource or "")
    return found and found[1]


def _get_code(error: Any) -> str:
    """Return the code of a refusal by the service."""
    return str(error.response["Error"]["Code"])
