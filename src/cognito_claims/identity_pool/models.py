"""The description, the roles and the principal tags of an identity pool, as boto3 returns them.

The description has the members that matter for roles, and ignores the others.

Source: the `cognito-identity` service model of 2014-06-30, as botocore ships it.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from cognito_claims._wire.base import WireModel
from cognito_claims._wire.json import as_object
from cognito_claims._wire.parsing import parse_written_response
from cognito_claims._wire.scalars import ClaimName, Omittable, StrictBool, TupleOf
from cognito_claims.errors import InvalidResponseError, Problem
from cognito_claims.models import ServiceResponse

_Arn = Annotated[str, Field(strict=True, min_length=20, max_length=2048)]
_ProviderName = Annotated[str, Field(strict=True, min_length=1, max_length=128)]
_IdentityPoolId = Annotated[
    str, Field(strict=True, min_length=1, max_length=55, pattern=r"^[A-Za-z0-9_-]+:[0-9a-f-]+$")
]


class MappingRule(WireModel, frozen=True):
    """A rule that maps a claim to a role."""

    claim: ClaimName
    """The claim's name, 1 to 64 characters without white space."""

    match_type: Literal["Equals", "Contains", "StartsWith", "NotEqual"]
    """How the value of the claim must match."""

    value: Annotated[str, Field(strict=True, min_length=1, max_length=128)]
    """The value to match, 1 to 128 characters."""

    role_arn: _Arn = Field(alias="RoleARN")
    """The ARN of the role to assign, 20 to 2048 characters."""


class RulesConfiguration(WireModel, frozen=True):
    """The rules of a role mapping."""

    rules: Annotated[TupleOf[MappingRule], Field(min_length=1, max_length=400)]
    """1 to 400 rules, in order. The developer guide limits them to 25."""


class RoleMapping(WireModel, frozen=True):
    """How an identity pool maps the users of one provider to roles."""

    type: Literal["Token", "Rules"]
    """Whether the role claims of the token choose the role, or rules about any claim."""

    ambiguous_role_resolution: Omittable[Literal["AuthenticatedRole", "Deny"]] = None
    """What happens if they choose no role. AWS requires it; a missing one is treated as `Deny`."""

    rules_configuration: Omittable[RulesConfiguration] = None
    """The rules; required if `type` is `Rules`."""

    identity_provider: Omittable[_ProviderName] = None
    """The provider's name in a CloudFormation template, whose mappings may have any key."""

    @model_validator(mode="after")
    def _require_rules(self) -> RoleMapping:
        if self.type == "Rules" and self.rules_configuration is None:
            raise ValueError("RulesConfiguration is required if Type is Rules")
        return self


class GetIdentityPoolRolesResponse(ServiceResponse, frozen=True):
    """The roles of an identity pool, as boto3's `get_identity_pool_roles` returns them."""

    identity_pool_id: Omittable[_IdentityPoolId] = None
    """The ID of the identity pool: its region, a colon and a GUID."""

    roles: Omittable[
        Annotated[dict[Literal["authenticated", "unauthenticated"], _Arn], Field(max_length=2)]
    ] = None
    """The roles for authenticated users and for guests. It is a dictionary, so this model has no hash."""

    role_mappings: Omittable[Annotated[dict[_ProviderName, RoleMapping], Field(max_length=10)]] = None
    """Up to 10 mappings by provider name: `cognito-idp.<region>.amazonaws.com/<poolId>:<clientId>`."""

    @property
    def mappings_by_provider(self) -> dict[str, RoleMapping]:
        """The mappings by provider name: a mapping's own, from CloudFormation, or its key."""
        mappings = (self.role_mappings or {}).items()
        return {mapping.identity_provider or name: mapping for name, mapping in mappings}

    @property
    def authenticated_role(self) -> str | None:
        """The ARN of the role for authenticated users."""
        return (self.roles or {}).get("authenticated")


