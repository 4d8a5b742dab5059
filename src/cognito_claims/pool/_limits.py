"""The limits that functions and commands share."""

LIST_USERS_IN_GROUP_RATE = 25.0
"""Calls of ListUsersInGroup a second. AWS allows an account 30 in a region, with ListUsers among them, and
raises it for nobody: some are left to others."""

LIST_GROUPS_RATE = 4.0
"""Calls of ListGroups a second. AWS allows 5 for a pool."""

SHORTEST_KEY = 16
"""Bytes of a key that usernames are hashed with."""

MOST_SAMPLES = 10_000
"""Users who are named with a finding or a change."""
