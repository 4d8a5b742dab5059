"""The description of a user pool, as boto3's `describe_user_pool` returns it.

The models have the members that matter for groups and tokens, and ignore the
others.

>>> pool = UserPoolType.model_validate({
...     "Id": "eu-west-1_EXAMPLE",
...     "Arn": "arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_EXAMPLE",
...     "LambdaConfig": {"PreTokenGeneration": "arn:aws:lambda:eu-west-1:123456789012:function:claims"},
... })
>>> pool.account_id, pool.pre_token_generation_trigger
('123456789012', 'arn:aws:lambda:eu-west-1:123456789012:function:claims')

Source: the `cognito-idp` service model of 2016-04-18, as botocore ships it.
"""

from cognito_claims._wire.arn import get_account
from cognito_claims._wire.base import WireModel
from cognito_claims._wire.json import as_object
from cognito_claims._wire.parsing import parse_written_response
from cognito_claims._wire.scalars import Omittable, RoleArn, StrictStr, UserPoolId
from cognito_claims.models import ServiceResponse, UserPoolRequest

__all__ = [
    "DescribeUserPoolRequest",
    "DescribeUserPoolResponse",
    "IssuerConfigurationType",
    "LambdaConfigType",
    "PreTokenGenerationVersionConfigType",
    "UserPoolType",
    "parse_user_pool",
]


class PreTokenGenerationVersionConfigType(WireModel, frozen=True):
    """A pre token generation trigger with the version of its event."""

    lambda_version: StrictStr
    """`V1_0`, `V2_0` or `V3_0`; a value that AWS adds later is accepted."""

    lambda_arn: RoleArn
    """The ARN of the Lambda function, 20 to 2048 characters."""


class LambdaConfigType(WireModel, frozen=True):
    """The triggers of a user pool that change its tokens."""

    pre_token_generation: Omittable[RoleArn] = None
    """The ARN of the pre token generation trigger, with an event of version 1."""

    pre_token_generation_config: Omittable[PreTokenGenerationVersionConfigType] = None
    """The pre token generation trigger with its version."""


class IssuerConfigurationType(WireModel, frozen=True):
    """The issuer of a user pool's tokens."""

    type: Omittable[StrictStr] = None
    """`ORIGINAL` or `UPDATED`; a value that AWS adds later is accepted."""


class UserPoolType(WireModel, frozen=True):
    """A user pool."""

    id: UserPoolId
    """The ID of the user pool: 1 to 55 characters, such as `us-east-1_EXAMPLE`."""

    arn: Omittable[RoleArn] = None
    """The ARN of the user pool, 20 to 2048 characters."""

    lambda_config: Omittable[LambdaConfigType] = None
    """The triggers of the user pool."""

    issuer_configuration: Omittable[IssuerConfigurationType] = None
    """The issuer of the user pool's tokens."""

    @property
    def account_id(self) -> str | None:
        """The ID of the AWS account in `arn`."""
        return None if self.arn is None else get_account(self.arn)

    @property
    def pre_token_generation_trigger(self) -> str | None:
        """The ARN of the pre token generation trigger, or `None` if the pool has none."""
        triggers = self.lambda_config or LambdaConfigType()
        config = triggers.pre_token_generation_config
        return triggers.pre_token_generation if config is None else config.lambda_arn

    @property
    def has_updated_issuer(self) -> bool:
        """Whether tokens have the updated issuer, whose host is `issuer-cognito-idp`."""
        return self.issuer_configuration is not None and self.issuer_configuration.type == "UPDATED"


class DescribeUserPoolRequest(UserPoolRequest, frozen=True):
    """Request the description of a user pool."""


class DescribeUserPoolResponse(ServiceResponse, frozen=True):
    """The description of a user pool."""

    user_pool: UserPoolType
    """The user pool."""


def parse_user_pool(value: object) -> UserPoolType:
    """Validate the response of `describe_user_pool`, or the `UserPool` in it.

    Raises:
        InvalidResponseError: If it fits neither, or a key is misspelled.
    """
    if isinstance(value, UserPoolType):
        return value
    if isinstance(value, DescribeUserPoolResponse):
        return value.user_pool
    members = as_object(value) or {}
    # `--query UserPool` prints the bare description.
    response = {"UserPool": members} if "Id" in members else members
    return parse_written_response(DescribeUserPoolResponse, response).user_pool
