from datetime import timedelta
from typing import assert_type

import pytest

from cognito_claims import GroupClaims, GroupType, Policy, resolve
from cognito_claims.client import PAGING_RULES, ClientWithEvents
from cognito_claims.conformance import SERVICE_RULES, load
from cognito_claims.conformance.cases import AnyVectors, IdentityPoolVectors, TokensVectors
from cognito_claims.conformance.endpoint import Endpoint
from cognito_claims.conformance.runner import run, select
from cognito_claims.conformance.scorecard import Result, Scorecard, Verdict
from cognito_claims.conformance.shapes import RoleAnswer, TokensAnswer
from cognito_claims.rules import CLAIM_RULES, Rule
from cognito_claims.testing import ServedKeys, TokenFactory, UnknownMotoError, moto_role_claims


@pytest.fixture
def as_a_fixture(cognito_tokens: TokenFactory, cognito_served_keys: ServedKeys) -> str:
    assert_type(cognito_served_keys.jwks_url, str)
    assert_type(cognito_served_keys.tokens, TokenFactory)
    return cognito_tokens.id_token()


def signing(group: GroupType) -> None:
    tokens = TokenFactory(user_pool_id="eu-west-1_EXAMPLE", client_id="1example23456789")
    assert_type(TokenFactory(issuer="updated").issuer, str)
    assert_type(tokens.id_token(["admins"]), str)
    tokens.id_token([group], expires_in=timedelta(seconds=-1), claims={"aud": None})
    tokens.id_token([{"GroupName": "admins", "Precedence": 0}])
    tokens.id_token(resolve([group]))
    tokens.access_token(GroupClaims(), scopes=["openid"])
    assert_type(tokens.machine_token(scopes=["orders/read"]), str)
    with tokens.serve() as served:
        assert_type(served, ServedKeys)
    tokens.id_token(7)  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-argument-type]
    tokens.id_token(["admins"], "alice")  # type: ignore[call-arg]  # ty: ignore[too-many-positional-arguments]  # pyrefly: ignore[bad-argument-count]
    tokens.machine_token()  # type: ignore[call-arg]  # ty: ignore[missing-argument]  # pyrefly: ignore[missing-argument]
    TokenFactory("eu-west-1_EXAMPLE")  # type: ignore[call-arg]  # ty: ignore[too-many-positional-arguments]  # pyrefly: ignore[bad-argument-count]


@moto_role_claims(policy=Policy(null_precedence="abstains"))
def with_roles() -> int:
    try:
        with moto_role_claims():
            return 1
    except UnknownMotoError as error:
        assert_type(error.version, str)
        return 0


def vectors() -> None:
    for one in load():
        assert_type(one, AnyVectors)
        if isinstance(one, TokensVectors):
            assert_type(one.cases[0].input.groups, tuple[GroupType, ...])
            assert_type(one.cases[0].find_match(TokensAnswer(id_token={})), TokensAnswer | None)
        if isinstance(one, IdentityPoolVectors):
            assert_type(one.cases[0].expected, tuple[RoleAnswer, ...])
    assert_type(CLAIM_RULES, tuple[Rule, ...])
    assert_type(PAGING_RULES, tuple[Rule, ...])
    assert_type(SERVICE_RULES, tuple[Rule, ...])


def running(client: ClientWithEvents) -> dict[Verdict, int]:
    def check(result: Result) -> None:
        assert_type(result.verdict, Verdict)

    card = run(Endpoint(client), select(["lowest-wins"]), on_result=check)
    assert_type(card, Scorecard)
    assert_type(card.blamed, tuple[str, ...])
    run(client, ["lowest-wins"])  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-argument-type]
    return card.counts
