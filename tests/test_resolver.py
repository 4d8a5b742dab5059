import dataclasses
import pickle
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import pytest

from cognito_claims import (
    AdminListGroupsForUserResponse,
    Ambiguous,
    ConflictingGroupsError,
    GroupStatus,
    GroupType,
    InvalidResponseError,
    MixedUserPoolsError,
    NoRole,
    Policy,
    Preferred,
    resolve,
)
from cognito_claims.rules import OPEN_QUESTIONS, RULES
from tests.decisions import count_decisions
from tests.samples import MAX_PRECEDENCE, POOL, role

ADMIN, STAFF, READER = role("admin"), role("staff"), role("reader")


def group(
    name: str, precedence: int | None = None, role_arn: str | None = None, **fields: object
) -> GroupType:
    members = {"group_name": name, "user_pool_id": POOL, "precedence": precedence, "role_arn": role_arn}
    return GroupType.model_validate(members | fields)


FEDERATED = group(f"{POOL}_Google")
ABSTAINS = Policy(null_precedence="abstains")
BLOCKS = Policy(roleless="blocks")
BOTH = Policy(null_precedence="abstains", roleless="blocks")
DOCUMENTED = Policy.DOCUMENTED


@pytest.mark.parametrize(
    ("groups", "policy", "preferred_role", "decided_by", "rules"),
    [
        pytest.param([], DOCUMENTED, None, [], ["no-role"], id="no-role: no groups"),
        pytest.param(
            [group("a", 0)], DOCUMENTED, None, [], ["no-role"], id="no-role: a group without a role"
        ),
        pytest.param(
            [group("a", 0)],
            BLOCKS,
            None,
            [],
            ["no-role"],
            id="no-role: a group without a role blocks nothing",
        ),
        pytest.param(
            [group("a", 1, ADMIN), group("b", 2, STAFF)],
            DOCUMENTED,
            ADMIN,
            ["a"],
            ["lowest-wins"],
            id="lowest-wins",
        ),
        pytest.param(
            [group("a", 1, ADMIN), group("b", 0, STAFF)],
            DOCUMENTED,
            STAFF,
            ["b"],
            ["lowest-wins"],
            id="lowest-wins: 0 ranks first",
        ),
        pytest.param(
            [group("a", MAX_PRECEDENCE, ADMIN), group("b", None, STAFF)],
            DOCUMENTED,
            ADMIN,
            ["a"],
            ["null-ranks-last"],
            id="null-ranks-last: after the highest number",
        ),
        pytest.param(
            [group("a", 0, ADMIN), group("b", None, STAFF)],
            DOCUMENTED,
            ADMIN,
            ["a"],
            ["null-ranks-last"],
            id="null-ranks-last: null is not 0",
        ),
        pytest.param(
            [group("a", 1, ADMIN), group("b", 1, ADMIN), group("c", 2, STAFF)],
            DOCUMENTED,
            ADMIN,
            ["a", "b"],
            ["lowest-wins", "tie-same-role"],
            id="tie-same-role",
        ),
        pytest.param(
            [group("a", 1, ADMIN), group("b", 1, STAFF), group("c", 2, READER)],
            DOCUMENTED,
            None,
            ["a", "b"],
            ["lowest-wins", "tie-differing-roles"],
            id="tie-differing-roles: the next precedence is not consulted",
        ),
        pytest.param(
            [group("a", 1, ADMIN), group("b", 1, STAFF), group("c", 1, ADMIN)],
            DOCUMENTED,
            None,
            ["a", "b", "c"],
            ["tie-differing-roles"],
            id="tie-differing-roles: no majority",
        ),
        pytest.param([group("a", None, ADMIN)], DOCUMENTED, ADMIN, ["a"], ["only-role"], id="only-role"),
        pytest.param(
            [group("a", 3, ADMIN), group("b", None, ADMIN), group("c", 3)],
            DOCUMENTED,
            ADMIN,
            ["a"],
            ["null-ranks-last", "only-role"],
            id="only-role: in several groups",
        ),
        pytest.param(
            [group("a", None, ADMIN), group("b", None, STAFF)],
            DOCUMENTED,
            None,
            ["a", "b"],
            ["tie-differing-roles", "null-ties"],
            id="null-ties: differing roles",
        ),
        pytest.param(
            [group("a", None, ADMIN), group("b", None, ADMIN)],
            DOCUMENTED,
            ADMIN,
            ["a", "b"],
            ["tie-same-role", "only-role", "null-ties"],
            id="null-ties: same role",
        ),
        pytest.param(
            [group("a", 0), group("b", 1, ADMIN), group("c", 2, STAFF)],
            DOCUMENTED,
            ADMIN,
            ["b"],
            ["lowest-wins", "roleless-ignored"],
            id="roleless-ignored: at the lowest precedence",
        ),
        pytest.param(
            [group("a", 1), group("b", 1, ADMIN), group("c", 2, STAFF)],
            DOCUMENTED,
            ADMIN,
            ["b"],
            ["lowest-wins", "roleless-ignored"],
            id="roleless-ignored: tied at the lowest precedence",
        ),
        pytest.param(
            [group("b", 1, ADMIN), group("c", 2, STAFF), group("d", 3), group("e")],
            DOCUMENTED,
            ADMIN,
            ["b"],
            ["lowest-wins"],
            id="roleless-ignored: does not apply at a higher precedence",
        ),
        pytest.param(
            [FEDERATED, group("a", None, ADMIN), group("b", None, STAFF)],
            BLOCKS,
            None,
            ["a", "b"],
            ["tie-differing-roles", "null-ties", "federated-auto-group"],
            id="federated-auto-group: does not block under roleless=blocks",
        ),
        pytest.param(
            [group(f"{POOL}Google"), group(f"{POOL}_"), group("a", None, ADMIN), group("b", None, STAFF)],
            DOCUMENTED,
            None,
            ["a", "b"],
            ["tie-differing-roles", "null-ties", "roleless-ignored"],
            id="federated-auto-group: other names that start with the pool ID",
        ),
        pytest.param(
            [FEDERATED, group("a", 1, ADMIN), group("b", None, STAFF)],
            DOCUMENTED,
            ADMIN,
            ["a"],
            ["null-ranks-last"],
            id="federated-auto-group: does not apply at a higher precedence",
        ),
        pytest.param(
            [group("x", None), group("a", None, ADMIN), group("b", None, STAFF)],
            BLOCKS,
            None,
            ["a", "b", "x"],
            ["tie-differing-roles", "null-ties"],
            id="blocks: a group without role and precedence",
        ),
        pytest.param(
            [group("a", 0), group("b", 1, ADMIN), group("c", 2, STAFF)],
            BLOCKS,
            None,
            ["a"],
            [],
            id="blocks: alone at the lowest precedence",
        ),
        pytest.param(
            [group("a", 1), group("b", 1, ADMIN), group("c", 2, STAFF)],
            BLOCKS,
            None,
            ["a", "b"],
            [],
            id="blocks: tied at the lowest precedence",
        ),
        pytest.param(
            [group("a", 2), group("b", 1, ADMIN), group("c", 2, STAFF)],
            BLOCKS,
            ADMIN,
            ["b"],
            ["lowest-wins"],
            id="blocks: not at a higher precedence",
        ),
        pytest.param(
            [group("a", 0), group("b", 1, ADMIN)],
            BLOCKS,
            ADMIN,
            ["b"],
            ["only-role"],
            id="blocks: only-role still applies",
        ),
        pytest.param(
            [group("a", None, ADMIN)], ABSTAINS, None, [], [], id="abstains: only-role does not apply"
        ),
        pytest.param(
            [group("a", None, ADMIN), group("b", 5, STAFF)],
            ABSTAINS,
            STAFF,
            ["b"],
            ["lowest-wins"],
            id="abstains: a group with a precedence wins",
        ),
        pytest.param(
            [group("a", 0), group("b", 1, ADMIN)], BOTH, None, ["a"], [], id="abstains and blocks"
        ),
        pytest.param(
            [group("a"), group("b", 1, ADMIN)],
            BOTH,
            ADMIN,
            ["b"],
            ["lowest-wins"],
            id="abstains and blocks: a group without a precedence does not block",
        ),
    ],
)
def test_each_rule_decides_as_documented(
    groups: list[GroupType],
    policy: Policy,
    preferred_role: str | None,
    decided_by: list[str],
    rules: list[str],
) -> None:
    resolution = resolve(groups, policy=policy)
    assert resolution.preferred_role == preferred_role
    assert [group.group_name for group in resolution.decided_by] == decided_by
    assert [rule.id for rule in resolution.rules] == rules
    assert resolution.outcome.decided_by == resolution.decided_by
    assert resolution.outcome.rules == resolution.rules


