"""Every rule and every open question, by the domain that has it."""

from typing import Final

from cognito_claims.access import ACCESS_RULES, TRUST_RULES
from cognito_claims.client import PAGING_RULES
from cognito_claims.conformance.rules import SERVICE_RULES
from cognito_claims.events import EVENT_RULES, TRIGGER_QUESTIONS, TRIGGER_RULES
from cognito_claims.identity_pool import IDENTITY_POOL_QUESTIONS, IDENTITY_POOL_RULES
from cognito_claims.rules import CLAIM_RULES, OPEN_QUESTIONS, RULES, OpenQuestion, Rule

RULES_BY_PART: Final[dict[str, tuple[Rule, ...]]] = {
    "preferred-role-rules": RULES,
    "claim-rules": CLAIM_RULES,
    "paging-rules": PAGING_RULES,
    "service-rules": SERVICE_RULES,
    "event-rules": EVENT_RULES,
    "trigger-rules": TRIGGER_RULES,
    "identity-pool-rules": IDENTITY_POOL_RULES,
    "trust-rules": TRUST_RULES,
    "access-rules": ACCESS_RULES,
}
"""The rules of each domain, by the name of the part of the documentation that lists them."""

QUESTIONS_BY_PART: Final[dict[str, tuple[OpenQuestion, ...]]] = {
    "open-questions": OPEN_QUESTIONS,
    "identity-pool-questions": IDENTITY_POOL_QUESTIONS,
    "trigger-questions": TRIGGER_QUESTIONS,
}
"""The open questions of each domain, in the same way."""

MODULES: Final = (
    "cognito_claims",
    "cognito_claims.access",
    "cognito_claims.client",
    "cognito_claims.client.aio",
    "cognito_claims.claims",
    "cognito_claims.conformance",
    "cognito_claims.errors",
    "cognito_claims.events",
    "cognito_claims.identity_pool",
    "cognito_claims.models",
    "cognito_claims.pool",
    "cognito_claims.resolver",
    "cognito_claims.rules",
    "cognito_claims.testing",
    "cognito_claims.testing.strategies",
    "cognito_claims.tokens",
    "cognito_claims.user_pool",
)
"""The packages and modules whose names are public."""
