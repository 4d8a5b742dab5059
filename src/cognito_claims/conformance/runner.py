"""Run the vectors against an endpoint with a boto3 client.

Each case has its own user pool, with one user who is in the case's groups. The
answer is the claims of the user's tokens, or the list of the user's groups.
Events, triggers, identity pools, trust policies and pages are not run: they test
code that reads tokens, events and responses, not a service.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeAlias

from pydantic import JsonValue

from cognito_claims._wire.scalars import MAX_PAGE_SIZE
from cognito_claims.client import PaginatorConfigDict
from cognito_claims.client.rules import EACH_GROUP_ONCE, LIMIT_BOUNDS
from cognito_claims.conformance import shapes
from cognito_claims.conformance.cases import (
    CLAIMS_BY_SUBJECT,
    AnswerT,
    Case,
    InputT,
    ListingVectors,
    PagingVectors,
    TokensVectors,
    load,
)
from cognito_claims.conformance.endpoint import Endpoint, EndpointError, Pool, UnreadableTokenError
from cognito_claims.conformance.scorecard import Result, Scorecard, Verdict
from cognito_claims.errors import CognitoClaimsError
from cognito_claims.models import GroupType

EndpointVectors: TypeAlias = TokensVectors | ListingVectors | PagingVectors
"""The vectors that an endpoint can answer."""

CONTROL = "preferred-role/lower-number-wins"
"""A case in which every claim is present: an endpoint that omits a claim here never emits it."""


def select(wanted: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the IDs of the selected cases that an endpoint can answer.

    Args:
        wanted: IDs of cases, subjects or rules. Without any, all cases are selected.

    Raises:
        ValueError: If an ID selects no case that an endpoint can answer.
    """
    wanted = tuple(wanted)
    ids_by_case: dict[str, set[str]] = {
        case.id: {case.id, vectors.subject, *case.rules} for vectors in _load() for case in vectors.cases
    }
    known = set[str]().union(*ids_by_case.values())
    for one in wanted:
        if one not in known:
            raise ValueError(f"{one!r} must be a case, subject or rule that an endpoint can answer")
    return tuple(case for case, ids in ids_by_case.items() if not wanted or ids & set(wanted))


def _load() -> tuple[EndpointVectors, ...]:
    return tuple(vectors for vectors in load() if isinstance(vectors, EndpointVectors))


def run(
    endpoint: Endpoint, cases: Collection[str], *, on_result: Callable[[Result], object] = lambda _: None
) -> Scorecard:
    """Run cases against an endpoint, one after the other.

    Args:
        endpoint: The endpoint. Every user pool that the run creates is deleted.
        cases: The IDs of the cases, as `select` returns them.
        on_result: Called with each result as soon as it is known.

    Raises:
        EndpointError: If the endpoint cannot be reached or cannot create user pools.
    """
    vectors = _load()
    runner = _Runner(endpoint, cases, _find_emitted_claims(endpoint, vectors, cases))
    results: list[Result] = []
    for one in vectors:
        for result in runner.run(one):
            results.append(result)
            on_result(result)
    return Scorecard(tuple(results), vectors, tuple(endpoint.not_removed))


def _find_emitted_claims(
    endpoint: Endpoint, vectors: Iterable[EndpointVectors], cases: Collection[str]
) -> frozenset[str]:
    """Return the names of the claims that the endpoint can add to tokens.

    Raises:
        EndpointError: If the endpoint cannot be reached, cannot create user pools, or has no
            sign-in that a case needs.
    """
    tokens_vectors = (one for one in vectors if isinstance(one, TokensVectors))
    [control] = [case.input for one in tokens_vectors for case in one.cases if case.id == CONTROL]
    try:
        # Even if no case signs in, so that an endpoint without user pools fails here, once.
        with endpoint.create_pool() as pool:
            if not any(case.startswith(tuple(CLAIMS_BY_SUBJECT)) for case in cases):
                return frozenset()
            tokens = pool.sign_in(pool.populate(control.groups))
    except Exception as error:  # noqa: BLE001, as in `_run_case`
        reason = _describe_in_one_line(error)
    else:
        return frozenset({*tokens.id_token, *tokens.access_token})
    # Raised outside the handler: the error may hold a response, or a request with the password.
    raise EndpointError(reason)


@dataclass(frozen=True)
class _Observation(Generic[AnswerT]):
    """An endpoint's answer, and the faults that its responses show."""

    answer: AnswerT
    fault: str | None = None
    broken: tuple[str, ...] = ()
    not_emitted: bool = False


_Observe: TypeAlias = Callable[[Pool, InputT], _Observation[AnswerT]]