def test_match_statements_accept_the_outcome() -> None:
    assert resolve([]).outcome == NoRole()
    match resolve([group("a", 1, ADMIN)]).outcome:
        case Preferred(role_arn, decided_by, rules):
            assert role_arn == ADMIN
            assert decided_by == (group("a", 1, ADMIN),)
            assert [rule.id for rule in rules] == ["only-role"]
        case _:
            pytest.fail("expected Preferred")
    assert isinstance(resolve([group("a", 1, ADMIN), group("b", 1, STAFF)]).outcome, Ambiguous)


def test_claims_are_in_rank_order_and_absent_when_empty() -> None:
    groups = [
        group("nobody"),
        group("z", 1, STAFF),
        group("a", 1, ADMIN),
        group("m", 0, STAFF),
        group("anybody", None, READER),
    ]
    claims = resolve(groups).claims
    assert claims.id_token() == {
        "cognito:groups": ["m", "a", "z", "anybody", "nobody"],
        "cognito:roles": [STAFF, ADMIN, READER],
        "cognito:preferred_role": STAFF,
    }
    assert claims.access_token() == {"cognito:groups": ["m", "a", "z", "anybody", "nobody"]}
    assert resolve([]).claims.id_token() == {}
    assert resolve([]).claims.access_token() == {}
    assert resolve([group("a")]).claims.id_token() == {"cognito:groups": ["a"]}


