"""`python -m cognito_claims`: the command `cognito-claims`."""

from cognito_claims.cli import main

main()
