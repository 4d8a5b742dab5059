"""A real HTTP server that answers what a test tells it to, and keeps what it was asked."""

import json
from collections import deque

from tests.loopback import LoopbackServer


class ScriptedServer(LoopbackServer):
    """Answers each request with the next line of its script."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[dict[str, object]] = []
        self._script: deque[tuple[int, bytes]] = deque()

    def post(self, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:  # noqa: ARG002
        self.requests.append(json.loads(body))
        return self._script.popleft()

    def say(self, *answers: object, status: int = 200) -> None:
        """Add answers to the script: bytes as they are, the rest as JSON."""
        for answer in answers:
            body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self._script.append((status, body))

    def refuse(self, error: str, message: str = "") -> None:
        """Add an error as the service sends it."""
        self.say({"__type": error, "message": message}, status=400)
