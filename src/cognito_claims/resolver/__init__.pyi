from cognito_claims.resolver.decision import (
    Decision as Decision,
    has_federated_name as has_federated_name,
)
from cognito_claims.resolver.outcomes import (
    Alternative as Alternative,
    Ambiguous as Ambiguous,
    GroupStatus as GroupStatus,
    NoRole as NoRole,
    Outcome as Outcome,
    Preferred as Preferred,
    RankedGroup as RankedGroup,
)
from cognito_claims.resolver.policy import Policy as Policy
from cognito_claims.resolver.resolution import Resolution as Resolution, resolve as resolve
