"""How fast a pool is asked: what AWS allows an account, less what others may need."""

LIST_USERS_IN_GROUP_RATE = 25.0
"""Calls of ListUsersInGroup a second. AWS allows an account 30 in a region, with ListUsers among them, and
raises it for nobody: some are left to others."""

LIST_GROUPS_RATE = 4.0
"""Calls of ListGroups a second. AWS allows 5 for a pool."""
