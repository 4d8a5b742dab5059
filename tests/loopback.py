"""A real HTTP server on the loopback interface that speaks AWS's JSON protocol."""

import sys
from abc import ABC, abstractmethod
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any, Self


class HungUpError(Exception):
    """Raise it in `post` to close the connection without a response."""


class _Server(ThreadingHTTPServer):
    # With the default of 5, a client that finds the queue full waits a second before it retries.
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that closed their connection."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class LoopbackServer(ABC):
    """Answers each request with the result of `post`, which a subclass implements.

    It listens inside a `with` statement.
    """

    _http: _Server
    _thread: Thread

    @abstractmethod
    def post(self, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        """Return the status and the body of the response."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    def stop_listening(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    def __enter__(self) -> Self:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                try:
                    status, response = server.post({**self.headers}, body)
                except HungUpError:
                    self.close_connection = True
                    return
                self.send_response(status)
                self.send_header("Content-Type", "application/x-amz-json-1.1")
                self.send_header("Content-Length", str(len(response)))
                self.end_headers()
                self.wfile.write(response)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self._http = _Server(("127.0.0.1", 0), Handler)
        self._thread = Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop_listening()
        self._thread.join()
