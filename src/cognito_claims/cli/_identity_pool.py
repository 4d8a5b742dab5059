"""The identity pool that commands ask about: what the AWS CLI printed, or what the service responds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import typer

from cognito_claims._wire.arn import get_account
from cognito_claims._wire.parsing import parse_written_response
from cognito_claims.access import Role, parse_roles
from cognito_claims.cli._exit import exit_on_error
from cognito_claims.cli._input import find_provider, read_identity_pool, read_json
from cognito_claims.cli._service import Service
from cognito_claims.identity_pool import (
    DescribeIdentityPoolResponse,
    GetIdentityPoolRolesResponse,
    GetPrincipalTagAttributeMapResponse,
)
from cognito_claims.tokens import build_issuer, build_provider_name


@dataclass(frozen=True)
class IdentityPool:
    """The responses about an identity pool. What is not known is `None`."""

    roles: GetIdentityPoolRolesResponse
    description: DescribeIdentityPoolResponse | None
    principal_tags: GetPrincipalTagAttributeMapResponse | bool | None

    @classmethod
    def read(
        cls,
        roles: str,
        description: str | None,
        principal_tags: str | None,
        *,
        no_principal_tags: bool,
    ) -> "IdentityPool":
        """Read the files of options, or fail."""
        if no_principal_tags and principal_tags is not None:
            raise typer.BadParameter("pass --principal-tags or --no-principal-tags, not both")
        with exit_on_error():
            described = tags = None
            if description is not None:
                parse = partial(parse_written_response, DescribeIdentityPoolResponse)
                described = read_json(description, "--description", parse)
            if principal_tags is not None:
                parse_tags = partial(parse_written_response, GetPrincipalTagAttributeMapResponse)
                tags = read_json(principal_tags, "--principal-tags", parse_tags)
            return cls(
                roles=parse_written_response(GetIdentityPoolRolesResponse, read_identity_pool(roles)),
                description=described,
                principal_tags=False if no_principal_tags else tags,
            )

    @classmethod
    def fetch(cls, service: Service, identity_pool_id: str, user_pool_id: str) -> "IdentityPool":
        """Get the responses from the service, or fail. No call changes anything."""
        provider = build_provider_name(build_issuer(user_pool_id), "").removesuffix(":")
        return cls(
            roles=service.get_identity_pool_roles(identity_pool_id),
            description=service.describe_identity_pool(identity_pool_id),
            principal_tags=service.get_principal_tags(identity_pool_id, provider),
        )

    def find_provider(self, user_pool_id: str, client_id: str | None) -> str:
        """Return the provider name of a user pool and its only app client, or fail."""
        names = [] if self.description is None else self.description.list_providers()
        return find_provider([*self.roles.mappings_by_provider, *names], user_pool_id, client_id)


def read_roles(paths: Sequence[str], name: str) -> tuple[Role, ...]:
    """Read the output of `aws iam get-role` or `aws iam list-roles` in the files of an option, or fail.

    Errors do not quote a path, which may be a token, so they count the files.
    """
    names = [name] if len(paths) == 1 else [f"{name} (file {i})" for i, _ in enumerate(paths, 1)]
    files = zip(paths, names, strict=True)
    return tuple(role for path, place in files for role in read_json(path, place, parse_roles))


def fetch_roles(
    service: Service, role_arns: Iterable[str], identity_pool_id: str | None
) -> tuple[tuple[Role, ...], str | None]:
    """Get roles from the service, and the ID of their account if there is any role, or fail."""
    roles = tuple(service.get_roles(role_arns, identity_pool_id))
    # The service finds roles and identity pools of the account of the credentials only.
    return roles, get_account(roles[0].arn) if roles else None
