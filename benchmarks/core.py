"""Pages, the resolver and its explanations, against the same work by other means."""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from importlib import import_module
from typing import Any, NamedTuple

import orjson
from botocore.parsers import create_parser
from botocore.session import get_session

from benchmarks.ratios import Ratio, measure_fastest
from cognito_claims import AdminListGroupsForUserResponse, GroupClaims, GroupType, Resolution, resolve

OTHER_MODELS = "aws_resource_validator.pydantic_models.cognito_idp.cognito_idp_classes"
Dictionaries = Sequence[Mapping[str, Any]]


class ByHand(NamedTuple):
    """What most users would compute themselves, without any check."""

    names: list[str]
    roles: list[str]
    preferred_role: str | None


def build_wire_group(number: int, **members: object) -> dict[str, object]:
    """Return a group in the wire format with all seven members, unless one is passed as `None`."""
    group = {
        "GroupName": f"group-{number:05}",
        "UserPoolId": "eu-west-1_AbCdEfGhI",
        "Description": f"People of team {number}, who may read and write what the team owns",
        "RoleArn": f"arn:aws:iam::123456789012:role/team/role-{number % 17}",
        "Precedence": number % 12,
        "LastModifiedDate": 1700500000.512 + number,
        "CreationDate": 1700000000.123 + number,
    } | members
    return {key: value for key, value in group.items() if value is not None}


def build_wire_page(groups: Sequence[Mapping[str, object]], **members: object) -> bytes:
    """Return a page of groups in the wire format."""
    return json.dumps({"Groups": groups, **members}, separators=(",", ":")).encode()


def build_membership(size: int) -> list[dict[str, object]]:
    """Return this many groups in the wire format: 80 % have a role, and 80 % a precedence."""
    chance = random.Random(size)
    groups = [
        build_wire_group(
            number,
            RoleArn=f"arn:aws:iam::123456789012:role/{chance.randrange(size)}"
            if chance.random() < 0.8
            else None,
            Precedence=chance.randrange(size * 2) if chance.random() < 0.8 else None,
        )
        for number in range(size)
    ]
    chance.shuffle(groups)
    return groups


class Botocore:
    """The parser that boto3 calls for `AdminListGroupsForUser`."""

    def __init__(self) -> None:
        model = get_session().get_service_model("cognito-idp")
        self.shape = model.shape_for("AdminListGroupsForUserResponse")
        self.parser = create_parser("json")

    def parse(self, wire: bytes) -> Any:
        """Return what boto3 returns for these bytes."""
        return self.parser.parse({"body": wire, "headers": {}, "status_code": 200}, self.shape)


def measure_pages() -> Iterator[Ratio]:
    """Validate a page of 60 groups, from boto3 and from the wire."""
    wire = build_wire_page([build_wire_group(number) for number in range(60)], NextToken="x" * 320)
    boto3 = Botocore()
    from_boto3 = boto3.parse(wire)
    from_boto3["ResponseMetadata"] |= {"RequestId": "x", "RetryAttempts": 0}
    theirs = import_module(OTHER_MODELS).AdminListGroupsForUserResponseTypeDef
    validate, read = (
        AdminListGroupsForUserResponse.model_validate,
        AdminListGroupsForUserResponse.model_validate_json,
    )
    # Both models have the same groups, and from the wire come the same as from boto3.
    page = validate(from_boto3)
    [ours, other] = [model.model_dump(by_alias=True)["Groups"] for model in (page, theirs(**from_boto3))]
    require_equal(ours, other)
    require_equal(page, read(wire))
    model, parse, other_model, from_wire, loads, fast_loads = measure_fastest(
        lambda: validate(from_boto3),
        lambda: boto3.parse(wire),
        lambda: theirs.model_validate(from_boto3),
        lambda: read(wire),
        lambda: json.loads(wire),
        lambda: orjson.loads(wire),
    )
    from_dictionary, from_bytes = (
        f"page of 60 groups, {source} to model" for source in ("boto3 dictionary", "wire bytes")
    )
    yield Ratio(from_dictionary, "botocore's parse of the same bytes", model / parse, 0.06)
    yield Ratio(from_dictionary, "aws-resource-validator's model of it", model / other_model, 0.95)
    yield Ratio(from_bytes, "json.loads", from_wire / loads, 1.6)
    yield Ratio(from_bytes, "orjson.loads", from_wire / fast_loads, 4.9)


