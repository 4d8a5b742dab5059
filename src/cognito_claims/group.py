"""The model of a group. It is a module of its own because the resolver needs no other model.

Import it from `cognito_claims` or `cognito_claims.models`. The other models would
lengthen the cold start of a function that only resolves groups.
"""

from typing import Annotated

from pydantic import Field

from cognito_claims._wire.base import WireModel
from cognito_claims._wire.scalars import (
    AwsDatetime,
    Description,
    EmptyStringAsNone,
    GroupName,
    Omittable,
    Precedence,
    RoleArn,
    UserPoolId,
)

__all__ = ["GroupType"]


# The service model requires no member of a response. A group without a name is of no use to anyone.
class GroupType(WireModel, frozen=True):
    """A group of a user pool.

    A group must have a name; everything else may be absent.
    """

    group_name: GroupName
    """1 to 128 characters: letters, marks, symbols, numbers, punctuation; no white space."""

    user_pool_id: Omittable[UserPoolId] = None
    """The ID of the user pool: 1 to 55 characters, such as `us-east-1_EXAMPLE`."""

    description: Omittable[
        Annotated[Description, Field(min_length=1), EmptyStringAsNone("a string of up to 2048 characters")]
    ] = None
    """Up to 2048 characters. An empty one is read as absent."""

    role_arn: Omittable[Annotated[RoleArn, EmptyStringAsNone("an ARN of 20 to 2048 characters")]] = None
    """The ARN of the group's IAM role, 20 to 2048 characters. An empty one is read as absent."""

    precedence: Omittable[Precedence] = None
    """0 to 2147483647; the lowest wins. `None` ranks after every number and is not 0."""

    last_modified_date: Omittable[AwsDatetime] = None
    """When the group was last changed; an aware datetime."""

    creation_date: Omittable[AwsDatetime] = None
    """When the group was created; an aware datetime."""
