"""For tests of code that works with Cognito groups and their claims.

`cognito_claims.testing.strategies` draws values for Hypothesis. The extra
`testing` installs what it needs.
"""
