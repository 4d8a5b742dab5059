"""Checking the responses that existing code receives, where they arrive.

botocore tells of every response by an event of the client; the check hooks in there.
"""

from collections.abc import Callable, Iterator
from functools import partial
from types import TracebackType
from typing import Protocol, Self

from cognito_claims._wire import operation_name, parse_response
from cognito_claims.models import (
    AdminListGroupsForUserResponse,
    CreateGroupResponse,
    GetGroupResponse,
    ListGroupsResponse,
    ListUsersInGroupResponse,
    ServiceResponse,
    UpdateGroupResponse,
)

__all__ = ["ClientWithEvents", "ResponseValidation", "validate_responses"]


class _HTTPResponse(Protocol):
    @property
    def status_code(self) -> int: ...


_CHECKED: tuple[type[ServiceResponse], ...] = (
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
    """What is needed of a boto3 client to check what it receives."""

    @property
    def meta(self) -> _Meta:
        """The client's metadata, with its event system."""
        ...


class ResponseValidation:
    """The check that `validate_responses` put on a client.

    `remove()` takes it off, and so does the end of a `with` block.
    """

    def __init__(self, events: _Events) -> None:
        self._events = events
        self._active = True
        for event, check in _checks():
            events.register(event, check, unique_id=f"cognito-claims.{event}", unique_id_uses_count=True)

    def remove(self) -> None:
        """Take the check off again. To do so twice does no harm."""
        if self._active:
            self._active = False
            for event, check in _checks():
                self._events.unregister(
                    event, check, unique_id=f"cognito-claims.{event}", unique_id_uses_count=True
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


def _checks() -> Iterator[tuple[str, Callable[..., None]]]:
    for model in _CHECKED:
        yield f"after-call.cognito-identity-provider.{operation_name(model)}", partial(_check, model)


def _check(
    model: type[ServiceResponse], /, *, http_response: _HTTPResponse, parsed: object, **_: object
) -> None:
    if http_response.status_code < 300:  # boto3 raises its own error for the others
        parse_response(model, parsed)


def validate_responses(client: ClientWithEvents) -> ResponseValidation:
    """Check every group response of a client from now on, where it arrives.

    For code that already exists: it stays as it is, and gets from this client
    the dictionaries that it always got, unchanged. The calls checked are
    AdminListGroupsForUser, CreateGroup, GetGroup, ListGroups, ListUsersInGroup
    and UpdateGroup, through paginators too.

    From then on such a call raises `InvalidResponseError` if the response does
    not fit its model. A check put on twice has to be taken off twice.

    Raises:
        TypeError: it is a client of another service.
    """
    service: object = getattr(client.meta.service_model, "service_name", None)
    if service != "cognito-idp":
        raise TypeError(f"expected a cognito-idp client, got one of {service}")
    return ResponseValidation(client.meta.events)
