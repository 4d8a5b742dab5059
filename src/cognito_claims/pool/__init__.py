"""A whole user pool: fetch it, resolve everyone, find what is wrong.

`fetch` writes a pool's groups and memberships to a folder, `Snapshot` opens it,
and `resolve_memberships` tells who gets which claims. The extra `pool` installs
what these need.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cognito_claims.pool.bulk import (
        BulkResolution,
        InvalidTableError,
        UnknownGroupsError,
        resolve_memberships,
    )
    from cognito_claims.pool.fetching import Progress, fetch
    from cognito_claims.pool.snapshot import Change, Manifest, Membership, Snapshot, SnapshotError

__all__ = [
    "BulkResolution",
    "Change",
    "InvalidTableError",
    "Manifest",
    "Membership",
    "Progress",
    "Snapshot",
    "SnapshotError",
    "UnknownGroupsError",
    "fetch",
    "resolve_memberships",
]

_HOMES = {
    "BulkResolution": "bulk",
    "Change": "snapshot",
    "InvalidTableError": "bulk",
    "Manifest": "snapshot",
    "Membership": "snapshot",
    "Progress": "fetching",
    "Snapshot": "snapshot",
    "SnapshotError": "snapshot",
    "UnknownGroupsError": "bulk",
    "fetch": "fetching",
    "resolve_memberships": "bulk",
}


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        try:
            home = _HOMES[name]
        except KeyError:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
        from importlib import import_module

        return getattr(import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
