"""What commands ask the service: groups and role mappings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import typer

from cognito_claims._wire import parse_response
from cognito_claims.cli._exit import ExitCode, stop
from cognito_claims.client import AdminListGroupsForUserClient, AdminListGroupsForUserPaginator
from cognito_claims.errors import InvalidRequestError, InvalidResponseError, PaginationError
from cognito_claims.identity_pool import GetIdentityPoolRolesResponse
from cognito_claims.models import GroupType

_T = TypeVar("_T")


@dataclass(frozen=True)
class Service:
    """Where to ask: boto3's own settings."""

    profile: str | None
    region: str | None
    endpoint_url: str | None

    @property
    def is_named(self) -> bool:
        """Whether anything was said of it."""
        return any(setting is not None for setting in (self.profile, self.region, self.endpoint_url))

    def client(
        self, service: str, *, config: Mapping[str, object] | None = None, **settings: object
    ) -> Any:
        """Make a client of the service, with more of boto3's settings, or stop with what went wrong."""
        try:
            import boto3
            from botocore.config import Config
            from botocore.exceptions import BotoCoreError
        except ModuleNotFoundError:
            fault = 'asking the service needs an extra: pip install "cognito-claims[aws]"'
            stop(ExitCode.BAD_INPUT, [fault])
        configured: Any = Config
        try:
            session: Any = boto3.Session(profile_name=self.profile, region_name=self.region)
            if config is not None:
                settings["config"] = configured(**config)
            return session.client(service, endpoint_url=self.endpoint_url, **settings)
        except (BotoCoreError, ValueError) as error:
            stop(ExitCode.BAD_INPUT, [error])

    def ask(
        self, service: str, question: Callable[[Any], _T], *, config: Mapping[str, object] | None = None
    ) -> _T:
        """Ask by a client of the service, or stop with what went wrong."""
        client = self.client(service, config=config)
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return question(client)
        except typer.Exit:
            raise
        except (InvalidRequestError, InvalidResponseError) as error:
            stop(ExitCode.BAD_INPUT, str(error).splitlines())
        except (BotoCoreError, ClientError, PaginationError) as error:
            stop(ExitCode.SERVICE, [error])
        except Exception as error:  # noqa: BLE001, botocore's parser fails in many ways
            stop(ExitCode.SERVICE, [f"the answer could not be read ({type(error).__name__})"])


def groups_from_service(service: Service, *, user_pool_id: str, username: str) -> tuple[GroupType, ...]:
    """Ask the service for all groups of a user, or stop with what went wrong."""

    def groups(client: AdminListGroupsForUserClient) -> tuple[GroupType, ...]:
        pages = AdminListGroupsForUserPaginator(client).paginate(Username=username, UserPoolId=user_pool_id)
        return tuple(pages.groups())

    return service.ask("cognito-idp", groups)


def identity_pool_from_service(service: Service, *, identity_pool_id: str) -> GetIdentityPoolRolesResponse:
    """Ask the service for the roles of an identity pool, or stop with what went wrong."""

    def roles(client: Any) -> GetIdentityPoolRolesResponse:
        answer: object = client.get_identity_pool_roles(IdentityPoolId=identity_pool_id)
        return parse_response(GetIdentityPoolRolesResponse, answer)

    return service.ask("cognito-identity", roles)


def provider_of(user_pool_id: str, client_id: str) -> str:
    """Give the name by which identity pools know a user pool and an app client."""
    region = user_pool_id.partition("_")[0]
    suffix = ".cn" if region.startswith("cn-") else ""
    return f"cognito-idp.{region}.amazonaws.com{suffix}/{user_pool_id}:{client_id}"