def test_each_group_has_a_rank_and_a_status() -> None:
    groups = [group("a", 1), group("b", 5, ADMIN), group("c", 5, STAFF), group("d", 6, ADMIN), group("e")]
    ranked_groups = resolve([*groups, group("f", None, READER)]).ranked_groups
    assert [(ranked.rank, ranked.group.group_name, ranked.status) for ranked in ranked_groups] == [
        (1, "a", GroupStatus.NO_ROLE),
        (2, "b", GroupStatus.TIES),
        (2, "c", GroupStatus.TIES),
        (4, "d", GroupStatus.OUTRANKED),
        (5, "e", GroupStatus.NO_ROLE),
        (5, "f", GroupStatus.OUTRANKED),
    ]
    blocked = resolve([group("a", 1), group("b", 1, ADMIN), group("c", 2, STAFF)], policy=BLOCKS)
    assert [ranked.status for ranked in blocked.ranked_groups] == [
        GroupStatus.BLOCKS,
        GroupStatus.TIES,
        GroupStatus.OUTRANKED,
    ]
    abstaining = resolve([group("a", 1, ADMIN), group("b", None, STAFF)], policy=ABSTAINS)
    assert [ranked.status for ranked in abstaining.ranked_groups] == [
        GroupStatus.DECIDES,
        GroupStatus.ABSTAINS,
    ]


