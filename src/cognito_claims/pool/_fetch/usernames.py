"""How a fetch stores usernames, and where it keeps a key that it will discard."""

from __future__ import annotations

import errno
import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cognito_claims._files import (
    create_private_file,
    create_private_folder,
    make_durable,
    open_regular_file,
)

if TYPE_CHECKING:
    from cognito_claims.pool.manifest import UsernameMode

MIN_KEY_LENGTH: int = 16
"""The minimum length of a key that hashes usernames, in bytes."""

_KEY_LENGTH = 32
"""The length of a key to discard, in bytes."""


@dataclass(frozen=True, slots=True)
class Usernames:
    """How a snapshot stores usernames, with the key if it hashes them."""

    mode: UsernameMode
    key: bytes | None = field(default=None, repr=False)

    @classmethod
    def choose(cls, key: bytes | None, *, usernames: bool) -> Usernames:
        """Return the mode for the arguments of a fetch. The key to discard is generated."""
        if key is None:
            return cls("kept") if usernames else cls("discarded-key", secrets.token_bytes(_KEY_LENGTH))
        if not usernames or len(key) < MIN_KEY_LENGTH:
            raise ValueError(f"key: must be {MIN_KEY_LENGTH} bytes or more, and requires usernames=True")
        return cls("hashed", key)

    @property
    def key_id(self) -> str | None:
        """An ID that differs between the caller's keys and does not reveal them; `None` in other modes."""
        # No username contains a space, so this is never the hash of one.
        return self._hash("a key of cognito-claims")[:16] if self.mode == "hashed" else None

    @property
    def throwaway_key_id(self) -> str | None:
        """Identifies a key to discard, and names its file; `None` in other modes."""
        return self._hash("a key of cognito-claims") if self.mode == "discarded-key" else None

    def transform(self, username: str) -> str:
        """Return the username as the snapshot stores it."""
        return username if self.key is None else self._hash(username)

    def _hash(self, text: str) -> str:
        # 128 bits are enough to keep a billion usernames apart.
        return hmac.digest(self.key or b"", text.encode(), "sha256")[:16].hex()


class ThrowawayKey:
    """The file of a key that is discarded when its fetch is finished.

    It is never in the folder of the snapshot: with both, anybody could test which
    usernames the hashes stand for.
    """

    def __init__(self, key_id: str) -> None:
        self.path: Path = _find_state_folder() / f"{key_id}.key"
        self._key_id = key_id

    def write(self, key: bytes) -> None:
        """Write the key."""
        create_private_folder(self.path.parent)
        with create_private_file(self.path) as file:
            file.write(key)
        make_durable(self.path)
        make_durable(self.path.parent)

    def read(self) -> bytes | None:
        """Return the key, or `None` if the file does not exist or is damaged."""
        try:
            with open_regular_file(self.path) as file:
                key = file.read(_KEY_LENGTH + 1)
        except FileNotFoundError:
            return None
        return key if Usernames("discarded-key", key).throwaway_key_id == self._key_id else None

    def discard(self) -> None:
        """Remove the file."""
        self.path.unlink(missing_ok=True)


def _find_state_folder() -> Path:
    # The XDG base directory specification ignores a relative path.
    state = Path(os.environ.get("XDG_STATE_HOME", ""))
    try:
        return (state if state.is_absolute() else Path.home() / ".local" / "state") / "cognito-claims"
    except RuntimeError:
        reason = "there is no home directory to keep the key in until the fetch is finished"
        raise OSError(errno.ENOENT, f"{reason}: set it to a folder", "XDG_STATE_HOME") from None
