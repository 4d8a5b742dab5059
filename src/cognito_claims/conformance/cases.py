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

from pydantic import Field, TypeAdapter

from cognito_claims._wire import StrictStr
from cognito_claims.conformance.shapes import (
    Answer,
    Carried,
    Choice,
    ClaimsAnswer,
    Id,
    ListingAnswer,
    Membership,
    NamesAnswer,
    Override,
    OverrideAnswer,
    PagesAnswered,
    Paging,
    PagingAnswer,
    RoleAnswer,
    TokensAnswer,
    VectorModel,
)
from cognito_claims.rules import Basis

__all__ = [
    "SUBJECTS",
    "AccessTokenVectors",
    "AnyVectors",
    "CarrierVectors",
    "Case",
    "GroupsClaimVectors",
    "IdentityPoolVectors",
    "ListingVectors",
    "PagesVectors",
    "PagingVectors",
    "PreferredRoleVectors",
    "RolesClaimVectors",
    "TriggerVectors",
    "VectorQuestion",
    "VectorRule",
    "Vectors",
    "load",
    "read",
    "resource",
    "schema",
]

_CaseId = Annotated[str, Field(strict=True, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*/[a-z0-9]+(-[a-z0-9]+)*$")]
_Line = Annotated[str, Field(strict=True, min_length=1, max_length=160, pattern=r"^[^\n]+$")]

InputT = TypeVar("InputT")
AnswerT = TypeVar("AnswerT", bound=Answer)


class Case(VectorModel, Generic[InputT, AnswerT], frozen=True):
    """One case."""

    id: _CaseId
    """The subject and a phrase in kebab case. It never changes, nor does the meaning of the case."""

    description: _Line
    """What it shows, in one line."""

    rules: tuple[Id, ...]
    """The rules that decide it: an implementation that breaks one of them fails."""

    near_misses: tuple[Id, ...] = ()
    """Rules that seem to apply, and do not."""

    input: InputT
    """What is given."""

    expected: Annotated[tuple[AnswerT, ...], Field(min_length=1)]
    """The answers that are right; the first is this library's own, the others are where AWS is silent."""

    def matching(self, answer: AnswerT) -> AnswerT | None:
        """Give the expected answer that is the same, or `None` if the answer is wrong."""
        return next((expected for expected in self.expected if expected.same_as(answer)), None)


class VectorRule(VectorModel, frozen=True):
    """A rule that the cases exercise."""

    id: Id
    """A phrase in kebab case."""

    sentence: StrictStr
    """The rule."""

    basis: Basis
    """How far it can be trusted."""

    source: StrictStr
    """Where it stands, or what it was seen in."""


class VectorQuestion(VectorModel, frozen=True):
    """A question that AWS leaves open."""

    id: Id
    """A phrase in kebab case."""

    question: StrictStr
    """What nobody but AWS can say."""

    evidence: StrictStr
    """What speaks for which answer."""


class Vectors(VectorModel, Generic[InputT, AnswerT], frozen=True):
    """The cases of one subject."""

    schema_: Literal["schema.json"] = Field(alias="$schema")
    """The schema of this file."""

    version: Literal[1]
    """The version of the vectors, 1."""

    subject: str
    """What they are about, as in the file's name."""

    description: StrictStr
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
