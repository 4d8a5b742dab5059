"""Events of the pre token generation trigger."""

from typing import Literal

from hypothesis import strategies as st

from cognito_claims.claims import GroupClaims
from cognito_claims.events import (
    PreTokenGenerationEvent,
    build_pre_token_generation_event,
    override_claims,
    override_groups,
    parse_trigger_event,
)
from cognito_claims.testing.strategies.resolutions import group_claims
from cognito_claims.testing.strategies.tokens import identities
from cognito_claims.tokens import Identity

_VERSIONS: tuple[Literal["1", "2", "3"], ...] = ("1", "2", "3")


def trigger_events(
    claims: st.SearchStrategy[GroupClaims] | None = None,
) -> st.SearchStrategy[PreTokenGenerationEvent]:
    """Events of the pre token generation trigger, of every version, some with a response.

    To get the dictionaries that Lambda passes, use
    `.map(lambda event: event.model_dump(by_alias=True))`.

    Args:
        claims: The user's groups and roles. By default, `group_claims()`.
    """
    return st.sampled_from(_VERSIONS).flatmap(lambda version: versioned_trigger_events(version, claims))


def versioned_trigger_events(
    version: Literal["1", "2", "3"], claims: st.SearchStrategy[GroupClaims] | None = None
) -> st.SearchStrategy[PreTokenGenerationEvent]:
    """Events of one version of the pre token generation trigger."""
    return st.builds(
        _build_trigger_event,
        st.just(version),
        group_claims() if claims is None else claims,
        st.lists(identities(), max_size=2),
        st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2),
        st.none() | group_claims(),
        st.dictionaries(st.sampled_from(["tenant", "plan"]), st.text(max_size=5)),
    )


def _build_trigger_event(
    version: Literal["1", "2", "3"],
    claims: GroupClaims,
    identities: list[Identity],
    metadata: dict[str, str],
    overridden: GroupClaims | None,
    added: dict[str, str],
) -> PreTokenGenerationEvent:
    event = build_pre_token_generation_event(claims, version=version)
    if identities:
        texts = [identity.model_dump_json(by_alias=True) for identity in identities]
        event["request"]["userAttributes"]["identities"] = f"[{','.join(texts)}]"
    event["request"]["clientMetadata"] = metadata
    if overridden is not None:
        event = override_groups(event, overridden)
    return parse_trigger_event(override_claims(event, id_token=added) if added else event)
