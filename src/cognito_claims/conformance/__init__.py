"""Test vectors for implementations of Cognito's group claims, and a runner for services.

The vectors are JSON files in `vectors/`, beside this module, with a README for
implementers in any language. `load()` loads them in Python, and
`cognito-claims conform` runs those that a service can answer.
"""

from cognito_claims.conformance.cases import Case, Vectors, load

__all__ = ["Case", "Vectors", "load"]