class TestOpenQuestions:
    def test_the_only_role_without_a_precedence_depends_on_null_precedence(self) -> None:
        resolution = resolve([group("a", None, ADMIN)])
        assert [question.id for question in resolution.open_questions] == ["null-precedence"]
        [alternative] = resolution.alternatives
        assert (alternative.policy, alternative.role_arn) == (ABSTAINS, None)

    def test_a_group_without_a_role_that_ranks_first_depends_on_roleless_at_best(self) -> None:
        resolution = resolve([group("a", 0), group("b", 1, ADMIN), group("c", 2, STAFF)])
        assert [question.id for question in resolution.open_questions] == ["roleless-at-best"]

    def test_a_role_that_only_both_other_answers_together_change_has_none(self) -> None:
        groups = [group("a", 0), group("b", 1, ADMIN)]
        assert resolve(groups, policy=BOTH).preferred_role is None
        assert resolve(groups).open_questions == ()
        assert resolve(groups).alternatives == ()

    def test_a_non_default_policy_has_open_questions_too(self) -> None:
        resolution = resolve([group("a", None, ADMIN)], policy=ABSTAINS)
        [alternative] = resolution.alternatives
        assert (alternative.policy, alternative.role_arn) == (DOCUMENTED, ADMIN)
        blocked = resolve([group("a", 0), group("b", 1, ADMIN), group("c", 2, STAFF)], policy=BLOCKS)
        assert [alternative.policy for alternative in blocked.alternatives] == [DOCUMENTED]

    @pytest.mark.parametrize(
        ("groups", "policy", "raised_by"),
        [
            ([group("a", None, ADMIN), group("b", None, ADMIN), group("c", 1)], DOCUMENTED, ["a", "b"]),
            (
                [group("a", 1), group("b", 1), group("c", 2, ADMIN), group("d", 3, STAFF)],
                DOCUMENTED,
                ["a", "b"],
            ),
            ([group("a", 1), group("b", 1, ADMIN), group("c", 3, STAFF), group("d", 3)], DOCUMENTED, ["a"]),
            ([group("a", 1), group("b", 5, ADMIN)], Policy(roleless="blocks"), ["a"]),
            ([group("a", 1), group("b", None, ADMIN)], Policy(roleless="blocks"), ["b"]),
        ],
    )
    def test_names_the_groups_that_raise_a_question_and_no_others(
        self, groups: list[GroupType], policy: Policy, raised_by: list[str]
    ) -> None:
        [alternative] = resolve(groups, policy=policy).alternatives
        assert [one.group_name for one in alternative.raised_by] == raised_by

    def test_a_documented_decision_has_none(self) -> None:
        assert resolve([group("a", 0, ADMIN), group("b", 1, STAFF)]).open_questions == ()


class TestMembership:
    def test_a_repeated_group_counts_once(self) -> None:
        assert resolve([group("a", 1, ADMIN)] * 2) == resolve([group("a", 1, ADMIN)])

    def test_the_last_modified_version_of_a_group_counts(self) -> None:
        noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
        old = group("a", 1, ADMIN, last_modified_date=noon)
        new = group("a", 2, STAFF, last_modified_date=noon + timedelta(milliseconds=1))
        for order in ([old, new, old], [new, old]):
            assert resolve(order).ranking == (new,)

    @pytest.mark.parametrize(
        ("first", "second"),
        [(None, None), (1.0, None), (1.0, 1.0)],
        ids=["no dates", "one date", "equal dates"],
    )
    def test_versions_without_distinct_dates_conflict(
        self, first: float | None, second: float | None
    ) -> None:
        groups = [
            group("c", 1),
            group("b", 1),
            group("b", 2),
            group("a", 1, last_modified_date=first),
            group("a", 2, last_modified_date=second),
        ]
        with pytest.raises(ConflictingGroupsError) as caught:
            resolve(groups)
        assert caught.value.group_names == ("a", "b")

    def test_a_newer_version_settles_a_conflict(self) -> None:
        versions = [group("a", n, last_modified_date=date) for n, date in enumerate([5.0, 5.0, 6.0])]
        assert resolve(versions).ranking == (versions[2],)

    def test_dates_are_compared_across_time_zones(self) -> None:
        earlier = group("a", 1, last_modified_date="2026-01-01T20:00:00+14:00")
        later = group("a", 2, last_modified_date="2026-01-01T12:00:00+00:00")
        assert resolve([earlier, later]).ranking == (later,)

    def test_groups_of_two_pools_are_rejected(self) -> None:
        groups = [
            group("a", user_pool_id="us-east-1_B"),
            group("b", user_pool_id="us-east-1_A"),
            group("c", user_pool_id=None),
        ]
        with pytest.raises(MixedUserPoolsError) as caught:
            resolve(groups)
        assert caught.value.user_pool_ids == ("us-east-1_A", "us-east-1_B")

    def test_a_group_without_a_pool_id_may_belong_to_any_pool(self) -> None:
        assert len(resolve([group("a", 1, ADMIN), group("b", user_pool_id=None)]).ranking) == 2


