"""A service with one bug at a time: at least a hundred of them, and what looks like a bug and is none."""

# Each module registers its bugs.
from tests.broken_services import arrays, groups, pages, preferences
from tests.broken_services.registry import BUGS, LEGAL, Bug

__all__ = ["BUGS", "LEGAL", "Bug", "arrays", "groups", "pages", "preferences"]
