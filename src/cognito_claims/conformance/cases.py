"""The conformance vectors as typed values.

>>> preferred_role = load()[0]
>>> [case] = [case for case in preferred_role.cases if case.id == "preferred-role/zero-is-best"]
>>> case.rules
('lowest-wins',)
>>> case.expected[0].decided_by
('admins',)

An answer is right if one of those that are expected is the same; arrays are
compared as sets, since AWS promises no order:

>>> answer = TokensAnswer(id_token=case.expected[0].id_token, decided_by=["admins"])
>>> case.matching(answer) == case.expected[0]
True

The models are strict: a key that they do not know is refused, and `schema.json`
beside the vectors is made from them.
"""

from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Any, Generic, Literal, TypeAlias, TypeVar, get_args

from pydantic import BaseModel, Field, JsonValue, TypeAdapter

from cognito_claims._wire import (
    ARN,
    Count,
    Listed,
    Maybe,
    NonEmpty,
    Text,
    WireModel,
    as_list,
    as_object,
)
from cognito_claims.carriers import Carrier
from cognito_claims.identity_pool import RoleMapping
from cognito_claims.models import GroupType
from cognito_claims.rules import Basis

__all__ = [
    "SUBJECTS",
    "AccessTokenVectors",
    "Answer",
    "AnyVectors",
    "Carried",
    "CarrierVectors",
    "Case",
    "Choice",
    "ClaimsAnswer",
    "GroupsClaimVectors",
    "IdentityPoolVectors",
    "Listing",
    "ListingAnswer",
    "ListingVectors",
    "Membership",
    "NamesAnswer",
    "Override",
    "PagesAnswered",
    "PagesVectors",
    "Paging",
    "PagingAnswer",
    "PagingVectors",
    "PreferredRoleVectors",
    "RoleAnswer",
    "RolesClaimVectors",
    "TokensAnswer",
    "TriggerVectors",
    "VectorQuestion",
    "VectorRule",
    "Vectors",
    "load",
    "read",
    "resource",
    "schema",
]

