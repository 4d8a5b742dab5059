"""What becomes of usernames in a snapshot."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from typing import Literal

from cognito_claims.pool._limits import SHORTEST_KEY

Form = Literal["kept", "hashed", "left-out"]


@dataclass(frozen=True, slots=True)
class Usernames:
    """A way to write usernames: as they are, or hashed with a key."""

    form: Form
    key: bytes | None = field(repr=False)

    @property
    def key_id(self) -> str | None:
        """Tells the users' keys apart; of one that is thrown away, nothing stays.

        What is hashed for it has blanks, so that it is nobody's username.
        """
        return self._hashed("a key of cognito-claims")[:16] if self.form == "hashed" else None

    def written(self, username: str) -> str:
        """Give what is written for a username."""
        return username if self.key is None else self._hashed(username)

    def _hashed(self, text: str) -> str:
        return hmac.digest(self.key or b"", text.encode(), "sha256")[:16].hex()


def usernames_as(key: bytes | None, *, usernames: bool) -> Usernames:
    """Give the way that was asked for; the key that is thrown away is still to be made.

    Raises:
        ValueError: the key is too short, or there are two ways of hashing.
    """
    if key is None:
        return Usernames("kept" if usernames else "left-out", None)
    if not usernames or len(key) < SHORTEST_KEY:
        raise ValueError("key: 16 bytes or more, and only where usernames are to be hashed with it")
    return Usernames("hashed", key)
