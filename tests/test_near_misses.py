"""A misspelled key is refused where people write it, and a new member of AWS's is not."""

from collections.abc import Iterator
from itertools import permutations
from typing import Any

import pytest
from botocore.session import get_session
from hypothesis import given, strategies as st
from pydantic import BaseModel

from cognito_claims import InvalidRequestError, InvalidResponseError, resolve
from cognito_claims._wire.base import WireModel
from cognito_claims._wire.near_misses import find_intended_name, is_near_miss
from cognito_claims._wire.parsing import parse_request
from cognito_claims.access.models import Role
from cognito_claims.identity_pool import choose_role
from cognito_claims.models import GroupType, ListGroupsResponse, PaginatorConfig
from cognito_claims.user_pool import UserPoolType

NAMES = sorted({str(field.alias) for field in GroupType.model_fields.values()})


def list_names(model: type[BaseModel]) -> set[str]:
    """Return AWS's names of the fields of a model and of the package's models that derive from it."""
    if not model.__module__.startswith("cognito_claims."):
        return set()
    names = {field.alias or name for name, field in model.model_fields.items()}
    return names.union(*map(list_names, model.__subclasses__()))


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("RoleARN", "RoleArn"),
        ("rolearn", "RoleArn"),
        ("Role_Arn", "RoleArn"),
        ("RoleAn", "RoleArn"),
        ("RoleArm", "RoleArn"),
        ("role_arm", "role_arn"),
        ("Precedense", "Precedence"),
        ("Precedenc", "Precedence"),
        ("Precednece", "Precedence"),
        ("Preccedence", "Precedence"),
        ("groupName", "GroupName"),
        ("GROUP_NAME", "GroupName"),
        ("UserPoolID", "UserPoolId"),
        ("description ", None),
        ("GroupNames", None),
        ("MyGroupName", None),
        ("RoleArnV2", None),
        ("Color", None),
        ("Precedences", None),
    ],
)
def test_a_misspelled_key_is_refused_with_the_name_that_was_meant(key: str, meant: str | None) -> None:
    group = {"GroupName": "a"} if meant != "GroupName" else {}
    if meant is None:
        assert resolve([{**group, key: 1}]).ranking == (GroupType(group_name="a"),)
        return
    with pytest.raises(InvalidResponseError) as caught:
        resolve([GroupType(group_name="b"), {**group, key: "x"}])
    assert (f"Groups[1].{key}", f"is not a known key: use {meant}") in caught.value.problems


def test_a_name_that_is_present_is_not_meant() -> None:
    """AWS may add a member whose name is near one that the group has."""
    assert resolve([{"GroupName": "a", "Precedence": 0, "Precedense": 1}]).ranking[0].precedence == 0
    assert resolve([{"group_name": "a", "GroupNam": "b"}]).ranking[0].group_name == "a"


@pytest.mark.parametrize("key", ["RoleARN", "rolearn", "Role_Arn"])
@pytest.mark.parametrize("present", ["RoleArn", "role_arn"])
def test_a_present_name_is_meant_if_only_case_and_underscores_differ(key: str, present: str) -> None:
    """As in a dictionary of defaults with one key added. AWS has no two members that differ so little."""
    with pytest.raises(InvalidResponseError) as caught:
        resolve([{"GroupName": "a", present: None, key: "x"}])
    assert [str(problem) for problem in caught.value.problems] == [
        f"Groups[0].{key}: is not a known key: use RoleArn"
    ]
    assert find_intended_name(GroupType, {"RoleArn": None, "role_arn": None}, [present]) is None


def test_an_unknown_key_of_a_request_names_the_one_that_was_meant() -> None:
    with pytest.raises(InvalidRequestError) as caught:
        parse_request(PaginatorConfig, {"PageSizes": 1, "MaxItem": 1})
    assert [str(problem) for problem in caught.value.problems] == [
        "PageSizes: is not a known key",
        "MaxItem: is not a known key: use MaxItems",
    ]


def test_many_unknown_keys_are_checked_in_linear_time() -> None:
    class Counted(dict[str, object]):
        steps = 0

        def __iter__(self) -> Iterator[str]:
            for key in super().__iter__():
                Counted.steps += 1
                yield key

    keys = Counted({f"key{number}": 1 for number in range(1000)})
    assert [find_intended_name(GroupType, keys, (key,)) for key in [*keys]] == [None] * 1000
    assert Counted.steps <= 5000


@pytest.mark.parametrize("rules", [[{"clam": "a"}], {"a": {"clam": "a"}}.values()])
def test_a_key_below_our_own_names_is_refused_too(rules: object) -> None:
    mapping = {"type": "Token", "rules_configuration": {"rules": rules}}
    with pytest.raises(InvalidResponseError) as caught:
        choose_role({"iss": "a", "aud": "b"}, {"RoleMappings": {"a:b": mapping}})
    path = "RoleMappings['a:b'].rules_configuration.rules[0].clam"
    assert (path, "is not a known key: use claim") in caught.value.problems


def test_a_page_may_have_any_key() -> None:
    page = ListGroupsResponse.model_validate({"Groups": [{"GroupName": "a", "Precedense": 0}]})
    assert page.groups[0].precedence is None


@pytest.mark.parametrize("service", ["cognito-idp", "cognito-identity"])
def test_no_member_of_awss_is_a_near_miss_of_a_known_one(service: str) -> None:
    """AWS itself has members that are near misses of each other, but the models have neither."""
    known = list_names(WireModel)
    model: Any = get_session().get_service_model(service)
    shapes = [model.shape_for(name) for name in model.shape_names]
    near = [
        (shape.name, *pair)
        for shape in shapes
        if shape.type_name == "structure"
        for pair in permutations(shape.members, 2)
        if is_near_miss(*pair) and not known.isdisjoint(pair)
    ]
    assert len(shapes) > 50
    assert known > list_names(GroupType) | list_names(Role) | list_names(UserPoolType)
    assert near == []


@given(name=st.sampled_from(NAMES), data=st.data())
def test_one_edit_is_near_and_an_addition_at_either_end_is_not(name: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(1, len(name) - 1))
    letter = data.draw(st.sampled_from("abcXYZ"))
    before, after = name[:place], name[place:]
    assert is_near_miss(before + letter + after, name)
    assert is_near_miss(before[:-1] + letter + after, name)
    assert is_near_miss(before[:-1] + after, name)
    assert is_near_miss(before[:-1] + after[0] + before[-1] + after[1:], name)
    assert not is_near_miss(name + letter + letter, name)
    assert not is_near_miss(letter * 2 + name, name)
