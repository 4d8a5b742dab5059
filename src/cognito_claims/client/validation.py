"""Validation of the responses that existing code receives.

botocore emits an event for every response, and this module registers handlers for it.
"""

from collections.abc import Callable, Iterator
from functools import partial
from types import TracebackType
from typing import Protocol, Self

from cognito_claims._wire.parsing import get_operation_name, parse_response
from cognito_claims.client._operations import SERVICE_ID
from cognito_claims.client.protocols import require_cognito_client
from cognito_claims.models import (
    AdminListGroupsForUserResponse,
    CreateGroupResponse,
    GetGroupResponse,
    ListGroupsResponse,
    ListUsersInGroupResponse,
    ServiceResponse,
    UpdateGroupResponse,
)


class _HTTPResponse(Protocol):
    @property
    def status_code(self) -> int: ...


_VALIDATED: tuple[type[ServiceResponse], ...] = (
    AdminListGroupsForUserResponse,
    CreateGroupResponse,
    GetGroupResponse,
    ListGroupsResponse,
    ListUsersInGroupResponse,
    UpdateGroupResponse,
)


class _Events(Protocol):
    def register(
        self,
        event_name: str,
        handler: Callable[..., None],
        unique_id: str | None = ...,
        unique_id_uses_count: bool = ...,
    ) -> object: ...

    def unregister(
        self,
        event_name: str,
        handler: Callable[..., None] | None = ...,
        unique_id: str | None = ...,
        unique_id_uses_count: bool = ...,
    ) -> object: ...


class _Meta(Protocol):
    @property
    def events(self) -> _Events: ...
    @property
    def service_model(self) -> object: ...


class ClientWithEvents(Protocol):
    """A boto3 client with an event system."""

    @property
    def meta(self) -> _Meta:
        """The client's metadata, with its event system."""
        ...


class ResponseValidation:
    """The validation that `validate_responses` added to a client.

    `remove()` removes it, and so does the end of a `with` block.
    """

    def __init__(self, events: _Events) -> None:
        self._events = events
        self._active = True
        for event, handler in _build_handlers():
            events.register(event, handler, unique_id=f"cognito-claims.{event}", unique_id_uses_count=True)

    def remove(self) -> None:
        """Remove the validation. A second call has no effect."""
        if self._active:
            self._active = False
            for event, handler in _build_handlers():
                self._events.unregister(
                    event, handler, unique_id=f"cognito-claims.{event}", unique_id_uses_count=True
                )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.remove()


def _build_handlers() -> Iterator[tuple[str, Callable[..., None]]]:
    for model in _VALIDATED:
        yield f"after-call.{SERVICE_ID}.{get_operation_name(model)}", partial(_validate, model)


def _validate(
    model: type[ServiceResponse], /, *, http_response: _HTTPResponse, parsed: object, **_: object
) -> None:
    if http_response.status_code < 300:  # boto3 raises its own error for all others
        parse_response(model, parsed)


def validate_responses(client: ClientWithEvents) -> ResponseValidation:
    """Validate every group response of a client, from now on.

    Existing code needs no changes: responses are validated on arrival and passed
    through unchanged. The operations are AdminListGroupsForUser, CreateGroup,
    GetGroup, ListGroups, ListUsersInGroup and UpdateGroup, with paginators too.

    Each of these calls raises `InvalidResponseError` if the response does not fit
    its model. A validation that was added twice must be removed twice.

    Raises:
        TypeError: If the client is not a `cognito-idp` client.
    """
    require_cognito_client(client)
    return ResponseValidation(client.meta.events)
