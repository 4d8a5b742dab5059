"""Loads our own pytest plugin where coverage sees it: pyproject.toml keeps its entry point out."""

pytest_plugins = ["cognito_claims.testing.plugin"]
