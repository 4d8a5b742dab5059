"""A real HTTP server that sends the responses a test queued, and records the requests."""

import json
from collections import deque

from tests.loopback import LoopbackServer


class ScriptedServer(LoopbackServer):
    """Answers each request with the next response of its queue."""

    def __init__(self) -> None:
        self.requests: list[dict[str, object]] = []
        self._responses: deque[tuple[int, bytes]] = deque()

    def post(self, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:  # noqa: ARG002
        self.requests.append(json.loads(body))
        return self._responses.popleft()

    def queue_response(self, *responses: object, status: int = 200) -> None:
        """Queue responses: bytes are sent unchanged, everything else as JSON."""
        for response in responses:
            body = response if isinstance(response, bytes) else json.dumps(response).encode()
            self._responses.append((status, body))

    def queue_error(self, code: str, message: str = "") -> None:
        """Queue an error response in the service's format."""
        self.queue_response({"__type": code, "message": message}, status=400)