class TestInput:
    def test_any_iterable_of_dictionaries_and_groups_is_accepted(self) -> None:
        wire: dict[str, object] = {"GroupName": "a", "UserPoolId": POOL, "Precedence": 1, "RoleArn": ADMIN}
        mixed: list[GroupType | Mapping[str, object]] = [wire, group("b", 2, STAFF)]
        expected = resolve([group("a", 1, ADMIN), group("b", 2, STAFF)])
        assert resolve(iter(mixed)) == expected
        assert resolve((MappingProxyType(wire), group("b", 2, STAFF))) == expected
        assert resolve({group("b", 2, STAFF), group("a", 1, ADMIN)}) == expected

    def test_arguments_are_not_modified(self) -> None:
        wire = {"GroupName": "a", "RoleArn": "", "Unknown": [1]}
        groups = [wire]
        resolve(groups)
        assert groups == [{"GroupName": "a", "RoleArn": "", "Unknown": [1]}]

    def test_subclasses_of_group_type_are_accepted(self) -> None:
        class TeamGroup(GroupType, frozen=True):
            team: str = ""

        team_group = TeamGroup(group_name="a", precedence=1, role_arn=ADMIN, team="blue")
        assert resolve([team_group]).ranking == (team_group,)

    def test_groups_with_fields_that_have_no_hash_mix_with_dictionaries(self) -> None:
        class TeamGroup(GroupType, frozen=True):
            teams: list[str]

        team_group = TeamGroup(group_name="a", teams=["blue"])
        assert resolve([{"GroupName": "b"}, team_group]).ranking == (
            team_group,
            group("b", user_pool_id=None),
        )

    def test_all_problems_are_reported_at_once_with_their_paths(self) -> None:
        groups: list[dict[str, object]] = [
            {"GroupName": "a"},
            {"GroupName": "b", "Precedence": -1},
            {"RoleArn": "invalid"},
        ]
        with pytest.raises(InvalidResponseError) as caught:
            resolve(groups)
        assert [problem.path for problem in caught.value.problems] == [
            "Groups[1].Precedence",
            "Groups[2].GroupName",
            "Groups[2].RoleArn",
        ]

    @pytest.mark.parametrize(
        "argument",
        [
            {"Groups": []},
            "admins",
            group("a"),
            AdminListGroupsForUserResponse(groups=(group("a"),)),
            [AdminListGroupsForUserResponse(groups=(group("a"),))],
            {},
            "",
            b"",
            None,
        ],
        ids=[
            "response",
            "string",
            "group",
            "page",
            "pages",
            "empty dict",
            "empty string",
            "empty bytes",
            "none",
        ],
    )
    def test_a_response_instead_of_its_groups_is_rejected(self, argument: Iterable[GroupType]) -> None:
        with pytest.raises(TypeError, match="Groups"):
            resolve(argument)


