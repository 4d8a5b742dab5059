"""The vectors put to an endpoint, through a real boto3 client.

Each case has a user pool of its own, with one user in the case's groups; what
comes back is what the endpoint puts into the tokens at a sign-in, or how it
lists the groups. Nothing else is asked: how gateways render claims, what
triggers do and what identity pools decide is for whoever implements these.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeAlias

from pydantic import JsonValue

from cognito_claims.client.rules import EACH_GROUP_ONCE, LIMIT_BOUNDS
from cognito_claims.conformance.cases import (
    AccessTokenVectors,
    AnswerT,
    Case,
    GroupsClaimVectors,
    InputT,
    ListingVectors,
    PagingVectors,
    PreferredRoleVectors,
    RolesClaimVectors,
    load,
)
from cognito_claims.conformance.endpoint import Endpoint, EndpointError, Pool, Tokens, UnreadableTokenError
from cognito_claims.conformance.scorecard import Result, Scorecard, Verdict
from cognito_claims.conformance.shapes import (
    Answer,
    Listing,
    ListingAnswer,
    Membership,
    Paging,
    PagingAnswer,
    TokensAnswer,
)
from cognito_claims.errors import CognitoClaimsError
from cognito_claims.models import GroupType

__all__ = ["run", "select"]

EndpointVectors: TypeAlias = (
    PreferredRoleVectors
    | RolesClaimVectors
    | GroupsClaimVectors
    | AccessTokenVectors
    | ListingVectors
    | PagingVectors
)
"""The vectors that an endpoint can answer."""


def select(wanted: Iterable[str] = ()) -> tuple[str, ...]:
    """Give the ids of the cases that an endpoint can answer, all of them or those that are wanted.

    Args:
        wanted: ids of cases, subjects or rules.

    Raises:
        ValueError: one of them stands for no case that an endpoint can answer.
    """
    wanted = tuple(wanted)
    found: dict[str, set[str]] = {
        case.id: {case.id, vectors.subject, *case.rules} for vectors in _vectors() for case in vectors.cases
    }
    for one in wanted:
        if not any(one in names for names in found.values()):
            raise ValueError(f"{one!r} is no id of a case, a subject or a rule that an endpoint can answer")
    return tuple(case for case, names in found.items() if not wanted or names & set(wanted))


def _vectors() -> Iterator[EndpointVectors]:
    return (vectors for vectors in load() if isinstance(vectors, EndpointVectors))


def run(
    endpoint: Endpoint, cases: Collection[str], *, on_result: Callable[[Result], object] = lambda _: None
) -> Scorecard:
    """Put cases to an endpoint, one after the other.

    Args:
        endpoint: where to ask. What is made there is removed again.
        cases: the ids of the cases, as `select` gives them.
        on_result: called with each result as it comes.

    Raises:
        EndpointError: it cannot be reached, or makes no user pools.
    """
    vectors = tuple(_vectors())
    runner = _Runner(endpoint, _emitted(endpoint, vectors, cases))
    results: list[Result] = []
    for result in (result for one in vectors for result in runner.results(one, cases)):
        results.append(result)
        on_result(result)
    return Scorecard(tuple(results), vectors, tuple(endpoint.not_removed))


CONTROL = "preferred-role/lower-number-wins"
"""A case that nobody doubts: a claim that these tokens do not have is never put into any."""

_JUDGED = {
    "preferred-role": ("cognito:preferred_role",),
    "roles-claim": ("cognito:roles",),
    "groups-claim": ("cognito:groups",),
    "access-token": ("cognito:roles", "cognito:preferred_role"),
}
"""The claims that each subject is about."""


def _emitted(
    endpoint: Endpoint, vectors: Iterable[EndpointVectors], cases: Collection[str]
) -> frozenset[str]:
    """Tell which claims the endpoint puts into tokens at all.

    Raises:
        EndpointError: it cannot be reached, makes no user pools, or has no sign-in that a case needs.
    """
    preferred_role = (one for one in vectors if isinstance(one, PreferredRoleVectors))
    [control] = [case.input for one in preferred_role for case in one.cases if case.id == CONTROL]
    try:
        with endpoint.pool() as pool:
            if not any(case.startswith(tuple(_JUDGED)) for case in cases):
                return frozenset()
            tokens = _sign_in(pool, control)
    except Exception as error:
        raise EndpointError(_in_one_line(error)) from error
    return frozenset(tokens.id_token) | frozenset(tokens.access_token)


def _sign_in(pool: Pool, given: Membership) -> Tokens:
    return pool.sign_in(pool.populate(given.groups))


@dataclass(frozen=True)
class _Seen(Generic[AnswerT]):
    answer: AnswerT
    complaint: str | None = None
    broken: tuple[str, ...] = ()
    says_nothing: bool = False


@dataclass(frozen=True)
class _Runner:
    endpoint: Endpoint
    emitted: frozenset[str]

    def results(self, vectors: EndpointVectors, cases: Collection[str]) -> Iterator[Result]:
        match vectors:
            case ListingVectors():
                yield from (self._result(case, _list) for case in vectors.cases if case.id in cases)
            case PagingVectors():
                yield from (self._result(case, _page) for case in vectors.cases if case.id in cases)
            case _:
                put = partial(self._tokens, _JUDGED[vectors.subject])
                yield from (self._result(case, put) for case in vectors.cases if case.id in cases)

    def _result(self, case: Case[InputT, AnswerT], put: Callable[[Pool, InputT], _Seen[AnswerT]]) -> Result:
        expected = tuple({**answer.said(), **_otherwise(answer)} for answer in case.expected)
        result = partial(Result, case.id, case.description, case.rules, expected=expected)
        try:
            with self.endpoint.pool() as pool:
                seen = put(pool, case.input)
        except Exception as error:  # noqa: BLE001, botocore's parser fails in many ways
            _require_connection(error)
            return result(Verdict.ERROR, error=_in_one_line(error))
        match = case.matching(seen.answer)
        got = seen.answer.said()
        if seen.says_nothing:
            return result(Verdict.ABSENT, got=got)
        if match is None or seen.complaint is not None:
            broken = case.rules if match is None else seen.broken
            return result(Verdict.FAIL, got=got, error=seen.complaint, broken=broken)
        return result(Verdict.PASS, got=got, otherwise=match.otherwise)

    def _tokens(self, judged: tuple[str, ...], pool: Pool, given: Membership) -> _Seen[TokensAnswer]:
        tokens = _sign_in(pool, given)
        of_id, of_access = _only(judged, tokens.id_token), _only(judged, tokens.access_token)
        never = self.emitted.isdisjoint(judged) and not (of_id or of_access)
        return _Seen(TokensAnswer(id_token=of_id, access_token=of_access), says_nothing=never)


def _otherwise(answer: Answer) -> dict[str, JsonValue]:
    return {"otherwise": [*answer.otherwise]} if answer.otherwise else {}


def _only(names: tuple[str, ...], claims: dict[str, JsonValue]) -> dict[str, JsonValue]:
    return {name: claims[name] for name in names if name in claims}


def _list(pool: Pool, given: Membership) -> _Seen[ListingAnswer]:
    username = pool.populate(given.groups)
    pages = pool.list_groups(username, page_size=60, max_items=len(given.groups))
    listed = map(pool.listed, pages.groups())
    return _Seen(ListingAnswer(groups=tuple(map(Listing.model_validate, listed))))


def _page(pool: Pool, given: Paging) -> _Seen[PagingAnswer]:
    names = [f"group-{number}" for number in range(given.group_count)]
    username = pool.populate([GroupType(group_name=name) for name in names])
    first = pool.list_groups(username, page_size=given.page_size, max_items=given.max_items)
    pages = list(first)
    count = sum(len(page.groups) for page in pages)
    if first.resume_token is not None:
        pages += pool.list_groups(username, page_size=given.page_size, starting_token=first.resume_token)
    came = [group.group_name for page in pages for group in page.groups]
    answer = PagingAnswer(first=count, resumes=first.resume_token is not None, rest=len(came) - count)
    longest = max(len(page.groups) for page in pages)
    if longest > given.page_size:
        complaint = f"a page held {longest} groups, and Limit was {given.page_size}"
        return _Seen(answer, complaint, (LIMIT_BOUNDS.id,))
    if len(set(came)) < len(came) or not set(came) <= set(names):
        return _Seen(answer, "a group came twice, or one that is not the user's", (EACH_GROUP_ONCE.id,))
    return _Seen(answer)


def _in_one_line(error: Exception) -> str:
    from botocore.exceptions import BotoCoreError, ClientError

    lines = str(error).splitlines() or [""]
    known = isinstance(error, BotoCoreError | ClientError | CognitoClaimsError | UnreadableTokenError)
    return lines[0] if known else f"the answer could not be read ({type(error).__name__})"


def _require_connection(error: Exception) -> None:
    from botocore.exceptions import ConnectionError as NotConnectedError

    if isinstance(error, NotConnectedError):
        raise EndpointError(_in_one_line(error)) from error