_Id = Annotated[str, Field(strict=True, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
_CaseId = Annotated[str, Field(strict=True, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*/[a-z0-9]+(-[a-z0-9]+)*$")]
_Line = Annotated[str, Field(strict=True, min_length=1, max_length=160, pattern=r"^[^\n]+$")]
_Role = Annotated[str, Field(strict=True, pattern=ARN)]
_TokenClaims = dict[str, JsonValue]


class _Vector(BaseModel, frozen=True, extra="forbid", defer_build=True):
    pass


class _Input(WireModel, frozen=True, extra="forbid"):
    pass


class Membership(_Input, frozen=True):
    """The groups of one user."""

    groups: Listed[GroupType]
    """The groups, as AdminListGroupsForUser answers them, in no particular order. In their names,
    `eu-west-1_EXAMPLE` stands for the id of the user pool."""


class Paging(_Input, frozen=True):
    """How a user's groups are asked for: by boto3's `PaginationConfig`."""

    group_count: Annotated[Count, Field(le=100)]
    """In how many groups the user is; their names do not matter."""

    page_size: Annotated[Count, Field(ge=1, le=60)]
    """The `Limit` of each call."""

    max_items: Maybe[Annotated[Count, Field(ge=1)]] = None
    """After how many groups to stop; then the rest is asked for by `StartingToken`."""


class PagesAnswered(_Input, frozen=True):
    """What AdminListGroupsForUser answers, call by call."""

    pages: Listed[_TokenClaims]
    """The pages. After the last, the service answers the last again."""


class Carried(_Vector, frozen=True):
    """Claims as they arrive."""

    carrier: Carrier
    """How they arrive."""

    event: dict[str, JsonValue]
    """The payload or the event, as far as it matters."""

    known_groups: tuple[NonEmpty, ...] | None = None
    """The names of all groups of the pool, if they are known."""

    comma_free: bool = False
    """Whether it is known that no group of the pool has a comma in its name."""


class Override(_Vector, frozen=True):
    """What a pre token generation trigger answers."""

    id_token: _TokenClaims
    """The claims of the ID token without the trigger."""

    access_token: _TokenClaims
    """The claims of the access token without the trigger."""

    event: dict[str, JsonValue]
    """What the trigger gave back."""


class Choice(_Vector, frozen=True):
    """What an identity pool is asked."""

    claims: _TokenClaims
    """The claims of the ID token."""

    role_mapping: RoleMapping | None
    """The provider's role mapping, or null if it has none."""

    authenticated_role: _Role | None
    """The role of users who have signed in, or null if there is none."""

    custom_role_arn: _Role | None = None
    """The `CustomRoleArn` of the request, if it has one."""


class Answer(_Vector, frozen=True):
    """An answer that is right."""

    otherwise: tuple[_Id, ...] = ()
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

    decided_by: tuple[NonEmpty, ...] | None = None
    """The names of the groups that decide the preferred role. No token shows them."""

    def same_as(self, other: "Answer") -> bool:
        """Tell whether another says the same of what both say something of."""
        said, others = self.said(), other.said()
        return all(
            _unordered(said[name]) == _unordered(others[name]) for name in said.keys() & others.keys()
        )


class Listing(_Vector, frozen=True):
    """A group as it is listed: what is absent here is absent there, or an empty text."""

    group_name: NonEmpty = Field(alias="GroupName")
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

    first: Count
    """How many come until `MaxItems`."""

    resumes: bool
    """Whether there is a token then to resume from."""

    rest: Count
    """How many come by it."""


class NamesAnswer(Answer, frozen=True):
    """What a reader of pages gets."""

    groups: tuple[NonEmpty, ...]
    """The names of the user's groups."""


class ClaimsAnswer(Answer, frozen=True):
    """What a reader of a carrier gets."""

    claims: _TokenClaims | None = None
    """The group claims, as a token has them, or null if there is an error."""

    error: Literal["ambiguous", "invalid"] | None = None
    """That there is more than one reading, or none."""


class OverrideAnswer(Answer, frozen=True):
    """What Cognito issues after a trigger."""

    id_token: _TokenClaims
    """All claims of the ID token."""

    access_token: _TokenClaims
    """All claims of the access token."""


class RoleAnswer(Answer, frozen=True):
    """The role that an identity pool hands out."""

    role_arn: Text | None
    """The role's ARN, or null if the request is denied."""


InputT = TypeVar("InputT")
AnswerT = TypeVar("AnswerT", bound=Answer)


class Case(_Vector, Generic[InputT, AnswerT], frozen=True):
    """One case."""

    id: _CaseId
    """The subject and a phrase in kebab case. It never changes, nor does the meaning of the case."""

    description: _Line
    """What it shows, in one line."""

    rules: tuple[_Id, ...]
    """The rules that decide it: an implementation that breaks one of them fails."""

    near_misses: tuple[_Id, ...] = ()
    """Rules that seem to apply, and do not."""

    input: InputT
    """What is given."""

    expected: Annotated[tuple[AnswerT, ...], Field(min_length=1)]
    """The answers that are right; the first is this library's own, the others are where AWS is silent."""

    def matching(self, answer: AnswerT) -> AnswerT | None:
        """Give the expected answer that is the same, or `None` if the answer is wrong."""
        return next((expected for expected in self.expected if expected.same_as(answer)), None)


class VectorRule(_Vector, frozen=True):
    """A rule that the cases exercise."""

    id: _Id
    """A phrase in kebab case."""

    sentence: Text
    """The rule."""

    basis: Basis
    """How far it can be trusted."""

    source: Text
    """Where it stands, or what it was seen in."""


class VectorQuestion(_Vector, frozen=True):
    """A question that AWS leaves open."""

    id: _Id
    """A phrase in kebab case."""

    question: Text
    """What nobody but AWS can say."""

    evidence: Text
    """What speaks for which answer."""


class Vectors(_Vector, Generic[InputT, AnswerT], frozen=True):
    """The cases of one subject."""

    schema_: Literal["schema.json"] = Field(alias="$schema")
    """The schema of this file."""

    version: Literal[1]
    """The version of the vectors, 1."""

    subject: str
    """What they are about, as in the file's name."""

    description: Text
    """What is given, and what is expected."""

    rules: tuple[VectorRule, ...]
    """The rules that the cases name, each once."""

    questions: tuple[VectorQuestion, ...]
    """The open questions that the cases name, each once."""

    cases: tuple[Case[InputT, AnswerT], ...]
    """The cases."""


class PreferredRoleVectors(Vectors[Membership, TokensAnswer], frozen=True):
    """`cognito:preferred_role` in the ID token."""

    subject: Literal["preferred-role"]
    """`preferred-role`."""


class RolesClaimVectors(Vectors[Membership, TokensAnswer], frozen=True):
    """`cognito:roles` in the ID token."""

    subject: Literal["roles-claim"]
    """`roles-claim`."""


class GroupsClaimVectors(Vectors[Membership, TokensAnswer], frozen=True):
    """`cognito:groups` in both tokens."""

    subject: Literal["groups-claim"]
    """`groups-claim`."""


class AccessTokenVectors(Vectors[Membership, TokensAnswer], frozen=True):
    """`cognito:roles` and `cognito:preferred_role`, which the access token does not have."""

    subject: Literal["access-token"]
    """`access-token`."""


class ListingVectors(Vectors[Membership, ListingAnswer], frozen=True):
    """What AdminListGroupsForUser says of each group."""

    subject: Literal["listing"]
    """`listing`."""


class PagingVectors(Vectors[Paging, PagingAnswer], frozen=True):
    """The pages of AdminListGroupsForUser, of a service."""

    subject: Literal["paging"]
    """`paging`."""


class PagesVectors(Vectors[PagesAnswered, NamesAnswer], frozen=True):
    """The pages of AdminListGroupsForUser, read by a client."""

    subject: Literal["pages"]
    """`pages`."""


class CarrierVectors(Vectors[Carried, ClaimsAnswer], frozen=True):
    """The claims as gateways and events render them."""

    subject: Literal["carriers"]
    """`carriers`."""


class TriggerVectors(Vectors[Override, OverrideAnswer], frozen=True):
    """What a pre token generation trigger does to the claims."""

    subject: Literal["trigger-overrides"]
    """`trigger-overrides`."""


class IdentityPoolVectors(Vectors[Choice, RoleAnswer], frozen=True):
    """The role that an identity pool hands out (enhanced flow)."""

    subject: Literal["identity-pool"]
    """`identity-pool`."""


AnyVectors: TypeAlias = (
    PreferredRoleVectors
    | RolesClaimVectors
    | GroupsClaimVectors
    | AccessTokenVectors
    | ListingVectors
    | PagingVectors
    | PagesVectors
    | CarrierVectors
    | TriggerVectors
    | IdentityPoolVectors
)
_FILE: TypeAdapter[AnyVectors] = TypeAdapter(Annotated[AnyVectors, Field(discriminator="subject")])


SUBJECTS = tuple(
    subject
    for vectors in get_args(AnyVectors)
    for subject in get_args(vectors.model_fields["subject"].annotation)
)
"""The subjects, in the order in which `load()` gives them."""


def resource(subject: str) -> Traversable:
    """Give the file of a subject."""
    return files("cognito_claims.conformance") / "vectors" / "v1" / f"{subject}.json"


def read(text: str | bytes) -> AnyVectors:
    """Read the vectors of one subject.

    Raises:
        pydantic.ValidationError: they do not fit their models.
    """
    return _FILE.validate_json(text, by_alias=True, by_name=False)


def load() -> tuple[AnyVectors, ...]:
    """Read all vectors of version 1, a subject after the other."""
    return tuple(read(resource(subject).read_bytes()) for subject in SUBJECTS)


def schema() -> dict[str, Any]:
    """Give the JSON Schema of the files."""
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return {**dialect, "title": "Conformance vectors", **_FILE.json_schema(by_alias=True)}