def test_a_policy_must_be_a_policy() -> None:
    wrong: Any = "abstains"
    with pytest.raises(TypeError, match="expected a Policy, got str"):
        resolve([group("a")], policy=wrong)


def test_the_earliest_and_latest_dates_are_comparable() -> None:
    dates = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]
    versions = [group("a", n, last_modified_date=date) for n, date in enumerate(dates)]
    assert resolve(versions).ranking == (versions[1],)
    assert len(set(versions)) == 2


def test_resolutions_compare_hash_and_pickle_by_value() -> None:
    resolution = resolve([group("a", 1, ADMIN)])
    assert resolution == resolve([group("a", 1, ADMIN)])
    assert hash(resolution) == hash(resolve([group("a", 1, ADMIN)]))
    assert pickle.loads(pickle.dumps(resolution)) == resolution
    with pytest.raises(dataclasses.FrozenInstanceError):
        resolution.preferred_role = STAFF  # type: ignore[misc]


def test_decisions_and_claims_are_as_if_made_from_their_fields() -> None:
    resolution = resolve([group("a", 1, ADMIN), group("b")])
    for value in (resolution, resolution.claims):
        assert dataclasses.replace(value) == value
        assert list(vars(value)) == [field.name for field in dataclasses.fields(value)]
        with pytest.raises(dataclasses.FrozenInstanceError):
            value.roles = ()  # type: ignore[misc]


def test_finding_the_alternatives_leaves_a_resolution_equal() -> None:
    resolution, seen = resolve([group("a", None, ADMIN)]), resolve([group("a", None, ADMIN)])
    assert seen.alternatives
    assert (resolution, hash(resolution)) == (seen, hash(seen))
    assert pickle.loads(pickle.dumps(seen)).alternatives == seen.alternatives
    settable: Any = seen
    with pytest.raises(dataclasses.FrozenInstanceError):
        settable.alternatives = ()


def test_unknown_policy_settings_are_rejected() -> None:
    with pytest.raises(ValueError, match="null_precedence"):
        Policy(null_precedence="wins")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="roleless"):
        Policy(roleless="wins")  # type: ignore[arg-type]


def test_rules_and_questions_convert_to_their_ids() -> None:
    assert [str(rule) for rule in RULES] == [rule.id for rule in RULES]
    assert [str(question) for question in OPEN_QUESTIONS] == ["null-precedence", "roleless-at-best"]


HOSTILE = "<script>alert('x')</script>&"
TIED = "No preferred role: the groups with the lowest precedence name different roles."


def get_headline(groups: list[GroupType], policy: Policy = DOCUMENTED) -> str:
    return resolve(groups, policy=policy).explain().splitlines()[0]


