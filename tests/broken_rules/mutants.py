"""Single bugs in readers of events, in triggers and in the choice of a role."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from cognito_claims import GroupClaims
from cognito_claims.conformance.shapes import EventInput, RoleInput
from cognito_claims.events import TokenPair
from cognito_claims.identity_pool import AccessDenied, AssumedRole
from tests.vector_adapter import JsonObject, VectorAdapter


@dataclass(frozen=True)
class Mutant:
    """This library with one bug."""

    subject: str
    """The subject of the vectors that catch it."""

    rule: str
    """The rule that the bug breaks, or the open question that it answers."""

    bug: str
    """What is wrong."""

    adapter: VectorAdapter

    def __str__(self) -> str:
        return f"{self.subject}: {self.bug}"


def rank_rules(cases: Iterable[Any], failed: Collection[str]) -> list[tuple[float, str]]:
    """Rank the rules that may be broken, as the README of the vectors describes it: the best is the last.

    The measure of a rule is the share of the cases that fail and name it in those that fail or name it.
    """
    named: dict[str, set[str]] = defaultdict(set)
    for case in cases:
        for rule in case.rules:
            named[rule].add(case.id)
    return sorted((len(ids & {*failed}) / len(ids | {*failed}), rule) for rule, ids in named.items())


class MutantReader(VectorAdapter):
    """Reads a changed event, or changes the claims that were read."""

    def __init__(
        self,
        before: Callable[[EventInput], EventInput] = lambda given: given,
        after: Callable[[GroupClaims, EventInput], GroupClaims] = lambda claims, _: claims,
    ) -> None:
        self.before, self.after = before, after

    def parse_event(self, case_input: EventInput) -> GroupClaims:
        return self.after(super().parse_event(self.before(case_input)), case_input)


class MutantTrigger(VectorAdapter):
    """Applies a changed response, or changes the tokens that were issued."""

    def __init__(
        self,
        before: Callable[[JsonObject, TokenPair], None] = lambda _event, _tokens: None,
        after: Callable[[JsonObject, TokenPair, TokenPair], TokenPair] = lambda _event, _tokens, issued: (
            issued
        ),
    ) -> None:
        self.before, self.after = before, after

    def apply_override(self, tokens: TokenPair, event: JsonObject) -> TokenPair:
        changed = deepcopy(event)
        self.before(changed, tokens)
        return self.after(event, tokens, super().apply_override(tokens, changed))


class MutantChoice(VectorAdapter):
    """Chooses the role of a changed request, or changes the role that was chosen."""

    def __init__(
        self,
        before: Callable[[JsonObject], Any] = lambda _: None,
        after: Callable[[str | None, RoleInput], str | None] = lambda role, _: role,
    ) -> None:
        self.before, self.after = before, after

    def choose_role(self, case_input: RoleInput) -> AssumedRole | AccessDenied:
        members = case_input.model_dump(mode="json", by_alias=True)
        self.before(members)
        role = super().choose_role(RoleInput.model_validate(members, by_alias=True)).role_arn
        role = self.after(role, case_input)
        return AccessDenied("mutant", ()) if role is None else AssumedRole(role, "mutant", ())
