"""For everyone who implements Cognito's group claims: one set of vectors, and a runner.

The vectors are JSON files, beside this module in `vectors/`, with a README for
implementers in any language. `load()` reads them for Python; `cognito-claims
conform` puts those that a service can answer to an endpoint.
"""

from cognito_claims.conformance.cases import Case, Vectors, load

__all__ = ["Case", "Vectors", "load"]
