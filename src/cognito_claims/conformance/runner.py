"""Run the vectors against an endpoint, through a real boto3 client.

Each case has its own user pool, with one user in the case's groups. The answer
is what the endpoint adds to the tokens at a sign-in, or how it lists the groups.
The other subjects (events, triggers, identity pools, reading pages) are for
implementations that a service's API does not reach.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeAlias

from pydantic import JsonValue

from cognito_claims.client.rules import EACH_GROUP_ONCE, LIMIT_BOUNDS
from cognito_claims.conformance.cases import (
    CLAIMS_BY_SUBJECT,
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
    GroupsInput,
    ListedGroup,
    ListingAnswer,
    PagingAnswer,
    PagingInput,
    TokensAnswer,
)
from cognito_claims.errors import CognitoClaimsError
from cognito_claims.models import GroupType

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
    """Return the IDs of the cases that an endpoint can answer: all of them, or those selected.

    Args:
        wanted: IDs of cases, subjects or rules.

    Raises:
        ValueError: If an ID selects no case that an endpoint can answer.
    """
    wanted = tuple(wanted)
    ids_by_case: dict[str, set[str]] = {
        case.id: {case.id, vectors.subject, *case.rules} for vectors in _load() for case in vectors.cases
    }
    for one in wanted:
        if not any(one in ids for ids in ids_by_case.values()):
            raise ValueError(
                f"{one!r} must be the ID of a case, subject or rule that an endpoint can answer"
            )
    return tuple(case for case, ids in ids_by_case.items() if not wanted or ids & set(wanted))


def _load() -> Iterator[EndpointVectors]:
    return (vectors for vectors in load() if isinstance(vectors, EndpointVectors))


def run(
    endpoint: Endpoint, cases: Collection[str], *, on_result: Callable[[Result], object] = lambda _: None
) -> Scorecard:
    """Run cases against an endpoint, one after the other.

    Args:
        endpoint: The endpoint. Every user pool that the run creates there is removed again.
        cases: The IDs of the cases, as `select` returns them.
        on_result: Called with each result as soon as it is known.

    Raises:
        EndpointError: If the endpoint cannot be reached or cannot create user pools.
    """
    vectors = tuple(_load())
    runner = _Runner(endpoint, _find_emitted_claims(endpoint, vectors, cases))
    results: list[Result] = []
    for result in (result for one in vectors for result in runner.run(one, cases)):
        results.append(result)
        on_result(result)
    return Scorecard(tuple(results), vectors, tuple(endpoint.not_removed))


CONTROL = "preferred-role/lower-number-wins"
"""A case beyond doubt: an endpoint that emits a claim at all emits it here."""


def _find_emitted_claims(
    endpoint: Endpoint, vectors: Iterable[EndpointVectors], cases: Collection[str]
) -> frozenset[str]:
    """Return the names of the claims that the endpoint adds to tokens at all.

    Raises:
        EndpointError: If the endpoint cannot be reached, cannot create user pools, or has no
            sign-in that a case needs.
    """
    preferred_role = (one for one in vectors if isinstance(one, PreferredRoleVectors))
    [control] = [case.input for one in preferred_role for case in one.cases if case.id == CONTROL]
    try:
        with endpoint.create_pool() as pool:
            if not any(case.startswith(tuple(CLAIMS_BY_SUBJECT)) for case in cases):
                return frozenset()
            tokens = _sign_in(pool, control)
    except Exception as error:
        raise EndpointError(_describe_in_one_line(error)) from error
    return frozenset(tokens.id_token) | frozenset(tokens.access_token)


def _sign_in(pool: Pool, case_input: GroupsInput) -> Tokens:
    return pool.sign_in(pool.populate(case_input.groups))


@dataclass(frozen=True)
class _Observation(Generic[AnswerT]):
    """An endpoint's answer, and what else its responses showed."""

    answer: AnswerT
    fault: str | None = None
    broken: tuple[str, ...] = ()
    not_emitted: bool = False


