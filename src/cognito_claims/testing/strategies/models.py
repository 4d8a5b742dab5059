"""Any model of this package, and any subclass of one: each field by its name, or else by its type."""

from collections.abc import Callable
from inspect import get_annotations
from typing import TypeVar, cast

from hypothesis import strategies as st
from pydantic.fields import FieldInfo

from cognito_claims._wire.base import WireModel
from cognito_claims._wire.scalars import MAX_PAGE_SIZE
from cognito_claims.testing.strategies.groups import memberships
from cognito_claims.testing.strategies.scalars import (
    dates,
    group_names,
    optional,
    page_tokens,
    precedences,
    role_arns,
    user_pool_ids,
    usernames,
)

_M = TypeVar("_M", bound=WireModel)
_PACKAGE = __name__.partition(".")[0]


def models(model: type[_M], **fields: st.SearchStrategy[object]) -> st.SearchStrategy[_M]:
    """Values of a model. A field without a strategy is drawn by its name or its type."""
    for name, field in model.model_fields.items():
        if name not in fields:
            fields[name] = _fields(name, field, _find_owner(model, name))
    return st.fixed_dictionaries(fields).map(lambda values: model(**values))


def _fields(name: str, field: FieldInfo, owner: type) -> st.SearchStrategy[object]:
    # A field that a user's subclass adds may share a name with ours, and mean something else.
    if owner.__module__.partition(".")[0] != _PACKAGE or name not in _BY_FIELD:
        return st.from_type(cast("type[object]", field.annotation))
    return _BY_FIELD[name]() if field.is_required() else optional(_BY_FIELD[name]())


def _find_owner(model: type[WireModel], name: str) -> type:
    return next(base for base in model.__mro__ if name in get_annotations(base))


def _attribute_names() -> st.SearchStrategy[str]:
    return st.sampled_from(["email", "sub", "custom:department", "custom:cost center", "custom:a\nb"])


_STATUSES = [
    "CONFIRMED",
    "UNCONFIRMED",
    "FORCE_CHANGE_PASSWORD",
    "RESET_REQUIRED",
    "EXTERNAL_PROVIDER",
    "ARCHIVED",
    "COMPROMISED",
    "UNKNOWN",
    "A_NEW_ONE",  # AWS may add values
]

_BY_FIELD: dict[str, Callable[[], st.SearchStrategy[object]]] = {
    "attribute_name": _attribute_names,
    "creation_date": dates,
    "delivery_medium": lambda: st.sampled_from(["EMAIL", "SMS", "A_NEW_ONE"]),
    "description": lambda: st.text(min_size=1, max_size=40),
    "group_name": group_names,
    "groups": lambda: memberships().map(tuple),
    "http_headers": lambda: st.dictionaries(
        st.sampled_from(["content-type", "date"]), st.text(max_size=40)
    ),
    "http_status_code": lambda: st.just(200) | st.integers(100, 599),
    "last_modified_date": dates,
    "limit": lambda: st.integers(0, MAX_PAGE_SIZE),
    "max_items": lambda: st.integers(0, 200) | st.integers(0),
    "name": _attribute_names,
    "next_token": page_tokens,
    "page_size": lambda: st.integers(0, MAX_PAGE_SIZE),
    "precedence": precedences,
    "retry_attempts": lambda: st.integers(0, 5),
    "role_arn": role_arns,
    "starting_token": page_tokens,
    "user_create_date": dates,
    "user_last_modified_date": dates,
    "user_pool_id": user_pool_ids,
    "user_status": lambda: st.sampled_from(_STATUSES),
    "username": usernames,
    "value": lambda: st.text(max_size=40),
}
