"""Samples for tests: the public strategies with a fixed pool, and shared names."""

from hypothesis import strategies as st

from cognito_claims import Policy
from cognito_claims.testing import strategies

POOL = "eu-west-1_EXAMPLE"
MAX_PRECEDENCE = 2**31 - 1


def role(name: str) -> str:
    return f"arn:aws:iam::123456789012:role/{name}"


ROLES = [role("admin"), role("staff"), role("reader")]
ALL_POLICIES = [
    Policy(),
    Policy(roleless="blocks"),
    Policy(null_precedence="abstains"),
    Policy(null_precedence="abstains", roleless="blocks"),
]

groups = strategies.groups()
memberships = strategies.memberships(user_pool_id=st.just(POOL))
policies = strategies.policies()
role_arns = st.none() | strategies.role_arns()