@dataclass(frozen=True)
class _Runner:
    endpoint: Endpoint
    emitted: frozenset[str]

    def run(self, vectors: EndpointVectors, cases: Collection[str]) -> Iterator[Result]:
        match vectors:
            case ListingVectors():
                yield from (
                    self._run_case(case, _list_groups) for case in vectors.cases if case.id in cases
                )
            case PagingVectors():
                yield from (self._run_case(case, _page) for case in vectors.cases if case.id in cases)
            case _:
                observe = partial(self._observe_tokens, CLAIMS_BY_SUBJECT[vectors.subject])
                yield from (self._run_case(case, observe) for case in vectors.cases if case.id in cases)

    def _run_case(
        self, case: Case[InputT, AnswerT], observe: Callable[[Pool, InputT], _Observation[AnswerT]]
    ) -> Result:
        expected = tuple({**answer.to_json(), **_dump_differs_on(answer)} for answer in case.expected)
        result = partial(Result, case.id, case.description, case.rules, expected=expected)
        try:
            with self.endpoint.create_pool() as pool:
                seen = observe(pool, case.input)
        except Exception as error:  # noqa: BLE001, botocore's parser fails in many ways
            _raise_if_not_connected(error)
            return result(Verdict.ERROR, error=_describe_in_one_line(error))
        match = case.find_match(seen.answer)
        got = seen.answer.to_json()
        if seen.not_emitted:
            return result(Verdict.NOT_EMITTED, got=got)
        if match is None or seen.fault is not None:
            broken = case.rules if match is None else seen.broken
            return result(Verdict.FAIL, got=got, error=seen.fault, broken=broken)
        return result(Verdict.PASS, got=got, differs_on=match.differs_on)

    def _observe_tokens(
        self, names: tuple[str, ...], pool: Pool, case_input: GroupsInput
    ) -> _Observation[TokensAnswer]:
        tokens = _sign_in(pool, case_input)
        id_token, access_token = _pick(names, tokens.id_token), _pick(names, tokens.access_token)
        not_emitted = self.emitted.isdisjoint(names) and not (id_token or access_token)
        answer = TokensAnswer(id_token=id_token, access_token=access_token)
        return _Observation(answer, not_emitted=not_emitted)


def _dump_differs_on(answer: Answer) -> dict[str, JsonValue]:
    return {"differs_on": [*answer.differs_on]} if answer.differs_on else {}


def _pick(names: tuple[str, ...], claims: dict[str, JsonValue]) -> dict[str, JsonValue]:
    return {name: claims[name] for name in names if name in claims}


def _list_groups(pool: Pool, case_input: GroupsInput) -> _Observation[ListingAnswer]:
    username = pool.populate(case_input.groups)
    pages = pool.list_groups(username, page_size=60, max_items=len(case_input.groups))
    listed = map(pool.dump_listed_group, pages.groups())
    return _Observation(ListingAnswer(groups=tuple(map(ListedGroup.model_validate, listed))))


def _page(pool: Pool, case_input: PagingInput) -> _Observation[PagingAnswer]:
    names = [f"group-{number}" for number in range(case_input.group_count)]
    username = pool.populate([GroupType(group_name=name) for name in names])
    first = pool.list_groups(username, page_size=case_input.page_size, max_items=case_input.max_items)
    pages = list(first)
    count = sum(len(page.groups) for page in pages)
    token = first.resume_token
    if token is not None:
        pages += pool.list_groups(username, page_size=case_input.page_size, starting_token=token)
    listed = [group.group_name for page in pages for group in page.groups]
    answer = PagingAnswer(first=count, resumes=token is not None, rest=len(listed) - count)
    longest = max(len(page.groups) for page in pages)
    if longest > case_input.page_size:
        fault = f"a page has {longest} groups, but Limit is {case_input.page_size}"
        return _Observation(answer, fault, (LIMIT_BOUNDS.id,))
    if len(set(listed)) < len(listed) or not set(listed) <= set(names):
        fault = "a group is listed twice, or is not one of the user's groups"
        return _Observation(answer, fault, (EACH_GROUP_ONCE.id,))
    return _Observation(answer)


def _describe_in_one_line(error: Exception) -> str:
    from botocore.exceptions import BotoCoreError, ClientError

    lines = str(error).splitlines() or [""]
    known = isinstance(error, BotoCoreError | ClientError | CognitoClaimsError | UnreadableTokenError)
    # An unexpected error may quote the response, and so a token.
    return lines[0] if known else f"the response could not be read ({type(error).__name__})"


def _raise_if_not_connected(error: Exception) -> None:
    from botocore.exceptions import ConnectionError as NotConnectedError

    if isinstance(error, NotConnectedError):
        raise EndpointError(_describe_in_one_line(error)) from error
