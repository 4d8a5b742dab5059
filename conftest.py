"""Load our pytest plugin after coverage has started: pyproject.toml disables its entry point."""

pytest_plugins = ["cognito_claims.testing.plugin"]
