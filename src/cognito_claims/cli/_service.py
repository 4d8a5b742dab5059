"""Calls of the service: a user's groups and the roles of identity pools."""

from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass
from functools import partial
from typing import Any, TypeVar

import typer

from cognito_claims._wire.parsing import parse_response
from cognito_claims.cli._exit import ExitCode, exit_on_error, fail, is_boto_error
from cognito_claims.cli._options import require_options
from cognito_claims.client import resolve_user
from cognito_claims.errors import CognitoClaimsError
from cognito_claims.identity_pool import GetIdentityPoolRolesResponse
from cognito_claims.resolver import Policy, Resolution

_T = TypeVar("_T")


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
        self, service: str, *, config: Mapping[str, object] | None = None, **settings: object
    ) -> Any:
        """Create a boto3 client, or fail."""
        try:
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
            return session.client(service, endpoint_url=self.endpoint_url, **settings)
        except NoRegionError:
            fail(ExitCode.BAD_INPUT, ["no AWS region is configured: pass --region"])
        except (BotoCoreError, ValueError) as error:
            fail(ExitCode.BAD_INPUT, [error])

    def call(
        self, service: str, function: Callable[[Any], _T], *, config: Mapping[str, object] | None = None
    ) -> _T:
        """Call a function with a boto3 client of the service, or fail."""
        client = self.create_client(service, config=config)
        with exit_on_error():
            try:
                return function(client)
            except (typer.Exit, CognitoClaimsError):
                raise
            except Exception as error:
                if is_boto_error(error):
                    raise
                # botocore's parsers raise many kinds of exceptions, whose messages may quote the response.
                fail(ExitCode.SERVICE, [f"the response could not be read ({type(error).__name__})"])

    def resolve_user(self, user_pool_id: str | None, username: str | None, policy: Policy) -> Resolution:
        """List a user's groups and resolve them, or fail."""
        pool, user = require_options({"--user-pool-id": user_pool_id, "--username": username})
        return self.call(
            "cognito-idp", partial(resolve_user, user_pool_id=pool, username=user, policy=policy)
        )

    def get_identity_pool_roles(self, identity_pool_id: str) -> GetIdentityPoolRolesResponse:
        """Get the roles of an identity pool, or fail."""

        def get_roles(client: Any) -> GetIdentityPoolRolesResponse:
            response: object = client.get_identity_pool_roles(IdentityPoolId=identity_pool_id)
            return parse_response(GetIdentityPoolRolesResponse, response)

        return self.call("cognito-identity", get_roles)
