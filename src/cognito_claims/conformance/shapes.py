"""The input and the expected answers of a case, one form for each subject."""

from collections import Counter
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, GetJsonSchemaHandler, JsonValue
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from cognito_claims._wire.base import to_wire_name
from cognito_claims._wire.json import as_list, as_object
from cognito_claims._wire.scalars import (
    MAX_PAGE_SIZE,
    NonEmptyStr,
    NonNegativeInt,
    Omittable,
    RoleArn,
    StrictStr,
    TupleOf,
)
from cognito_claims.access import Verdict
from cognito_claims.events import ClaimsSource
from cognito_claims.identity_pool import RoleMapping
from cognito_claims.models import MAX_GROUPS_PER_USER, GroupType

Id = Annotated[str, Field(strict=True, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
_JsonObject = dict[str, JsonValue]


class VectorModel(BaseModel, frozen=True, extra="forbid", defer_build=True, use_attribute_docstrings=True):
    """A value of a vector file. An unknown key is an error."""


class Flag(StrEnum):
    """A property of a case, to select cases by."""

    explanation: str
    """The meaning of the flag, in one sentence."""

    def __new__(cls, value: str, explanation: str = "") -> Self:
        """Create a member; without an explanation, `Flag(value)` finds one."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.explanation = explanation
        return member

    DOCUMENTED = "documented", "AWS documents a rule that decides the case."
    OBSERVED = (
        "observed",
        "Published tokens or events, or responses, show a rule that decides the case.",
    )
    UNSPECIFIED = "unspecified", "A rule that decides the case is a choice of this project: AWS is silent."
    OPEN = "open", "Several answers are correct, since AWS leaves a question open."
    BOUNDARY = "boundary", "A number, a length or a count is at a limit of AWS, or next to a common limit."
    LETTER_CASE = "letter-case", "Values differ in upper and lower case only."
    UNICODE = "unicode", "A value has characters outside ASCII."
    DELIMITER = "delimiter", "A value has a character that separates or encloses values elsewhere."
    FOREIGN_ARN = "foreign-arn", "An ARN is of a different partition or account."
    FEDERATED = "federated", "A group has the name of one that a federated sign-in creates."
    MACHINE = "machine", "The token is issued for client credentials, so there is no user."
    UPDATED_ISSUER = "updated-issuer", "The token has the updated issuer."
    TRUNCATED = "truncated", "A value was cut off."
    EMULATOR = "emulator", "Emulators return this form; AWS does not."

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        described = handler.resolve_ref_schema(handler(schema))
        del described["enum"], described["type"]
        described["oneOf"] = [{"const": flag.value, "description": flag.explanation} for flag in cls]
        return described


class GroupsInput(VectorModel, frozen=True, alias_generator=to_wire_name):
    """The groups of one user."""

    groups: TupleOf[GroupType]
    """The groups as AdminListGroupsForUser returns them, in no particular order. In their names,
    `eu-west-1_EXAMPLE` is a placeholder for the ID of the user pool."""


class PagingInput(VectorModel, frozen=True, alias_generator=to_wire_name):
    """A user's number of groups, and the `PaginationConfig` that lists them."""

    group_count: Annotated[NonNegativeInt, Field(le=MAX_GROUPS_PER_USER)]
    """The number of groups that the user is in. Their names do not matter."""

    page_size: Omittable[Annotated[NonNegativeInt, Field(ge=1, le=MAX_PAGE_SIZE)]] = None
    """The `Limit` of each call. If it is absent, the calls have no `Limit`."""

    max_items: Omittable[Annotated[NonNegativeInt, Field(ge=1)]] = None
    """The number of groups after which the list ends. `StartingToken` then resumes it."""


class PagesInput(VectorModel, frozen=True, alias_generator=to_wire_name):
    """The responses of AdminListGroupsForUser, in the order of the calls."""

    pages: TupleOf[_JsonObject]
    """The pages. A call after the last page returns the last page again."""


class EventInput(VectorModel, frozen=True):
    """The payload of a token, or an event that contains claims."""

    source: ClaimsSource
    """The kind of payload or event."""

    event: _JsonObject
    """The payload or the event, with the members that matter."""

    known_groups: tuple[NonEmptyStr, ...] | None = None
    """The names of all groups of the pool, if they are known."""

    comma_free: bool = False
    """Whether it is known that no group name in the pool contains a comma."""


class OverrideInput(VectorModel, frozen=True):
    """The response of a pre token generation trigger, and the claims that it changes."""

    id_token: _JsonObject
    """The claims of the ID token without the trigger."""

    access_token: _JsonObject
    """The claims of the access token without the trigger."""

    event: _JsonObject
    """The event that the trigger returned."""


class RoleInput(VectorModel, frozen=True):
    """A request for credentials to an identity pool."""

    claims: _JsonObject
    """The claims of the ID token."""

    role_mapping: RoleMapping | None
    """The provider's role mapping, or null if it has none."""

    authenticated_role: RoleArn | None
    """The ARN of the role for authenticated users, or null if there is none."""

    custom_role_arn: RoleArn | None = None
    """The `CustomRoleArn` of the request, if it has one."""


class TrustInput(VectorModel, frozen=True):
    """A request of an identity pool for credentials of a role, for a signed-in user."""

    policy: _JsonObject
    """The trust policy of the role, decoded."""

    identity_pool_id: StrictStr
    """The ID of the identity pool."""

    principal_tags: bool = False
    """Whether the identity pool maps claims of the user's provider to principal tags."""

    identity_id: StrictStr | None = None
    """The ID of the user's identity, or null if it is not known."""


class Answer(VectorModel, frozen=True):
    """A correct answer."""

    differs_on: tuple[Id, ...] = ()
    """The open questions and unspecified rules on which this answer differs from the first one. If
    there are several, this answer results only if all of them are answered differently."""

    def is_equivalent(self, other: "Answer") -> bool:
        """Return whether two answers are the same, apart from the order of arrays."""
        return _to_comparable(self.to_json()) == _to_comparable(other.to_json())

    def to_json(self) -> dict[str, JsonValue]:
        """Return the answer as JSON, without `differs_on` and without absent members."""
        return self.model_dump(mode="json", by_alias=True, exclude={"differs_on"}, exclude_none=True)


def _to_comparable(value: object) -> object:
    if (members := as_object(value)) is not None:
        return frozenset((name, _to_comparable(member)) for name, member in members.items())
    if (elements := as_list(value)) is not None:
        # Counted, since an element that comes twice is a different answer. Not sorted: types may differ.
        return frozenset(Counter(map(_to_comparable, elements)).items())
    return type(value), value  # in Python, True equals 1


class TokensAnswer(Answer, frozen=True):
    """The claims of the subject in the tokens of a sign-in, without any other claims."""

    id_token: _JsonObject | None = None
    """The claims in the ID token: an empty object if they are absent, null if they are not compared."""

    access_token: _JsonObject | None = None
    """The claims in the access token: an empty object if they are absent, null if they are not compared."""

    decided_by: tuple[NonEmptyStr, ...] | None = None
    """The names of the groups that decide the preferred role. No token contains them."""

    def is_equivalent(self, other: "Answer") -> bool:
        """Return whether two answers agree on the members that both have."""
        mine, theirs = self.to_json(), other.to_json()
        return all(
            _to_comparable(mine[name]) == _to_comparable(theirs[name])
            for name in mine.keys() & theirs.keys()
        )


class ListedGroup(VectorModel, frozen=True, alias_generator=to_wire_name):
    """A group in the response. A member that is missing must be absent, or an empty string."""

    group_name: NonEmptyStr
    precedence: int | None = None
    role_arn: str | None = None
    description: str | None = None


class ListingAnswer(Answer, frozen=True):
    """The groups that AdminListGroupsForUser lists."""

    groups: tuple[ListedGroup, ...]
    """The groups, in no particular order."""


class PagingAnswer(Answer, frozen=True):
    """The number of groups listed, each once, in pages of at most `PageSize` if there is one."""

    first: NonNegativeInt
    """The number of groups listed up to `MaxItems`."""

    resumes: bool
    """Whether there is then a token to resume from."""

    rest: NonNegativeInt
    """The number of groups listed from that token."""


class GroupNamesAnswer(Answer, frozen=True):
    """The groups that a client collects from the pages."""

    groups: tuple[NonEmptyStr, ...]
    """The names of the user's groups."""


class ClaimsAnswer(Answer, frozen=True):
    """The group claims of a payload or an event, or an error."""

    claims: _JsonObject | None = None
    """The group claims in the form of a token, or null if there is an error."""

    error: Literal["ambiguous", "invalid"] | None = None
    """`ambiguous` if the text can be read in several ways, `invalid` if it cannot be correct."""


class OverrideAnswer(Answer, frozen=True):
    """The claims that Cognito issues after a trigger."""

    id_token: _JsonObject
    """All claims of the ID token."""

    access_token: _JsonObject
    """All claims of the access token. Its `scope` may list the scopes in any order."""

    def is_equivalent(self, other: "Answer") -> bool:
        """Return whether two answers are the same, apart from the order of arrays and of scopes."""
        return _to_comparable(_sort_scopes(self)) == _to_comparable(_sort_scopes(other))


def _sort_scopes(answer: Answer) -> dict[str, object]:
    members: dict[str, object] = {**answer.to_json()}
    access_token = as_object(members.get("access_token")) or {}
    if not isinstance(scope := access_token.get("scope"), str):
        return members
    return {**members, "access_token": {**access_token, "scope": " ".join(sorted(scope.split(" ")))}}


class RoleAnswer(Answer, frozen=True):
    """The role that an identity pool chooses."""

    role_arn: StrictStr | None
    """The role's ARN, or null if the request is denied."""


class TrustAnswer(Answer, frozen=True):
    """Whether the trust policy lets the identity pool assume the role, in the enhanced flow."""

    verdict: Verdict
    """`yes`, `no`, or `unknown` if a fact is missing or an element of the policy is not evaluated."""

    warnings: tuple[Id, ...] = ()
    """The IDs of the rules about who else is trusted: `any-identity-pool`, `guests-trusted`."""
