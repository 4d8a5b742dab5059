"""How a snapshot stores usernames: as they are, or hashed with a key."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from typing import Literal

from cognito_claims.pool._limits import MIN_KEY_LENGTH

UsernameMode = Literal["kept", "hashed", "discarded-key"]
"""`kept` as they are, `hashed` with a key of the caller's, or hashed with a key that was discarded."""


@dataclass(frozen=True, slots=True)
class Usernames:
    """A mode of storing usernames, with its key. The key is kept out of the `repr`."""

    mode: UsernameMode
    key: bytes | None = field(repr=False)

    @property
    def key_id(self) -> str | None:
        """An ID that differs between the caller's keys and does not reveal them; `None` in other modes."""
        # The hashed text contains spaces, so it is never a username.
        return self._hash("a key of cognito-claims")[:16] if self.mode == "hashed" else None

    def transform(self, username: str) -> str:
        """Return the username as the snapshot stores it."""
        return username if self.key is None else self._hash(username)

    def _hash(self, text: str) -> str:
        return hmac.digest(self.key or b"", text.encode(), "sha256")[:16].hex()


def choose_username_mode(key: bytes | None, *, usernames: bool) -> Usernames:
    """Return the mode for the arguments of a fetch. A key to discard is generated later.

    Raises:
        ValueError: If the key is too short, or `usernames` is `False` and a key is passed.
    """
    if key is None:
        return Usernames("kept" if usernames else "discarded-key", None)
    if not usernames or len(key) < MIN_KEY_LENGTH:
        raise ValueError(f"key: must be {MIN_KEY_LENGTH} bytes or more, and requires usernames=True")
    return Usernames("hashed", key)