class CognitoIdentityProvider(WireModel, frozen=True):
    """A user pool and an app client whose tokens an identity pool accepts."""

    provider_name: Omittable[
        Annotated[str, Field(strict=True, min_length=1, max_length=128, pattern=r"^[A-Za-z0-9_.:/-]+$")]
    ] = None
    """The user pool: `cognito-idp.<region>.amazonaws.com/<poolId>`."""

    client_id: Omittable[
        Annotated[str, Field(strict=True, min_length=1, max_length=128, pattern=r"^[A-Za-z0-9_]+$")]
    ] = None
    """The ID of the app client, 1 to 128 characters."""

    server_side_token_check: Omittable[StrictBool] = None
    """Whether tokens of users who signed out everywhere, or were deleted, are refused."""


class DescribeIdentityPoolResponse(ServiceResponse, frozen=True):
    """The description of an identity pool, as boto3's `describe_identity_pool` returns it."""

    identity_pool_id: _IdentityPoolId
    """The ID of the identity pool: its region, a colon and a GUID."""

    allow_unauthenticated_identities: StrictBool
    """Whether guests get credentials."""

    allow_classic_flow: Omittable[StrictBool] = None
    """Whether the basic (classic) flow is allowed. Absent if it was never set, and then it is not."""

    cognito_identity_providers: Omittable[TupleOf[CognitoIdentityProvider]] = None
    """The user pools and app clients whose tokens the identity pool accepts."""

    def list_providers(self) -> list[str]:
        """Return the names of the providers: `cognito-idp.<region>.amazonaws.com/<poolId>:<clientId>`."""
        listed = self.cognito_identity_providers or ()
        return [f"{one.provider_name or ''}:{one.client_id or ''}" for one in listed]


class GetPrincipalTagAttributeMapResponse(ServiceResponse, frozen=True):
    """The principal tags of a provider, as boto3's `get_principal_tag_attribute_map` returns them."""

    identity_pool_id: Omittable[_IdentityPoolId] = None
    """The ID of the identity pool: its region, a colon and a GUID."""

    identity_provider_name: Omittable[_ProviderName] = None
    """The provider: for a user pool, `cognito-idp.<region>.amazonaws.com/<poolId>`."""

    use_defaults: Omittable[StrictBool] = None
    """Whether the default mapping applies, which sets tags too."""

    principal_tags: Omittable[
        Annotated[
            dict[
                Annotated[str, Field(strict=True, min_length=1, max_length=128)],
                Annotated[str, Field(strict=True, min_length=1, max_length=256)],
            ],
            Field(max_length=50),
        ]
    ] = None
    """Up to 50 claims by the tag that they set. It is a dictionary, so this model has no hash."""

    @property
    def has_tags(self) -> bool:
        """Whether the identity pool maps claims of this provider to principal tags."""
        return self.use_defaults is True or bool(self.principal_tags)


def parse_identity_pool_roles(mapping: object) -> RoleMapping | GetIdentityPoolRolesResponse | None:
    """Validate a role mapping, or the response of `get_identity_pool_roles`.

    Raises:
        InvalidResponseError: If it does not fit its model, or is neither.
    """
    if mapping is None or isinstance(mapping, RoleMapping | GetIdentityPoolRolesResponse):
        return mapping
    members = as_object(mapping) or {}
    # boto3 omits the members that are not set, so a response may have no RoleMappings.
    unknown = members.keys() - {"IdentityPoolId", "Roles", "RoleMappings", "ResponseMetadata"}
    if "RoleMappings" in members or (members and not unknown):
        return parse_written_response(GetIdentityPoolRolesResponse, members)
    if members.keys() & {"Type", "AmbiguousRoleResolution", "RulesConfiguration"}:
        return parse_written_response(RoleMapping, members)
    reason = "must be a role mapping, which has a Type, or the response of get_identity_pool_roles"
    raise InvalidResponseError("GetIdentityPoolRoles", [Problem("", reason)])
