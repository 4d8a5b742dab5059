"""A client of a fake service, without a network between them."""

import io
import json
from collections.abc import Callable, Iterator
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError

from cognito_claims.conformance.endpoint import CALLS
from tests.conftest import Connect
from tests.fake_cognito import FakeCognito

_NOWHERE = "http://127.0.0.1:9"
_LIST = "AdminListGroupsForUser"
_DIRECT = {*CALLS} - {_LIST}


class _Body(io.BytesIO):
    """The body of a response as urllib3 returns it."""

    def stream(self) -> Iterator[bytes]:
        yield self.read()


class InProcessClient:
    """Calls a fake service directly.

    AdminListGroupsForUser passes through boto3, which parses the response. The other
    operations do not: setting up users and groups in that way takes most of the time.
    """

    def __init__(self, connect: Connect) -> None:
        self.service = FakeCognito()
        self._boto3: Any = connect(_NOWHERE)
        self.meta = self._boto3.meta
        events: Any = self.meta.events
        events.register(f"before-send.cognito-identity-provider.{_LIST}", self._send)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        operation = name.title().replace("_", "")
        if operation not in _DIRECT:
            method: Callable[..., Any] = getattr(self._boto3, name)
            return method

        def call(**arguments: object) -> dict[str, Any]:
            status, body = self._post(operation, json.dumps(arguments).encode())
            response: dict[str, Any] = json.loads(body)
            if status != 200:
                error: Any = {"Error": {"Code": response["__type"], "Message": response["message"]}}
                raise ClientError(error, operation)
            return response

        return call

    def _send(self, request: Any, **_: object) -> AWSResponse:
        status, response = self._post(_LIST, request.body)
        headers: Any = {"Content-Type": "application/x-amz-json-1.1"}
        return AWSResponse(request.url, status, headers, _Body(response))

    def _post(self, operation: str, body: bytes) -> tuple[int, bytes]:
        return self.service.post({"Authorization": "", "X-Amz-Target": f"_.{operation}"}, body)
