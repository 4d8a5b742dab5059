"""A real HTTP server that answers what a test tells it to, and keeps what it was asked."""

import json
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Self


class ScriptedServer:
    """Answers each request with the next line of its script."""

    def __init__(self) -> None:
        self.requests: list[dict[str, object]] = []
        self._script: deque[tuple[int, bytes]] = deque()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                server.requests.append(json.loads(body))
                status, answer = server._script.popleft()
                self.send_response(status)
                self.send_header("Content-Type", "application/x-amz-json-1.1")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})

    def say(self, *answers: object, status: int = 200) -> None:
        """Add answers to the script: bytes as they are, the rest as JSON."""
        for answer in answers:
            body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self._script.append((status, body))

    def refuse(self, error: str, message: str = "") -> None:
        """Add an error as the service sends it."""
        self.say({"__type": error, "message": message}, status=400)

    @property
    def url(self) -> str:
        host, port = self._http.server_address[:2]
        return f"http://{host!s}:{port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()
