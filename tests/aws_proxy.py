"""A real HTTP server that answers some of AWS's operations itself, and forwards the others to moto's."""

import json
from urllib.error import HTTPError
from urllib.parse import parse_qs
from urllib.request import Request, urlopen

from tests.loopback import LoopbackServer

_IAM_ERROR = "<ErrorResponse><Error><Code>{}</Code><Message>refused</Message></Error></ErrorResponse>"


class AwsProxy(LoopbackServer):
    """Speaks the JSON protocol of Cognito and the query protocol of IAM."""

    def __init__(self, moto_url: str) -> None:
        self.calls: list[str] = []
        self._moto_url = moto_url
        self._responses: dict[str, tuple[int, bytes]] = {}

    def respond(self, operation: str, response: object) -> None:
        """Answer an operation of Cognito."""
        self._responses[operation] = (200, json.dumps(response).encode())

    def refuse(self, operation: str, code: str) -> None:
        """Refuse an operation."""
        body = _IAM_ERROR.format(code) if operation == "GetRole" else json.dumps({"__type": code})
        self._responses[operation] = (400, body.encode())

    def post(self, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        target = headers.get("X-Amz-Target", "").rpartition(".")[2]
        operation = target or parse_qs(body.decode())["Action"][0]
        self.calls.append(operation)
        return self._responses.get(operation) or self._forward(headers, body)

    def _forward(self, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        names = ("Authorization", "Content-Type", "X-Amz-Date", "X-Amz-Target")
        kept = {name: headers[name] for name in names if name in headers}
        try:
            with urlopen(Request(self._moto_url, body, kept)) as response:
                return response.status, response.read()
        except HTTPError as error:
            with error:
                return error.code, error.read()