class TestRendering:
    def test_the_repr_is_one_line(self) -> None:
        assert repr(resolve([group("a", 1, ADMIN)])) == f"<Resolution Preferred '{ADMIN}', 1 group>"
        assert (
            repr(resolve([group("a", 1, ADMIN), group("b", 1, STAFF)]))
            == "<Resolution Ambiguous, 2 groups>"
        )
        assert repr(resolve([])) == "<Resolution NoRole, 0 groups>"
        assert repr(resolve([group("a"), group("b")])) == "<Resolution NoRole, 2 groups>"

    def test_explain_lists_the_groups_in_rank_order(self) -> None:
        text = resolve([group("b", 10, STAFF), group("a", 0, ADMIN), group("c"), group("d")]).explain()
        assert text.splitlines()[:7] == [
            f"Preferred role: {ADMIN}",
            "",
            "Groups, best first:",
            f"  1.  a  precedence 0     decides    {ADMIN}",
            f"  2.  b  precedence 10    outranked  {STAFF}",
            "  3.  c  precedence none  no role",
            "  3.  d  precedence none  no role",
        ]
        assert "lowest-wins (documented): The role of the group" in text
        assert "Open questions" not in text

    def test_explain_names_an_open_question_and_its_alternative(self) -> None:
        text = resolve([group("a", None, ADMIN)]).explain()
        assert "null-precedence: Does a group without" in text
        assert 'with null_precedence="abstains": no preferred role' in text

    def test_explain_distinguishes_the_reasons_for_no_preferred_role(self) -> None:
        tie = [group("a", 1, ADMIN), group("b", 1, STAFF)]
        assert get_headline(tie) == TIED
        assert "No role: no group has one" in resolve([]).explain()
        assert "no group with a role has a precedence" in get_headline([group("a", None, ADMIN)], ABSTAINS)
        for rank in (0, 1):
            blocked = [group("x", rank), tie[0], group("c", 5, STAFF)]
            assert "a group without a role has the lowest precedence" in get_headline(blocked, BLOCKS)

    def test_a_tie_with_a_group_without_a_role_is_explained_as_a_tie(self) -> None:
        groups = [group("a", 0, ADMIN), group("b", 0, STAFF), group("c", 0)]
        assert get_headline(groups, BLOCKS) == TIED

    def test_text_and_html_state_every_applied_rule(self) -> None:
        groups = [group("x", 0), group("a", 1, ADMIN), group("b", 2, STAFF), group("c", None, READER)]
        resolution = resolve(groups)
        assert len(resolution.rules) == 3
        for rendering in (resolution.explain(), resolution._repr_html_()):
            for rule in resolution.rules:
                assert f"{rule.id} ({rule.basis}): {rule.sentence}" in rendering

    def test_explain_names_a_non_default_policy(self) -> None:
        groups = [group("a", 1, ADMIN)]
        assert (
            'under null_precedence="abstains", roleless="ignored"'
            in resolve(groups, policy=ABSTAINS).explain()
        )
        assert "under null" not in resolve(groups).explain()

    def test_html_escapes_every_value(self) -> None:
        html = resolve([group(HOSTILE, 1, ADMIN), group("b", None, STAFF)])._repr_html_()
        assert "<script>" not in html
        assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/<wbr>script&gt;&amp;" in html
        cells = re.findall("<td[^>]*>(.*?)</td>", html)
        assert cells[5:10] == ["2", "b", "none", "outranked", STAFF.replace("/", "/<wbr>")]
        assert "Open questions" not in html

    def test_html_lists_open_questions(self) -> None:
        html = resolve([group("a", None, ADMIN)])._repr_html_()
        assert "with null_precedence=&quot;abstains&quot;: no preferred role" in html


class TestDecisions:
    """Each policy is decided once, however often its results are read."""

    GROUPS = (group("staff", role_arn=STAFF), group("readers"), group("admins", 0, ADMIN))

    def test_the_outcome_and_the_rules_are_those_of_the_one_decision(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        counts = count_decisions(monkeypatch)
        resolution = resolve(self.GROUPS)
        for _ in range(2):
            assert isinstance(resolution.outcome, Preferred)
            assert resolution.rules
            assert resolution.claims.preferred_role == ADMIN
            assert len(resolution.ranked_groups) == 3
        assert counts == {DOCUMENTED: 1}

    @pytest.mark.parametrize("policy", [DOCUMENTED, BOTH])
    def test_an_explanation_adds_one_decision_for_each_other_policy(
        self, policy: Policy, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        counts = count_decisions(monkeypatch)
        resolution = resolve(self.GROUPS, policy=policy)
        for _ in range(2):
            assert resolution.explain()
            assert resolution.open_questions == ()
            assert isinstance(resolution.outcome, Preferred)
        assert counts == {policy: 1, ABSTAINS: 1, BLOCKS: 1}

    def test_an_open_question_that_is_found_is_not_decided_again(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        counts = count_decisions(monkeypatch)
        resolution = resolve([group("staff", role_arn=STAFF)])
        assert [question.id for question in resolution.open_questions] == ["null-precedence"]
        assert resolution.explain()
        assert counts == {DOCUMENTED: 1, ABSTAINS: 1, BLOCKS: 1}
