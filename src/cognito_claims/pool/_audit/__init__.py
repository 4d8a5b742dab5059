"""Audit a snapshot: the findings, and which of them are known or ignored."""
