"""Test vectors for implementations of Cognito's group claims, and a runner for services.

The vectors are JSON files in `vectors/`, beside this module, with a README for
implementers in any language. `load()` loads them in Python, and
`cognito-claims conform` runs those that a service can answer.
"""

from cognito_claims.conformance.cases import Case, InvalidVectorsError, Vectors, load
from cognito_claims.conformance.endpoint import Endpoint, EndpointError
from cognito_claims.conformance.rules import SERVICE_RULES
from cognito_claims.conformance.runner import run, select
from cognito_claims.conformance.scorecard import Result, Scorecard, Verdict
from cognito_claims.conformance.shapes import TokensAnswer

__all__ = [
    "SERVICE_RULES",
    "Case",
    "Endpoint",
    "EndpointError",
    "InvalidVectorsError",
    "Result",
    "Scorecard",
    "TokensAnswer",
    "Vectors",
    "Verdict",
    "load",
    "run",
    "select",
]
