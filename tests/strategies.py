"""Values as AWS could send them, for property tests."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from cognito_claims import GroupType, Policy

POOL = "eu-west-1_EXAMPLE"
MAX_PRECEDENCE = 2**31 - 1


def role(name: str) -> str:
    return f"arn:aws:iam::123456789012:role/{name}"


ROLES = [role("admin"), role("staff"), role("reader")]

_any_character = st.characters(categories=["L", "M", "S", "N", "P"])
group_names = st.text(_any_character, min_size=1, max_size=128)
precedences = st.one_of(
    st.none(), st.integers(0, 3), st.sampled_from([0, MAX_PRECEDENCE]), st.integers(0, MAX_PRECEDENCE)
)
role_arns = st.one_of(st.none(), st.sampled_from(ROLES))
# AWS sends milliseconds. Zones are whole minutes, as ISO 8601 writes them.


def _date(seconds: int, millis: int, offset: int) -> datetime:
    instant = datetime.fromtimestamp(seconds, UTC) + timedelta(milliseconds=millis)
    return instant.astimezone(timezone(timedelta(minutes=offset)))


dates = st.builds(
    _date, st.integers(1_400_000_000, 2_000_000_000), st.integers(0, 999), st.integers(-14 * 60, 14 * 60)
)


def _group(**fields: Any) -> GroupType:
    return GroupType(**fields)


groups = st.builds(
    _group,
    group_name=group_names,
    user_pool_id=st.one_of(st.none(), st.just(POOL)),
    description=st.one_of(st.none(), st.text(min_size=1, max_size=40)),
    role_arn=role_arns,
    precedence=precedences,
    last_modified_date=st.one_of(st.none(), dates),
    creation_date=st.one_of(st.none(), dates),
)

# Memberships: groups of one pool, each name once; ties, nulls, role-less and federated groups are common.
_members = st.builds(
    _group,
    group_name=st.one_of(
        st.text("abcdefgh", min_size=1, max_size=3), st.just(f"{POOL}_Google"), group_names
    ),
    user_pool_id=st.just(POOL),
    role_arn=role_arns,
    precedence=st.one_of(st.none(), st.integers(0, 3), precedences),
)
memberships = st.lists(_members, max_size=8, unique_by=lambda group: group.group_name)
policies = st.builds(
    Policy,
    null_precedence=st.sampled_from(["ranks-last", "abstains"]),
    roleless=st.sampled_from(["ignored", "blocks"]),
)
ALL_POLICIES = [
    Policy(),
    Policy(roleless="blocks"),
    Policy(null_precedence="abstains"),
    Policy(null_precedence="abstains", roleless="blocks"),
]
