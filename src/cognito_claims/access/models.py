"""IAM roles, as boto3's `get_role` returns them.

The models have the members that matter for trust, and ignore the others.

Source: the `iam` service model of 2010-05-08, as botocore ships it.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, JsonValue

from cognito_claims._wire.base import WireModel
from cognito_claims._wire.json import as_list, as_object
from cognito_claims._wire.parsing import parse_written_response
from cognito_claims._wire.scalars import Omittable, TupleOf
from cognito_claims.models import ServiceResponse


class Role(WireModel, frozen=True):
    """An IAM role and its trust policy."""

    arn: Annotated[str, Field(strict=True, min_length=20, max_length=2048)]
    """The ARN of the role, 20 to 2048 characters."""

    role_name: Annotated[
        str, Field(strict=True, min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_+=,.@-]+$")
    ]
    """The name of the role, 1 to 64 characters, without its path."""

    assume_role_policy_document: Omittable[
        Annotated[str, Field(strict=True, min_length=1, max_length=131072)] | dict[str, JsonValue]
    ] = None
    """The trust policy: decoded by boto3 and the AWS CLI, and URL-encoded JSON on the wire. It may be a
    dictionary, so this model has no hash."""

    max_session_duration: Omittable[Annotated[int, Field(strict=True, ge=3600, le=43200)]] = None
    """The longest validity of credentials, 3600 to 43200 seconds."""


class GetRoleResponse(ServiceResponse, frozen=True):
    """A role, as boto3's `get_role` returns it."""

    role: Role
    """The role."""


class _ListRolesResponse(ServiceResponse, frozen=True):
    roles: TupleOf[Role]


def parse_roles(value: object) -> tuple[Role, ...]:
    """Validate the response of `get_role` or `list_roles`, a single role, or a list of roles.

    Raises:
        InvalidResponseError: If it is none of these, or a key is misspelled.
    """
    if isinstance(value, Role):
        return (value,)
    if isinstance(value, GetRoleResponse):
        return (value.role,)
    members = as_object(value) or {}
    if (roles := as_list(value)) is not None or "Roles" in members:
        listed = {"Roles": roles} if roles is not None else members
        return parse_written_response(_ListRolesResponse, listed).roles
    # `--query Role` prints the bare role.
    response = {"Role": members} if "Arn" in members else members
    return (parse_written_response(GetRoleResponse, response).role,)
