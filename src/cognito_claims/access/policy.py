"""Trust policies of IAM roles as values. What they mean is in `trust.py`.

Source: AWS Identity and Access Management User Guide, "Grammar of the IAM JSON policy language".
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, cast, final
from urllib.parse import unquote

from cognito_claims._wire.json import as_list, as_object
from cognito_claims._wire.near_misses import is_meant
from cognito_claims.errors import InvalidResponseError, Problem

_DOCUMENT = "AssumeRolePolicyDocument"
_VERSIONS = ("2012-10-17", "2008-10-17")
PRINCIPAL_TYPES = ("AWS", "CanonicalUser", "Federated", "Service")
_EVALUATED = ("Sid", "Effect", "Principal", "Action", "Condition")
_MEMBERS = (*_EVALUATED, "NotPrincipal", "NotAction", "Resource", "NotResource")


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on a key of the request."""

    operator: str
    """The operator, such as `StringEquals`."""

    key: str
    """The key, such as `cognito-identity.amazonaws.com:aud`. Its case does not matter."""

    values: tuple[str | int | float, ...]
    """The values, of which one must match."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of a trust policy."""

    effect: Literal["Allow", "Deny"]
    """Whether it allows or denies."""

    principals: tuple[tuple[str, tuple[str, ...]], ...]
    """The principals by type, such as `("Federated", ("cognito-identity.amazonaws.com",))`. Everyone, which
    is `"*"`, has the type `*`."""

    actions: tuple[str, ...]
    """The names of the actions, with wildcards. Empty if it has `NotAction`."""

    conditions: tuple[Condition, ...] = ()
    """The conditions, all of which must hold."""

    other_members: tuple[str, ...] = ()
    """The names of its other members, such as `NotAction`."""


@final
@dataclass(frozen=True, slots=True)
class TrustPolicy:
    """A trust policy: who may assume a role."""

    statements: tuple[Statement, ...]
    """The statements, in order."""


TrustPolicyLike: TypeAlias = TrustPolicy | Mapping[str, object] | str
"""A trust policy: as boto3 decodes it, as JSON, or as JSON in URL encoding, which IAM's API returns."""


def parse_trust_policy(policy: TrustPolicyLike) -> TrustPolicy:
    """Parse a trust policy.

    Raises:
        InvalidResponseError: If it is not a policy. Every problem has its location, such as
            `AssumeRolePolicyDocument.Statement[0].Effect`.
    """
    if isinstance(policy, TrustPolicy):
        return policy
    parser = _Parser()
    parsed = parser.parse_document(_decode(policy) if isinstance(policy, str) else policy)
    parser.raise_problems()
    return parsed


def _decode(text: str) -> object:
    text = text.strip()
    if text.startswith("%"):
        text = unquote(text)
    try:
        return cast("object", json.loads(text, object_pairs_hook=_refuse_duplicates))
    except RecursionError:
        reason = "is nested too deeply"
    except _DuplicateKeyError:
        reason = "has a key twice in one object"
    except ValueError:  # the message of a JSONDecodeError holds no text, but the exception does
        reason = "must be JSON, which may be URL-encoded"
    raise InvalidResponseError("GetRole", [Problem(_DOCUMENT, reason)])


class _DuplicateKeyError(ValueError):
    pass


def _refuse_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise _DuplicateKeyError
    return members


class _Parser:
    """Parses a document and collects every problem. A faulty part becomes an empty one."""

    def __init__(self) -> None:
        self._problems: list[Problem] = []

    def raise_problems(self) -> None:
        if self._problems:
            raise InvalidResponseError("GetRole", self._problems)

    def parse_document(self, value: object) -> TrustPolicy:
        members = self._parse_object(value, _DOCUMENT, ("Version", "Id", "Statement"))
        if members.get("Version", _VERSIONS[0]) not in _VERSIONS:
            self._add(f"{_DOCUMENT}.Version", f"must be {' or '.join(_VERSIONS)}")
        if "Statement" not in members:
            if not self._problems:
                self._add(f"{_DOCUMENT}.Statement", "is missing")
            return TrustPolicy(())
        path = f"{_DOCUMENT}.Statement"
        statements = members["Statement"]
        if (several := as_list(statements)) is None:
            return TrustPolicy((self._parse_statement(statements, path),))
        indexed = enumerate(several)
        return TrustPolicy(tuple(self._parse_statement(one, f"{path}[{i}]") for i, one in indexed))

    def _parse_statement(self, value: object, path: str) -> Statement:
        found = len(self._problems)
        members = self._parse_object(value, path, _MEMBERS)
        if len(self._problems) > found:
            return Statement("Deny", (), ())
        effect = members.get("Effect")
        if effect not in ("Allow", "Deny"):
            self._add(f"{path}.Effect", "is missing" if effect is None else "must be Allow or Deny")
        for name in ("Principal", "Action"):
            if (name in members) == (f"Not{name}" in members):
                self._add(f"{path}.{name}", f"must have {name} or Not{name}, and not both")
        return Statement(
            effect="Allow" if effect == "Allow" else "Deny",
            principals=self._parse_principals(members.get("Principal"), f"{path}.Principal"),
            actions=self._parse_strings(members.get("Action", ()), f"{path}.Action"),
            conditions=tuple(self._parse_conditions(members.get("Condition", {}), f"{path}.Condition")),
            other_members=tuple(name for name in members if name not in _EVALUATED),
        )

    def _parse_principals(self, value: object, path: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
        if value is None:  # it has NotPrincipal
            return ()
        if value == "*":
            return (("*", ("*",)),)
        members = self._parse_object(value, path, PRINCIPAL_TYPES)
        parsed: list[tuple[str, tuple[str, ...]]] = []
        for kind, names in members.items():
            place = f"{path}.{kind}" if kind in PRINCIPAL_TYPES else f"{path}[...]"
            parsed.append((kind, self._parse_strings(names, place)))
        return tuple(parsed)

    def _parse_conditions(self, value: object, path: str) -> Iterable[Condition]:
        for operator, keys in self._parse_object(value, path).items():
            for key, values in self._parse_object(keys, f"{path}[...]").items():
                listed = as_list(values)
                items = [values] if listed is None else listed
                valid = tuple(one for one in items if isinstance(one, str | int | float))
                if len(valid) < len(items):
                    self._add(f"{path}[...][...]", "must be a value or a list of values")
                yield Condition(operator, key, valid)

    def _parse_strings(self, value: object, path: str) -> tuple[str, ...]:
        listed = as_list(value)
        items = [value] if listed is None else listed
        strings = tuple(one for one in items if isinstance(one, str))
        if len(strings) < len(items):
            self._add(path, "must be a string or a list of strings")
        return strings

    def _parse_object(self, value: object, path: str, names: Iterable[str] = ()) -> dict[str, object]:
        """Return the members of an object, whose misspelled keys are problems."""
        members = as_object(value)
        if members is None or not all(isinstance(key, str) for key in cast("Iterable[object]", members)):
            self._add(path, "must be an object")
            return {}
        for key in members:
            intended = [name for name in names if is_meant(key, name, is_present=name in members)]
            if key not in names and intended:
                self._add(f"{path}.{key}", f"is not a known key: use {intended[0]}")
        return members

    def _add(self, path: str, reason: str) -> None:
        self._problems.append(Problem(path, reason))
