"""What a case gives, and what it expects, in the form of each subject."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, JsonValue

from cognito_claims._wire import (
    ARN_PATTERN,
    NonEmptyStr,
    NonNegativeInt,
    Omittable,
    StrictStr,
    TupleOf,
    WireModel,
    as_list,
    as_object,
)
from cognito_claims.events import ClaimsSource
from cognito_claims.identity_pool import RoleMapping
from cognito_claims.models import GroupType

__all__ = [
    "Answer",
    "Carried",
    "Choice",
    "ClaimsAnswer",
    "Listing",
    "ListingAnswer",
    "Membership",
    "NamesAnswer",
    "Override",
    "OverrideAnswer",
    "PagesAnswered",
    "Paging",
    "PagingAnswer",
    "RoleAnswer",
    "TokensAnswer",
    "VectorModel",
]

Id = Annotated[str, Field(strict=True, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
_Role = Annotated[str, Field(strict=True, pattern=ARN_PATTERN)]
_TokenClaims = dict[str, JsonValue]


class VectorModel(BaseModel, frozen=True, extra="forbid", defer_build=True, use_attribute_docstrings=True):
    """A value of a vector file: a key that is not known is refused."""


class _Input(WireModel, frozen=True, extra="forbid", use_attribute_docstrings=True):
    pass


class Membership(_Input, frozen=True):
    """The groups of one user."""

    groups: TupleOf[GroupType]
    """The groups, as AdminListGroupsForUser answers them, in no particular order. In their names,
    `eu-west-1_EXAMPLE` stands for the id of the user pool."""


class Paging(_Input, frozen=True):
    """How a user's groups are asked for: by boto3's `PaginationConfig`."""

    group_count: Annotated[NonNegativeInt, Field(le=100)]
    """In how many groups the user is; their names do not matter."""

    page_size: Annotated[NonNegativeInt, Field(ge=1, le=60)]
    """The `Limit` of each call."""

    max_items: Omittable[Annotated[NonNegativeInt, Field(ge=1)]] = None
    """After how many groups to stop; then the rest is asked for by `StartingToken`."""


class PagesAnswered(_Input, frozen=True):
    """What AdminListGroupsForUser answers, call by call."""

    pages: TupleOf[_TokenClaims]
    """The pages. After the last, the service answers the last again."""


class Carried(VectorModel, frozen=True):
    """Claims as they arrive."""

    carrier: ClaimsSource
    """How they arrive."""

    event: dict[str, JsonValue]
    """The payload or the event, as far as it matters."""

    known_groups: tuple[NonEmptyStr, ...] | None = None
    """The names of all groups of the pool, if they are known."""

    comma_free: bool = False
    """Whether it is known that no group of the pool has a comma in its name."""


class Override(VectorModel, frozen=True):
    """What a pre token generation trigger answers."""

    id_token: _TokenClaims
    """The claims of the ID token without the trigger."""

    access_token: _TokenClaims
    """The claims of the access token without the trigger."""

    event: dict[str, JsonValue]
    """What the trigger gave back."""


class Choice(VectorModel, frozen=True):
    """What an identity pool is asked."""

    claims: _TokenClaims
    """The claims of the ID token."""

    role_mapping: RoleMapping | None
    """The provider's role mapping, or null if it has none."""

    authenticated_role: _Role | None
    """The role of users who have signed in, or null if there is none."""

    custom_role_arn: _Role | None = None
    """The `CustomRoleArn` of the request, if it has one."""


class Answer(VectorModel, frozen=True):
    """An answer that is right."""

    otherwise: tuple[Id, ...] = ()
    """The open questions and unspecified rules that this answer settles otherwise than the first one."""

    def same_as(self, other: "Answer") -> bool:
        """Tell whether another says the same, arrays compared as sets."""
        return _unordered(self.said()) == _unordered(other.said())

    def said(self) -> dict[str, JsonValue]:
        """Give the answer itself, as JSON."""
        return self.model_dump(mode="json", by_alias=True, exclude={"otherwise"}, exclude_none=True)


def _unordered(value: object) -> object:
    if (members := as_object(value)) is not None:
        return frozenset((name, _unordered(member)) for name, member in members.items())
    if (elements := as_list(value)) is not None:
        return frozenset(map(_unordered, elements))
    return type(value), value  # or True would be 1


class TokensAnswer(Answer, frozen=True):
    """The claims of the subject that a sign-in puts into the tokens: those that are listed, no others."""

    id_token: _TokenClaims | None = None
    """The subject's claim in the ID token, or an empty object; null if the subject leaves it open."""

    access_token: _TokenClaims | None = None
    """The same for the access token."""

    decided_by: tuple[NonEmptyStr, ...] | None = None
    """The names of the groups that decide the preferred role. No token shows them."""

    def same_as(self, other: "Answer") -> bool:
        """Tell whether another says the same of what both say something of."""
        said, others = self.said(), other.said()
        return all(
            _unordered(said[name]) == _unordered(others[name]) for name in said.keys() & others.keys()
        )


class Listing(VectorModel, frozen=True):
    """A group as it is listed: what is absent here is absent there, or an empty text."""

    group_name: NonEmptyStr = Field(alias="GroupName")
    """Its name."""

    precedence: int | None = Field(default=None, alias="Precedence")
    """Its precedence."""

    role_arn: str | None = Field(default=None, alias="RoleArn")
    """Its role."""

    description: str | None = Field(default=None, alias="Description")
    """Its description."""


class ListingAnswer(Answer, frozen=True):
    """How groups are listed."""

    groups: tuple[Listing, ...]
    """The groups, in no particular order."""


class PagingAnswer(Answer, frozen=True):
    """How many groups come, each once, no page of more than `PageSize`."""

    first: NonNegativeInt
    """How many come until `MaxItems`."""

    resumes: bool
    """Whether there is a token then to resume from."""

    rest: NonNegativeInt
    """How many come by it."""


class NamesAnswer(Answer, frozen=True):
    """What a reader of pages gets."""

    groups: tuple[NonEmptyStr, ...]
    """The names of the user's groups."""


class ClaimsAnswer(Answer, frozen=True):
    """What a reader of a carrier gets."""

    claims: _TokenClaims | None = None
    """The group claims, as a token has them, or null if there is an error."""

    error: Literal["ambiguous", "invalid"] | None = None
    """That what is known does not leave one reading, or that the text itself cannot be right."""


class OverrideAnswer(Answer, frozen=True):
    """What Cognito issues after a trigger."""

    id_token: _TokenClaims
    """All claims of the ID token."""

    access_token: _TokenClaims
    """All claims of the access token."""


class RoleAnswer(Answer, frozen=True):
    """The role that an identity pool hands out."""

    role_arn: StrictStr | None
    """The role's ARN, or null if the request is denied."""
