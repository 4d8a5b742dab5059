"""This library with one rule broken at a time: a subclass of the adapter for each rule."""

# Each module registers its adapters.
from tests.broken_rules import claims, events, identity_pools, listing, trust
from tests.broken_rules.registry import BREAKS

__all__ = ["BREAKS", "claims", "events", "identity_pools", "listing", "trust"]
