"""Run the vectors against an endpoint with a boto3 client.

Each case has its own user, who is in the case's groups. The answer is the claims
of the user's tokens, or the list of the user's groups. Cases share a user pool
unless they need groups with the same name but different settings; so each pool
has groups that the user is not in, and one of them outranks others. Events,
triggers, identity pools, trust policies and pages are not run: they test code
that reads tokens, events and responses, not a service.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any, TypeAlias, TypeVar

from pydantic import JsonValue

from cognito_claims.conformance import shapes
from cognito_claims.conformance.blame import find_claim_faults
from cognito_claims.conformance.cases import (
    CLAIMS_BY_SUBJECT,
    Case,
    ListingVectors,
    PagingVectors,
    TokensVectors,
    load,
)
from cognito_claims.conformance.consistency import check_consistency
from cognito_claims.conformance.endpoint import (
    BYSTANDERS,
    Endpoint,
    EndpointError,
    Pool,
    describe_in_one_line,
    fold_name,
    is_connection_error,
    is_refusal,
)
from cognito_claims.conformance.lists import find_stored_faults, observe_listing
from cognito_claims.conformance.observation import Observation, join_reasons
from cognito_claims.conformance.paging import create_groups, observe_paging
from cognito_claims.conformance.rules import REQUEST_ACCEPTED
from cognito_claims.conformance.scorecard import Result, Scorecard, Verdict, get_checked_rules
from cognito_claims.models import GroupType

EndpointVectors: TypeAlias = TokensVectors | ListingVectors | PagingVectors
"""The vectors that an endpoint can answer."""

EndpointCase: TypeAlias = Case[Any, Any]
"""A case of these vectors."""

_T = TypeVar("_T")

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
        case.id: {case.id, vectors.subject, *get_checked_rules(vectors.subject, case.rules)}
        for vectors in _load()
        for case in vectors.cases
    }
    known = set[str]().union(*ids_by_case.values())
    for one in wanted:
        if one not in known:
            raise ValueError(f"{one!r} must be a case, subject or rule that an endpoint can answer")
    return tuple(case for case, ids in ids_by_case.items() if not wanted or ids & set(wanted))


@cache
def _load() -> tuple[EndpointVectors, ...]:
    return tuple(vectors for vectors in load() if isinstance(vectors, EndpointVectors))


def run(
    endpoint: Endpoint, cases: Collection[str], *, on_result: Callable[[Result], object] = lambda _: None
) -> Scorecard:
    """Run cases against an endpoint, one after the other.

    Args:
        endpoint: The endpoint. Every user pool that the run creates is deleted.
        cases: The IDs of the cases, as `select` returns them.
        on_result: Called with the result of each case as soon as it is known.

    Raises:
        EndpointError: If the endpoint cannot be reached, cannot create user pools, or cannot sign
            users in and every case needs that.
    """
    vectors = _load()
    selected = select_cases(cases)
    emitted = _find_emitted_claims(endpoint, vectors, cases)
    results: dict[str, Result] = {}
    runnable = selected
    if isinstance(emitted, _Failure):
        runnable = tuple((subject, case) for subject, case in selected if not _needs_tokens(case.id))
        if not runnable:
            raise EndpointError(emitted.reason)
        for _, case in (one for one in selected if one not in runnable):
            results[case.id] = _judge(case, emitted)
            on_result(results[case.id])
        emitted = frozenset[str]()
    runner = _Runner(endpoint, emitted, on_result)
    for batch in group_by_pool(runnable):
        results |= {result.case: result for result in runner.run_batch(batch)}
    card = Scorecard(tuple(results[case.id] for _, case in selected), vectors, tuple(endpoint.not_removed))
    return replace(card, results=(*card.results, *check_consistency(card, cases)))


def select_cases(cases: Collection[str]) -> tuple[tuple[str, EndpointCase], ...]:
    """Return the cases of these IDs with their subjects."""
    return tuple((one.subject, case) for one in _load() for case in one.cases if case.id in cases)


def group_by_pool(
    cases: Iterable[tuple[str, EndpointCase]],
) -> tuple[tuple[tuple[str, EndpointCase], ...], ...]:
    """Return the cases in batches that can share a user pool."""
    batches: list[_Batch] = []
    for subject, case in cases:
        needed = _group_by_name(get_groups(case))
        batch = next((one for one in batches if one.has_room_for(needed)), None)
        if batch is None:
            batch = _Batch([], _group_by_name([BYSTANDERS]))
            batches.append(batch)
        batch.cases.append((subject, case))
        batch.groups.update(needed)
    return tuple(tuple(batch.cases) for batch in batches)


def _group_by_name(groups: Iterable[GroupType]) -> dict[str, frozenset[GroupType]]:
    """Return the groups by name. Names that an endpoint may consider equal are one."""
    by_name: dict[str, frozenset[GroupType]] = {}
    for group in groups:
        name = fold_name(group.group_name)
        by_name[name] = by_name.get(name, frozenset()) | {group}
    return by_name


@dataclass(frozen=True)
class _Batch:
    """Cases that share a pool."""

    cases: list[tuple[str, EndpointCase]]
    groups: dict[str, frozenset[GroupType]]

    def has_room_for(self, needed: Mapping[str, frozenset[GroupType]]) -> bool:
        return all(self.groups.get(name, groups) == groups for name, groups in needed.items())


def get_groups(case: EndpointCase) -> tuple[GroupType, ...]:
    """Return the groups that the user of a case is in."""
    if isinstance(case.input, shapes.PagingInput):
        return create_groups(case.input)
    groups: tuple[GroupType, ...] = case.input.groups
    return groups


@dataclass(frozen=True)
class _Failure:
    """An exception, as far as a result may quote it."""

    reason: str
    broken: tuple[str, ...] = ()


def _attempt(action: Callable[[], _T]) -> _T | _Failure:
    """Return the result of an action, or how it failed.

    Raises:
        EndpointError: If the endpoint cannot be reached any more.
    """
    try:
        return action()
    except Exception as error:  # noqa: BLE001, botocore's parser fails in many ways
        reason, is_lost = describe_in_one_line(error), is_connection_error(error)
        broken = (REQUEST_ACCEPTED.id,) if is_refusal(error) else ()
    # Raised outside the handler: the error may hold a response, or a request with the password.
    if is_lost:
        raise EndpointError(reason)
    return _Failure(reason, broken)


def _sign_in(pool: Pool, groups: Sequence[GroupType]) -> frozenset[str]:
    """Sign in as a user in the groups and as one in the first, and return the names of all claims."""
    # An endpoint may set a preferred role only for users with one role.
    pairs = [pool.sign_in(pool.populate(some)) for some in (groups, groups[:1])]
    return frozenset(name for tokens in pairs for name in (*tokens.id_token, *tokens.access_token))


def _find_emitted_claims(
    endpoint: Endpoint, vectors: Iterable[EndpointVectors], cases: Collection[str]
) -> frozenset[str] | _Failure:
    """Return the names of the claims that the endpoint can add to tokens, or why it issues none.

    Raises:
        EndpointError: If the endpoint cannot be reached or cannot create user pools.
    """
    tokens_vectors = (one for one in vectors if isinstance(one, TokensVectors))
    [control] = [case.input for one in tokens_vectors for case in one.cases if case.id == CONTROL]
    with ExitStack() as stack:
        # Even if no case signs in, so that an endpoint without user pools fails here, once.
        pool = _attempt(partial(stack.enter_context, endpoint.create_pool()))
        if isinstance(pool, _Failure):
            raise EndpointError(pool.reason)
        if not any(map(_needs_tokens, cases)):
            return frozenset()
        return _attempt(partial(_sign_in, pool, control.groups))


def _needs_tokens(case: str) -> bool:
    return case.partition("/")[0] in CLAIMS_BY_SUBJECT


@dataclass(frozen=True)
class _Runner:
    endpoint: Endpoint
    emitted: frozenset[str]
    on_result: Callable[[Result], object]

    def run_batch(self, batch: Iterable[tuple[str, EndpointCase]]) -> Iterable[Result]:
        """Run cases that share a user pool."""
        results: list[Result] = []
        with ExitStack() as stack:
            pool = _attempt(partial(stack.enter_context, self.endpoint.create_pool()))
            for subject, case in batch:
                if isinstance(pool, _Failure):
                    result = _judge(case, pool)
                else:
                    result = _judge(case, _attempt(partial(self._observe, pool, subject, case)))
                results.append(result)
                self.on_result(result)
        return results

    def _observe(self, pool: Pool, subject: str, case: EndpointCase) -> Observation[Any]:
        match subject:
            case "listing":
                return observe_listing(pool, case.input.groups)
            case "paging":
                return observe_paging(pool, case.input)
            case _:
                return self._observe_tokens(pool, subject, case)

    def _observe_tokens(
        self, pool: Pool, subject: str, case: EndpointCase
    ) -> Observation[shapes.TokensAnswer]:
        names, groups = CLAIMS_BY_SUBJECT[subject], case.input.groups
        username = pool.populate(groups)
        tokens = pool.sign_in(username)
        id_token, access_token = _pick(names, tokens.id_token), _pick(names, tokens.access_token)
        answer = shapes.TokensAnswer(id_token=id_token, access_token=access_token)
        if self.emitted.isdisjoint(names) and not (id_token or access_token):
            return Observation(answer, answer.to_json(), not_emitted=True)
        if case.find_match(answer) is not None:
            return Observation(answer, answer.to_json())
        # What is stored wrongly leads to wrong claims, so it comes first.
        faults = find_stored_faults(pool, username, groups)
        faults += find_claim_faults(subject, groups, answer, pool.groups.values())
        return Observation(answer, answer.to_json(), tuple(faults))


def _pick(names: tuple[str, ...], claims: dict[str, JsonValue]) -> dict[str, JsonValue]:
    return {name: claims[name] for name in names if name in claims}


def _judge(case: EndpointCase, seen: Observation[Any] | _Failure) -> Result:
    expected = tuple(
        answer.to_json() | answer.model_dump(mode="json", include={"differs_on"}, exclude_defaults=True)
        for answer in case.expected
    )
    result = partial(Result, case.id, case.description, case.rules, expected=expected)
    if isinstance(seen, _Failure):
        return result(Verdict.ERROR, error=seen.reason, broken=seen.broken)
    if seen.not_emitted:
        return result(Verdict.NOT_EMITTED, got=seen.got)
    match = None if seen.answer is None else case.find_match(seen.answer)
    if match is None or seen.faults:
        broken = tuple(dict.fromkeys(fault.rule.id for fault in seen.faults)) or case.rules
        return result(Verdict.FAIL, got=seen.got, error=join_reasons(seen.faults), broken=broken)
    return result(Verdict.PASS, got=seen.got, differs_on=match.differs_on)