def measure_dictionaries() -> Iterator[Ratio]:
    """Resolve dictionaries: first of what a role depends on, then all that boto3 returns."""
    for size, target in ((1, 2.5), (3, 3.0), (10, 2.8), (100, 2.6)):
        groups: Dictionaries = [
            {key: value for key, value in group.items() if key in ("GroupName", "RoleArn", "Precedence")}
            for group in parse_membership(size)
        ]
        require_equal(_summarize(resolve(groups)), resolve_dictionaries(groups))
        ours, by_hand = measure_fastest(partial(resolve, groups), partial(rank_dictionaries, groups))
        what = f"resolve() of {size} dictionaries of name, role and precedence"
        yield Ratio(what, "by hand: sort, roles, tie", ours / by_hand, target)
    targets: dict[int, float] = {3: 4.2, 10: 3.8, 100: 3.3}
    for size in (1, 3, 10, 100):
        groups = parse_membership(size)
        require_equal(_summarize(resolve(groups)), resolve_dictionaries(groups))
        ours, by_hand = measure_fastest(
            partial(resolve_claims, groups), partial(resolve_dictionaries, groups)
        )
        what = f'resolve(response["Groups"]).claims of {size}, as boto3 returns them'
        yield Ratio(what, "by hand: sort, names, roles, tie", ours / by_hand, targets.get(size))


def measure_models() -> Iterator[Ratio]:
    """Resolve models, and see how the time grows with their number."""
    for size, target in ((1, 1.4), (3, 1.5), (10, 1.1), (100, 0.8), (10_000, 0.7)):
        models = build_models(size)
        require_equal(_summarize(resolve(models)), resolve_models(models))
        ours, by_hand = measure_fastest(partial(resolve_claims, models), partial(resolve_models, models))
        what = f"resolve().claims of {size:,} models"
        yield Ratio(what, "by hand on the models: sort, names, roles, tie", ours / by_hand, target)
    some, many = measure_fastest(
        partial(resolve, build_models(100)), partial(resolve, build_models(10_000))
    )
    yield Ratio("resolve() of 10,000 models", "resolve() of 100", many / some, 220)


def measure_explaining() -> Iterator[Ratio]:
    """Explain resolutions that were not looked at before."""
    targets: dict[str, float] = {"dictionaries": 6}
    sides: dict[str, Sequence[GroupType] | Dictionaries] = {
        "dictionaries": parse_membership(10),
        "models": build_models(10),
    }
    for kind, groups in sides.items():
        resolved, explained = measure_fastest(partial(resolve, groups), partial(explain_groups, groups))
        ratio = (explained - resolved) / resolved
        yield Ratio("explain() of 10 groups", f"resolve() of their {kind}", ratio, targets.get(kind))


def parse_membership(size: int) -> list[dict[str, Any]]:
    """Return a user's groups as `response["Groups"]` of boto3 has them."""
    groups: list[dict[str, Any]] = Botocore().parse(build_wire_page(build_membership(size)))["Groups"]
    return groups


def build_models(size: int) -> list[GroupType]:
    """Return a user's groups as models."""
    return list(map(GroupType.model_validate, build_membership(size)))


def resolve_claims(groups: Sequence[GroupType] | Dictionaries) -> GroupClaims:
    """Resolve groups to claims by this library."""
    return resolve(groups).claims


def explain_groups(groups: Sequence[GroupType] | Dictionaries) -> str:
    """Resolve groups and explain the result."""
    return resolve(groups).explain()


def rank_dictionaries(groups: Dictionaries) -> tuple[Dictionaries, list[str], str | None]:
    """Sort dictionaries, list their roles, and prefer the role that the first of them agree on."""
    ranked = sorted(groups, key=lambda group: (group.get("Precedence", float("inf")), group["GroupName"]))
    with_role = [group for group in ranked if group.get("RoleArn")]
    preferred = None
    if with_role:
        best = {
            group["RoleArn"]
            for group in with_role
            if group.get("Precedence") == with_role[0].get("Precedence")
        }
        preferred = best.pop() if len(best) == 1 else None
    return ranked, sorted({group["RoleArn"] for group in with_role}), preferred


def resolve_dictionaries(groups: Dictionaries) -> ByHand:
    """Resolve dictionaries to claims by hand."""
    ranked, roles, preferred = rank_dictionaries(groups)
    return ByHand([group["GroupName"] for group in ranked], roles, preferred)


def resolve_models(groups: Sequence[GroupType]) -> ByHand:
    """Resolve models to claims by hand."""
    ranked = sorted(
        groups,
        key=lambda group: (
            group.precedence if group.precedence is not None else float("inf"),
            group.group_name,
        ),
    )
    with_role = [group for group in ranked if group.role_arn is not None]
    preferred = None
    if with_role:
        best = {group.role_arn for group in with_role if group.precedence == with_role[0].precedence}
        preferred = best.pop() if len(best) == 1 else None
    roles = sorted({group.role_arn for group in with_role if group.role_arn is not None})
    return ByHand([group.group_name for group in ranked], roles, preferred)


def _summarize(resolution: Resolution) -> ByHand:
    claims = resolution.claims
    return ByHand(list(claims.groups), sorted(claims.roles), claims.preferred_role)


def require_equal(ours: object, theirs: object) -> None:
    """Refuse to compare the times of different results."""
    if ours != theirs:
        raise AssertionError(f"the two sides differ:\n{ours}\n{theirs}")
