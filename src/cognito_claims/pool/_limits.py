"""The bounds and defaults that this package shares with the command. AWS's limits are in `models`."""

from __future__ import annotations

# A plain number: the command shows it as a default and must not load the models for it.
DEFAULT_RATE: float = 25.0
"""Calls of ListUsersInGroup a second: AWS's `LIST_USERS_IN_GROUP_RATE` leaves some to others."""

MIN_KEY_LENGTH: int = 16
"""The least length of a key that usernames are hashed with, in bytes."""

MAX_SAMPLES: int = 10_000
"""The most users that a finding or a change can name."""
