"""The conformance vectors as typed values.

>>> preferred_role = load()[0]
>>> [case] = [case for case in preferred_role.cases if case.id == "preferred-role/zero-is-best"]
>>> case.rules
('lowest-wins',)
>>> case.expected[0].decided_by
('admins',)

An answer is correct if it is equivalent to one of the expected answers. Arrays
are compared without their order, since AWS guarantees none, but with their duplicates:

>>> answer = shapes.TokensAnswer(id_token=case.expected[0].id_token, decided_by=["admins"])
>>> case.find_match(answer) == case.expected[0]
True

The models are strict: an unknown key is an error. `schema.json` beside the
vectors is generated from them.
"""

from collections.abc import Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Annotated, Any, Generic, Literal, TypeAlias, TypeVar, get_args

from pydantic import Field, TypeAdapter, ValidationError

from cognito_claims._wire.scalars import StrictStr
from cognito_claims.conformance import shapes
from cognito_claims.conformance.shapes import Answer, Flag, Id, VectorModel
from cognito_claims.errors import CognitoClaimsError, Problem
from cognito_claims.rules import Basis

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_CaseId = Annotated[str, Field(strict=True, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*/[a-z0-9]+(-[a-z0-9]+)*$")]
_Line = Annotated[str, Field(strict=True, min_length=1, max_length=160, pattern=r"^[^\n]+$")]

InputT = TypeVar("InputT")
AnswerT = TypeVar("AnswerT", bound=Answer)


class InvalidVectorsError(CognitoClaimsError, ValueError):
    """A vector file does not fit its model. The message quotes no value.

    Attributes:
        problems: Every problem with its location.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(tuple(problems))
        self.problems: tuple[Problem, ...] = tuple(problems)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


class Case(VectorModel, Generic[InputT, AnswerT], frozen=True):
    """One case."""

    id: _CaseId
    """The subject and a phrase in kebab case. Neither the ID nor the meaning of a case ever changes."""

    description: _Line
    """What the case shows, in one line."""

    flags: tuple[Flag, ...]
    """Properties of the case, to select cases by. The basis of every rule that decides is one."""

    rules: tuple[Id, ...]
    """The rules that decide the case: an implementation that breaks one of them fails."""

    near_misses: tuple[Id, ...] = ()
    """Rules that seem to apply but do not."""

    input: InputT

    expected: Annotated[tuple[AnswerT, ...], Field(min_length=1)]
    """The correct answers. The first is this library's default; AWS does not exclude the others."""

    @property
    def open_questions(self) -> tuple[str, ...]:
        """The open questions and unspecified rules on which the correct answers differ."""
        return tuple(dict.fromkeys(one for answer in self.expected for one in answer.differs_on))

    def find_match(self, answer: AnswerT) -> AnswerT | None:
        """Return the expected answer that is equivalent, or `None` if the answer is wrong."""
        return next((expected for expected in self.expected if expected.is_equivalent(answer)), None)


class VectorRule(VectorModel, frozen=True):
    """A rule that the cases exercise."""

    id: Id
    """A phrase in kebab case."""

    sentence: StrictStr
    """The rule."""

    basis: Basis
    """How reliable the rule is."""

    source: StrictStr
    """Where the rule is documented, or where it was observed."""


class VectorQuestion(VectorModel, frozen=True):
    """A question that AWS leaves open."""

    id: Id
    """A phrase in kebab case."""

    question: StrictStr
    """The question."""

    evidence: StrictStr
    """The evidence for each answer."""


class Vectors(VectorModel, Generic[InputT, AnswerT], frozen=True):
    """The cases of one subject."""

    schema_: Literal["schema.json"] = Field(alias="$schema")
    """The schema of this file."""

    version: Literal[1]
    """The version of the form of the vectors, 1. It is also the name of the folder."""

    release: Annotated[str, Field(strict=True, pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$")]
    """The release of the vectors, which `CHANGELOG.md` describes. `package.json` has the same."""

    subject: str
    """The subject, which is also the name of the file."""

    description: StrictStr
    """The input of the cases, and the expected answers."""

    rules: tuple[VectorRule, ...]
    """The rules that the cases name, each once."""

    questions: tuple[VectorQuestion, ...]
    """The open questions that the cases name, each once."""

    cases: tuple[Case[InputT, AnswerT], ...]
    """The cases."""


class TokensVectors(Vectors[shapes.GroupsInput, shapes.TokensAnswer], frozen=True):
    """Claims that a user's groups add to the tokens, or that a token does not have."""

    subject: Literal["preferred-role", "roles-claim", "groups-claim", "access-token"]


class ListingVectors(Vectors[shapes.GroupsInput, shapes.ListingAnswer], frozen=True):
    """The members of each group in the response of AdminListGroupsForUser."""

    subject: Literal["listing"]


class PagingVectors(Vectors[shapes.PagingInput, shapes.PagingAnswer], frozen=True):
    """The pages of AdminListGroupsForUser that a service returns."""

    subject: Literal["paging"]


class PagesVectors(Vectors[shapes.PagesInput, shapes.GroupNamesAnswer], frozen=True):
    """The pages of AdminListGroupsForUser that a client reads."""

    subject: Literal["pages"]


class EventVectors(Vectors[shapes.EventInput, shapes.ClaimsAnswer], frozen=True):
    """The group claims in tokens and in the events of gateways and triggers."""

    subject: Literal["events"]


class TriggerVectors(Vectors[shapes.OverrideInput, shapes.OverrideAnswer], frozen=True):
    """The effect of a pre token generation trigger on the claims."""

    subject: Literal["trigger-overrides"]


class IdentityPoolVectors(Vectors[shapes.RoleInput, shapes.RoleAnswer], frozen=True):
    """The role that an identity pool chooses (enhanced flow)."""

    subject: Literal["identity-pool"]


class TrustVectors(Vectors[shapes.TrustInput, shapes.TrustAnswer], frozen=True):
    """Whether the trust policy of a role admits an identity pool."""

    subject: Literal["trust-policy"]


AnyVectors: TypeAlias = (
    TokensVectors
    | ListingVectors
    | PagingVectors
    | PagesVectors
    | EventVectors
    | TriggerVectors
    | IdentityPoolVectors
    | TrustVectors
)
_FILE: TypeAdapter[AnyVectors] = TypeAdapter(Annotated[AnyVectors, Field(discriminator="subject")])

SUBJECTS = tuple(
    subject
    for vectors in get_args(AnyVectors)
    for subject in get_args(vectors.model_fields["subject"].annotation)
)
"""The subjects, in the order in which `load()` returns them."""

CLAIMS_BY_SUBJECT: dict[str, tuple[str, ...]] = {
    "preferred-role": ("cognito:preferred_role",),
    "roles-claim": ("cognito:roles",),
    "groups-claim": ("cognito:groups",),
    "access-token": ("cognito:roles", "cognito:preferred_role"),
}
"""The claims that each subject of `TokensVectors` compares. Other claims of the tokens do not matter."""


def get_resource(subject: str) -> Traversable:
    """Return the vector file of a subject."""
    return files("cognito_claims.conformance") / "vectors" / "v1" / f"{subject}.json"


def parse_vectors(text: str | bytes) -> AnyVectors:
    """Parse a vector file.

    Raises:
        InvalidVectorsError: If the file does not fit its model.
    """
    try:
        return _FILE.validate_json(text, by_alias=True, by_name=False)
    except ValidationError as error:
        problems = [_to_problem(details) for details in error.errors(include_url=False)]
    # Raised outside the handler: pydantic's error holds the file, and must not become the context.
    raise InvalidVectorsError(problems)


def _to_problem(details: "ErrorDetails") -> Problem:
    location, reason = details["loc"], details["msg"]
    match details["type"]:
        case "extra_forbidden":
            location, reason = location[:-1], "has an unknown key"
        case "union_tag_invalid":
            reason = f"subject: must be one of {', '.join(SUBJECTS)}"
        case _:
            reason = reason.removeprefix("Input ").replace("should", "must", 1)
    steps = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return Problem("".join(steps).removeprefix("."), reason)


def load() -> tuple[AnyVectors, ...]:
    """Load all vectors of version 1, one value for each subject."""
    return tuple(parse_vectors(get_resource(subject).read_bytes()) for subject in SUBJECTS)


def build_schema() -> dict[str, Any]:
    """Return the JSON Schema of the vector files."""
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return {**dialect, "title": "Conformance vectors", **_FILE.json_schema(by_alias=True)}
