from collections.abc import Sequence
from typing import Literal, assert_never, assert_type

from mypy_boto3_cognito_idp.type_defs import GroupTypeTypeDef

from cognito_claims import (
    Alternative,
    Ambiguous,
    GroupClaims,
    GroupStatus,
    GroupType,
    NoRole,
    Outcome,
    Policy,
    Preferred,
    RankedGroup,
    Resolution,
    resolve,
)
from cognito_claims.claims import AccessTokenGroupClaims, IdTokenGroupClaims
from cognito_claims.rules import OPEN_QUESTIONS, RULES, Basis, OpenQuestion, Rule


def resolving(groups: list[GroupTypeTypeDef], some: Sequence[GroupType], policy: Policy) -> None:
    assert_type(resolve(groups), Resolution)
    assert_type(resolve(some), Resolution)
    assert_type(resolve([*groups, *some]), Resolution)
    assert_type(resolve([{"GroupName": "a"}]), Resolution)
    assert_type(resolve({GroupType(group_name="b")}), Resolution)
    assert_type(resolve((group for group in some), policy=policy), Resolution)
    assert_type(resolve([], policy=Policy(null_precedence="abstains", roleless="blocks")), Resolution)
    assert_type(policy.null_precedence, Literal["ranks-last", "abstains"])
    assert_type(policy.roleless, Literal["ignored", "blocks"])
    assert_type(policy.is_documented, bool)
    assert_type((Policy.DOCUMENTED, Policy.OBSERVED), tuple[Policy, Policy])

    resolve(["admins"])  # type: ignore[list-item]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-argument-type]
    resolve(some[0])  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-argument-type]
    resolve([], policy)  # type: ignore[call-arg]  # ty: ignore[too-many-positional-arguments]  # pyrefly: ignore[bad-argument-count]
    resolve([], policy="abstains")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-argument-type]
    Policy("abstains")  # type: ignore[call-arg]  # ty: ignore[too-many-positional-arguments]  # pyrefly: ignore[bad-argument-count]
    Policy(null_precedence="wins")  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-argument-type]
    policy.roleless = "blocks"  # type: ignore[misc]  # ty: ignore[invalid-assignment]  # pyrefly: ignore[read-only]


def reading(resolution: Resolution) -> None:
    assert_type(resolution.outcome, Preferred | Ambiguous | NoRole)
    assert_type(resolution.preferred_role, str | None)
    assert_type(resolution.ranking, tuple[GroupType, ...])
    assert_type(resolution.roles, tuple[str, ...])
    assert_type(resolution.policy, Policy)
    assert_type(resolution.decided_by, tuple[GroupType, ...])
    assert_type(resolution.rules, tuple[Rule, ...])
    assert_type(resolution.open_questions, tuple[OpenQuestion, ...])
    assert_type(resolution.alternatives, tuple[Alternative, ...])
    assert_type(resolution.ranked_groups, tuple[RankedGroup, ...])
    assert_type(resolution.explain(), str)

    resolution.preferred_role = None  # type: ignore[misc]  # ty: ignore[invalid-assignment]  # pyrefly: ignore[read-only]
    resolution.preferred_role.upper()  # type: ignore[attr-defined]  # ty: ignore[missing-attribute]  # pyrefly: ignore[missing-attribute]
    resolution.groups  # type: ignore[attr-defined]  # ty: ignore[missing-attribute]  # pyrefly: ignore[missing-attribute]


def matching(resolution: Resolution) -> str:
    match outcome := resolution.outcome:
        case Preferred(role_arn, decided_by, rules):
            assert_type(role_arn, str)
            assert_type(decided_by, tuple[GroupType, ...])
            assert_type(rules, tuple[Rule, ...])
            return role_arn
        case Ambiguous(decided_by):
            assert_type(decided_by, tuple[GroupType, ...])
            return "ambiguous"
        case NoRole():
            return "none"
        case _:
            assert_never(outcome)


def matching_with_a_missing_case(outcome: Outcome) -> str:
    match outcome:
        case Preferred(role_arn):
            return role_arn
        case NoRole():
            return "none"
        case _:
            assert_never(outcome)  # type: ignore[arg-type]  # ty: ignore[type-assertion-failure]  # pyrefly: ignore[bad-argument-type]


def narrowing(outcome: Outcome) -> None:
    assert_type(outcome.decided_by, tuple[GroupType, ...])
    assert_type(outcome.rules, tuple[Rule, ...])
    if isinstance(outcome, Preferred):
        assert_type(outcome.role_arn, str)
    else:
        assert_type(outcome, Ambiguous | NoRole)
        outcome.role_arn  # type: ignore[union-attr]  # ty: ignore[missing-attribute]  # pyrefly: ignore[missing-attribute]


def claiming(resolution: Resolution) -> None:
    claims = resolution.claims
    assert_type(claims, GroupClaims)
    assert_type(claims.groups, tuple[str, ...])
    assert_type(claims.roles, tuple[str, ...])
    assert_type(claims.preferred_role, str | None)
    assert_type(resolution.claims.id_token(), IdTokenGroupClaims)
    assert_type(claims.id_token().get("cognito:preferred_role"), str | None)
    assert_type(claims.access_token(), AccessTokenGroupClaims)
    if "cognito:groups" in (token := claims.access_token()):
        assert_type(token["cognito:groups"], list[str])

    token["cognito:roles"]  # type: ignore[typeddict-item]  # ty: ignore[invalid-typed-dict-key]  # pyrefly: ignore[bad-typed-dict-key]
    GroupClaims(groups="admins", roles=(), preferred_role=None)  # type: ignore[arg-type]  # ty: ignore[invalid-argument-type]  # pyrefly: ignore[bad-argument-type]


def explaining(ranked: RankedGroup, alternative: Alternative, rule: Rule, question: OpenQuestion) -> None:
    assert_type(ranked.rank, int)
    assert_type(ranked.group, GroupType)
    assert_type(ranked.status, GroupStatus)
    assert_type(alternative.question, OpenQuestion)
    assert_type(alternative.policy, Policy)
    assert_type(alternative.role_arn, str | None)
    assert_type(rule.id, str)
    assert_type(rule.sentence, str)
    assert_type(rule.basis, Basis)
    assert_type(question.id, str)
    assert_type(RULES, tuple[Rule, ...])
    assert_type(OPEN_QUESTIONS, tuple[OpenQuestion, ...])


def matching_status(status: GroupStatus) -> int:
    match status:
        case GroupStatus.DECIDES | GroupStatus.TIES | GroupStatus.BLOCKS:
            return 1
        case GroupStatus.OUTRANKED | GroupStatus.ABSTAINS:
            return 2
        case GroupStatus.NO_ROLE:
            return 3
        case _:
            assert_never(status)
