"""The resolver: it computes the role claims of a user from the user's groups, and explains them."""

from cognito_claims.resolver.decision import Decision, has_federated_name
from cognito_claims.resolver.outcomes import (
    Alternative,
    Ambiguous,
    GroupStatus,
    NoRole,
    Outcome,
    Preferred,
    RankedGroup,
)
from cognito_claims.resolver.policy import Policy
from cognito_claims.resolver.resolution import Resolution, resolve

__all__ = [
    "Alternative",
    "Ambiguous",
    "Decision",
    "GroupStatus",
    "NoRole",
    "Outcome",
    "Policy",
    "Preferred",
    "RankedGroup",
    "Resolution",
    "has_federated_name",
    "resolve",
]
