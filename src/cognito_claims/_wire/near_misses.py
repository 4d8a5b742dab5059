"""Detection of misspelled keys, as opposed to members that AWS has added."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, cast, get_args

from pydantic import BaseModel

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo


def is_near_miss(key: str, name: str) -> bool:
    """Return whether a key misspells a name.

    It does if only case and underscores differ, or if one character is replaced,
    missing or inserted between others, or two neighbors are exchanged. A name with
    something added at either end, such as `RoleArnV2`, is a name of its own.
    """
    if _fold(key) == _fold(name):
        return True
    differing = (i for i, pair in enumerate(zip(key, name, strict=False)) if len(set(pair)) > 1)
    shared = next(differing, min(len(key), len(name)))
    rest, expected = key[shared:], name[shared:]
    if len(rest) == len(expected):
        exchanged = rest[1::-1] + rest[2:]
        return rest[1:] == expected[1:] or exchanged == expected
    inserted_between = shared > 0 and expected != "" and rest[1:] == expected
    return rest == expected[1:] or inserted_between


def is_meant(key: str, name: str, *, is_present: bool) -> bool:
    """Return whether an unknown key misspells a name.

    A name that is present is meant only if nothing but case and underscores differ:
    AWS may add a member whose name is near another.
    """
    return _fold(key) == _fold(name) if is_present else is_near_miss(key, name)


def _fold(name: str) -> str:
    return name.replace("_", "").lower()


def find_intended_name(
    model: type[BaseModel], value: object, location: Sequence[int | str], *, by_name: bool = True
) -> str | None:
    """Return the name that a key misspells, or `None`. A key that is itself a name misspells none.

    Args:
        model: The model that the value was validated against.
        value: The value that contains the key.
        location: The keys and indices that lead to the key, which is the last.
        by_name: Whether the value may have our names of the fields, and not AWS's alone.
    """
    *path, key = location
    models = [model]
    for step in path:
        fields = [field for names, field in _list_fields(models, by_name=by_name) if step in names]
        models = [inner for field in fields for inner in _find_models(field.annotation)] or models
        value = _get_item(value, step)
    # Looked up by name: to collect the keys for each unknown key would take quadratic time.
    present: Container[object] = cast("Mapping[str, object]", value) if isinstance(value, Mapping) else ()
    for names, _ in _list_fields(models, by_name=by_name):
        if key in names:
            return None
        is_present = any(name in present for name in names)
        for name in names:
            if is_meant(str(key), name, is_present=is_present):
                return name
    return None


def _list_fields(
    models: Iterable[type[BaseModel]], *, by_name: bool
) -> Iterator[tuple[tuple[str, ...], FieldInfo]]:
    for model in models:
        for name, field in model.model_fields.items():
            alias = name if field.alias is None else field.alias
            yield (alias, name) if by_name else (alias,), field


def _find_models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _find_models(argument)


def _get_item(value: object, step: int | str) -> object:
    try:
        return cast("Mapping[int | str, object]", value)[step]
    except TypeError:  # an iterable without indices, such as the values of a dictionary
        return None