@dataclass(frozen=True)
class _Runner:
    endpoint: Endpoint
    selected: Collection[str]
    emitted: frozenset[str]

    def run(self, vectors: EndpointVectors) -> Iterator[Result]:
        match vectors:
            case ListingVectors():
                return self._run_cases(vectors.cases, _list_groups)
            case PagingVectors():
                return self._run_cases(vectors.cases, _list_pages)
            case _:
                observe = partial(self._observe_tokens, CLAIMS_BY_SUBJECT[vectors.subject])
                return self._run_cases(vectors.cases, observe)

    def _run_cases(
        self, cases: Iterable[Case[InputT, AnswerT]], observe: _Observe[InputT, AnswerT]
    ) -> Iterator[Result]:
        return (self._run_case(case, observe) for case in cases if case.id in self.selected)

    def _run_case(self, case: Case[InputT, AnswerT], observe: _Observe[InputT, AnswerT]) -> Result:
        expected = tuple(
            answer.to_json() | answer.model_dump(mode="json", include={"differs_on"}, exclude_defaults=True)
            for answer in case.expected
        )
        result = partial(Result, case.id, case.description, case.rules, expected=expected)
        seen, error = self._observe(case, observe)
        if seen is None:
            return result(Verdict.ERROR, error=error)
        match = case.find_match(seen.answer)
        got = seen.answer.to_json()
        if seen.not_emitted:
            return result(Verdict.NOT_EMITTED, got=got)
        if match is None or seen.fault is not None:
            broken = case.rules if match is None else seen.broken
            return result(Verdict.FAIL, got=got, error=seen.fault, broken=broken)
        return result(Verdict.PASS, got=got, differs_on=match.differs_on)

    def _observe(
        self, case: Case[InputT, AnswerT], observe: _Observe[InputT, AnswerT]
    ) -> tuple[_Observation[AnswerT] | None, str | None]:
        """Return what was observed, or an error in one line.

        Raises:
            EndpointError: If the endpoint cannot be reached any more.
        """
        try:
            with self.endpoint.create_pool() as pool:
                return observe(pool, case.input), None
        except Exception as error:  # noqa: BLE001, botocore's parser fails in many ways
            reason, connected = _describe_in_one_line(error), not _is_connection_error(error)
        if connected:
            return None, reason
        raise EndpointError(reason)

    def _observe_tokens(
        self, names: tuple[str, ...], pool: Pool, case_input: shapes.GroupsInput
    ) -> _Observation[shapes.TokensAnswer]:
        tokens = pool.sign_in(pool.populate(case_input.groups))
        id_token, access_token = _pick(names, tokens.id_token), _pick(names, tokens.access_token)
        not_emitted = self.emitted.isdisjoint(names) and not (id_token or access_token)
        answer = shapes.TokensAnswer(id_token=id_token, access_token=access_token)
        return _Observation(answer, not_emitted=not_emitted)


def _pick(names: tuple[str, ...], claims: dict[str, JsonValue]) -> dict[str, JsonValue]:
    return {name: claims[name] for name in names if name in claims}


def _list_groups(pool: Pool, case_input: shapes.GroupsInput) -> _Observation[shapes.ListingAnswer]:
    username = pool.populate(case_input.groups)
    # MaxItems ends the list even if the endpoint returns a token on every page.
    config = PaginatorConfigDict(PageSize=MAX_PAGE_SIZE, MaxItems=len(case_input.groups))
    listed = map(pool.dump_listed_group, pool.list_groups(username, config).groups())
    return _Observation(shapes.ListingAnswer(groups=tuple(map(shapes.ListedGroup.model_validate, listed))))


def _list_pages(pool: Pool, case_input: shapes.PagingInput) -> _Observation[shapes.PagingAnswer]:
    names = [f"group-{number}" for number in range(case_input.group_count)]
    username = pool.populate([GroupType(group_name=name) for name in names])
    size = case_input.page_size
    first = pool.list_groups(username, PaginatorConfigDict(PageSize=size, MaxItems=case_input.max_items))
    pages = list(first)
    count = sum(len(page.groups) for page in pages)
    token = first.resume_token
    if token is not None:
        pages += pool.list_groups(username, PaginatorConfigDict(PageSize=size, StartingToken=token))
    listed = [group.group_name for page in pages for group in page.groups]
    answer = shapes.PagingAnswer(first=count, resumes=token is not None, rest=len(listed) - count)
    longest = max(len(page.groups) for page in pages)
    if longest > size:
        fault = f"a page has {longest} groups, but Limit is {size}"
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


def _is_connection_error(error: Exception) -> bool:
    from botocore.exceptions import ConnectionError as NotConnectedError

    return isinstance(error, NotConnectedError)
