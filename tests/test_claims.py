from cognito_claims import GroupClaims
from tests.strategies import role


def test_the_tokens_have_their_claims() -> None:
    claims = GroupClaims(groups=("a",), roles=(role("x"),), preferred_role=role("x"))
    assert claims.id_token() == {
        "cognito:groups": ["a"],
        "cognito:roles": [role("x")],
        "cognito:preferred_role": role("x"),
    }
    assert claims.access_token() == {"cognito:groups": ["a"]}


def test_what_is_empty_is_absent() -> None:
    assert GroupClaims().id_token() == {}
    assert GroupClaims().access_token() == {}


def test_a_token_changed_changes_no_claims() -> None:
    claims = GroupClaims(groups=("a",))
    claims.id_token()["cognito:groups"].append("b")
    assert claims.id_token() == {"cognito:groups": ["a"]}
