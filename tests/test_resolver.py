import dataclasses
import pickle
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

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
    name: str, precedence: int | None = None, role_arn: str | None = None, **more: object
) -> GroupType:
    members = {"group_name": name, "user_pool_id": POOL, "precedence": precedence, "role_arn": role_arn}
    return GroupType.model_validate(members | more)


FEDERATED = group(f"{POOL}_Google")
ABSTAINS = Policy(null_precedence="abstains")
BLOCKS = Policy(roleless="blocks")
BOTH = Policy(null_precedence="abstains", roleless="blocks")
DOCUMENTED = Policy()


@pytest.mark.parametrize(
    ("groups", "policy", "preferred_role", "decided_by", "rules"),
    [
        pytest.param([], DOCUMENTED, None, [], ["no-role"], id="no-role: no groups"),
        pytest.param([group("a", 0)], DOCUMENTED, None, [], ["no-role"], id="no-role: role-less group"),
        pytest.param([group("a", 0)], BLOCKS, None, [], ["no-role"], id="no-role: and nothing to block"),
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
            id="lowest-wins: 0 is the best",
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
            id="roleless-ignored: at the best precedence",
        ),
        pytest.param(
            [group("a", 1), group("b", 1, ADMIN), group("c", 2, STAFF)],
            DOCUMENTED,
            ADMIN,
            ["b"],
            ["lowest-wins", "roleless-ignored"],
            id="roleless-ignored: tied with the best",
        ),
        pytest.param(
            [group("b", 1, ADMIN), group("c", 2, STAFF), group("d", 3), group("e")],
            DOCUMENTED,
            ADMIN,
            ["b"],
            ["lowest-wins"],
            id="roleless-ignored: does not apply below the best",
        ),
        pytest.param(
            [FEDERATED, group("a", None, ADMIN), group("b", None, STAFF)],
            BLOCKS,
            None,
            ["a", "b"],
            ["tie-differing-roles", "null-ties", "federated-auto-group"],
            id="federated-auto-group: does not compete even where others block",
        ),
        pytest.param(
            [group(f"{POOL}Google"), group(f"{POOL}_"), group("a", None, ADMIN), group("b", None, STAFF)],
            DOCUMENTED,
            None,
            ["a", "b"],
            ["tie-differing-roles", "null-ties", "roleless-ignored"],
            id="federated-auto-group: not every name that starts with the pool's id",
        ),
        pytest.param(
            [FEDERATED, group("a", 1, ADMIN), group("b", None, STAFF)],
            DOCUMENTED,
            ADMIN,
            ["a"],
            ["null-ranks-last"],
            id="federated-auto-group: does not apply below the best",
        ),
        pytest.param(
            [group("x", None), group("a", None, ADMIN), group("b", None, STAFF)],
            BLOCKS,
            None,
            ["a", "b", "x"],
            ["tie-differing-roles", "null-ties"],
            id="blocks: a plain group without anything",
        ),
        pytest.param(
            [group("a", 0), group("b", 1, ADMIN), group("c", 2, STAFF)],
            BLOCKS,
            None,
            ["a"],
            [],
            id="blocks: alone at the best",
        ),
        pytest.param(
            [group("a", 1), group("b", 1, ADMIN), group("c", 2, STAFF)],
            BLOCKS,
            None,
            ["a", "b"],
            [],
            id="blocks: tied with the best",
        ),
        pytest.param(
            [group("a", 2), group("b", 1, ADMIN), group("c", 2, STAFF)],
            BLOCKS,
            ADMIN,
            ["b"],
            ["lowest-wins"],
            id="blocks: not below the best",
        ),
        pytest.param(
            [group("a", 0), group("b", 1, ADMIN)],
            BLOCKS,
            ADMIN,
            ["b"],
            ["only-role"],
            id="blocks: only-role still holds",
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
            id="abstains: a number wins",
        ),
        pytest.param([group("a", 0), group("b", 1, ADMIN)], BOTH, None, ["a"], [], id="both settings"),
        pytest.param(
            [group("a"), group("b", 1, ADMIN)],
            BOTH,
            ADMIN,
            ["b"],
            ["lowest-wins"],
            id="both: a null does not block",
        ),
    ],
)
def test_every_row_of_the_rules(
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


def test_the_outcome_can_be_matched() -> None:
    assert resolve([]).outcome == NoRole()
    match resolve([group("a", 1, ADMIN)]).outcome:
        case Preferred(role_arn, decided_by, rules):
            assert role_arn == ADMIN
            assert decided_by == (group("a", 1, ADMIN),)
            assert [rule.id for rule in rules] == ["only-role"]
        case _:
            pytest.fail("not preferred")
    assert isinstance(resolve([group("a", 1, ADMIN), group("b", 1, STAFF)]).outcome, Ambiguous)


def test_the_claims_are_in_this_librarys_order_and_absent_when_empty() -> None:
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


def test_each_group_has_its_rank_and_its_status() -> None:
    groups = [group("a", 1), group("b", 5, ADMIN), group("c", 5, STAFF), group("d", 6, ADMIN), group("e")]
    standings = resolve([*groups, group("f", None, READER)]).ranked_groups
    assert [(s.rank, s.group.group_name, s.status) for s in standings] == [
        (1, "a", GroupStatus.NO_ROLE),
        (2, "b", GroupStatus.TIES),
        (2, "c", GroupStatus.TIES),
        (4, "d", GroupStatus.OUTRANKED),
        (5, "e", GroupStatus.NO_ROLE),
        (5, "f", GroupStatus.OUTRANKED),
    ]
    blocked = resolve([group("a", 1), group("b", 1, ADMIN), group("c", 2, STAFF)], policy=BLOCKS)
    assert [s.status for s in blocked.ranked_groups] == [
        GroupStatus.BLOCKS,
        GroupStatus.TIES,
        GroupStatus.OUTRANKED,
    ]
    abstaining = resolve([group("a", 1, ADMIN), group("b", None, STAFF)], policy=ABSTAINS)
    assert [s.status for s in abstaining.ranked_groups] == [GroupStatus.DECIDES, GroupStatus.ABSTAINS]


class TestOpenQuestions:
    def test_a_lone_role_without_a_precedence_hangs_on_one(self) -> None:
        resolution = resolve([group("a", None, ADMIN)])
        assert [question.id for question in resolution.open_questions] == ["null-precedence"]
        [other] = resolution.alternatives
        assert (other.policy, other.role_arn) == (ABSTAINS, None)

    def test_a_roleless_group_that_ranks_best_hangs_on_one(self) -> None:
        resolution = resolve([group("a", 0), group("b", 1, ADMIN), group("c", 2, STAFF)])
        assert [question.id for question in resolution.open_questions] == ["roleless-at-best"]

    def test_with_one_role_it_takes_both_answers_to_block_it(self) -> None:
        resolution = resolve([group("a", 0), group("b", 1, ADMIN)])
        assert resolution.open_questions == OPEN_QUESTIONS
        [other] = resolution.alternatives
        assert (other.policy, other.role_arn) == (BOTH, None)

    def test_they_are_asked_of_another_policy_too(self) -> None:
        resolution = resolve([group("a", None, ADMIN)], policy=ABSTAINS)
        [other] = resolution.alternatives
        assert (other.policy, other.role_arn) == (DOCUMENTED, ADMIN)
        blocked = resolve([group("a", 0), group("b", 1, ADMIN), group("c", 2, STAFF)], policy=BLOCKS)
        assert [other.policy for other in blocked.alternatives] == [DOCUMENTED]

    def test_a_clear_case_has_none(self) -> None:
        assert resolve([group("a", 0, ADMIN), group("b", 1, STAFF)]).open_questions == ()


class TestWhatCountsAsOneUsersGroups:
    def test_the_same_group_twice_counts_once(self) -> None:
        assert resolve([group("a", 1, ADMIN)] * 2) == resolve([group("a", 1, ADMIN)])

    def test_of_two_versions_the_one_modified_last_counts(self) -> None:
        noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
        old = group("a", 1, ADMIN, last_modified_date=noon)
        new = group("a", 2, STAFF, last_modified_date=noon + timedelta(milliseconds=1))
        for order in ([old, new, old], [new, old]):
            assert resolve(order).ranking == (new,)

    @pytest.mark.parametrize(
        ("one", "other"),
        [(None, None), (1.0, None), (1.0, 1.0)],
        ids=["no dates", "one date", "the same date"],
    )
    def test_versions_that_no_dates_decide_conflict(self, one: float | None, other: float | None) -> None:
        groups = [
            group("c", 1),
            group("b", 1),
            group("b", 2),
            group("a", 1, last_modified_date=one),
            group("a", 2, last_modified_date=other),
        ]
        with pytest.raises(ConflictingGroupsError) as caught:
            resolve(groups)
        assert caught.value.group_names == ("a", "b")

    def test_an_older_conflict_does_not_matter(self) -> None:
        versions = [group("a", n, last_modified_date=date) for n, date in enumerate([5.0, 5.0, 6.0])]
        assert resolve(versions).ranking == (versions[2],)

    def test_the_zone_of_a_date_does_not_matter(self) -> None:
        earlier = group("a", 1, last_modified_date="2026-01-01T20:00:00+14:00")
        later = group("a", 2, last_modified_date="2026-01-01T12:00:00+00:00")
        assert resolve([earlier, later]).ranking == (later,)

    def test_groups_of_two_pools_are_refused(self) -> None:
        groups = [
            group("a", user_pool_id="us-east-1_B"),
            group("b", user_pool_id="us-east-1_A"),
            group("c", user_pool_id=None),
        ]
        with pytest.raises(MixedUserPoolsError) as caught:
            resolve(groups)
        assert caught.value.user_pool_ids == ("us-east-1_A", "us-east-1_B")

    def test_a_group_that_names_no_pool_is_of_any(self) -> None:
        assert len(resolve([group("a", 1, ADMIN), group("b", user_pool_id=None)]).ranking) == 2


class TestInput:
    def test_may_be_dictionaries_groups_or_both_from_any_iterable(self) -> None:
        wire: dict[str, object] = {"GroupName": "a", "UserPoolId": POOL, "Precedence": 1, "RoleArn": ADMIN}
        mixed: list[GroupType | Mapping[str, object]] = [wire, group("b", 2, STAFF)]
        expected = resolve([group("a", 1, ADMIN), group("b", 2, STAFF)])
        assert resolve(iter(mixed)) == expected
        assert resolve((MappingProxyType(wire), group("b", 2, STAFF))) == expected
        assert resolve({group("b", 2, STAFF), group("a", 1, ADMIN)}) == expected

    def test_is_not_changed(self) -> None:
        wire = {"GroupName": "a", "RoleArn": "", "Unknown": [1]}
        groups = [wire]
        resolve(groups)
        assert groups == [{"GroupName": "a", "RoleArn": "", "Unknown": [1]}]

    def test_a_subclass_of_the_model_is_a_group(self) -> None:
        class TeamGroup(GroupType, frozen=True):
            team: str = ""

        mine = TeamGroup(group_name="a", precedence=1, role_arn=ADMIN, team="blue")
        assert resolve([mine]).ranking == (mine,)

    def test_faults_of_dictionaries_are_told_all_at_once_with_their_places(self) -> None:
        groups: list[dict[str, object]] = [
            {"GroupName": "a"},
            {"GroupName": "b", "Precedence": -1},
            {"RoleArn": "nope"},
        ]
        with pytest.raises(InvalidResponseError) as caught:
            resolve(groups)
        assert [problem.path for problem in caught.value.problems] == [
            "Groups[1].Precedence",
            "Groups[2].GroupName",
            "Groups[2].RoleArn",
        ]

    @pytest.mark.parametrize(
        "whole",
        [
            {"Groups": []},
            "admins",
            group("a"),
            AdminListGroupsForUserResponse(groups=(group("a"),)),
            [AdminListGroupsForUserResponse(groups=(group("a"),))],
            {},
            "",
            b"",
        ],
        ids=["response", "text", "group", "page", "pages", "empty response", "empty text", "empty bytes"],
    )
    def test_a_whole_response_in_place_of_its_groups_is_refused(self, whole: Iterable[GroupType]) -> None:
        with pytest.raises(TypeError, match="Groups"):
            resolve(whole)


def test_dates_at_the_ends_of_time_are_compared() -> None:
    dates = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]
    versions = [group("a", n, last_modified_date=date) for n, date in enumerate(dates)]
    assert resolve(versions).ranking == (versions[1],)
    assert len(set(versions)) == 2


def test_a_resolution_is_a_value() -> None:
    one = resolve([group("a", 1, ADMIN)])
    assert one == resolve([group("a", 1, ADMIN)])
    assert hash(one) == hash(resolve([group("a", 1, ADMIN)]))
    assert pickle.loads(pickle.dumps(one)) == one
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.preferred_role = STAFF  # type: ignore[misc]


def test_a_policy_with_another_setting_is_refused() -> None:
    with pytest.raises(ValueError, match="null_precedence"):
        Policy(null_precedence="wins")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="roleless"):
        Policy(roleless="wins")  # type: ignore[arg-type]


def test_rules_and_questions_print_their_ids() -> None:
    assert [str(rule) for rule in RULES] == [rule.id for rule in RULES]
    assert [str(question) for question in OPEN_QUESTIONS] == ["null-precedence", "roleless-at-best"]


HOSTILE = "<script>alert('x')</script>&"


TIED = "No preferred role: the groups with the lowest precedence name different roles."


def headline(groups: list[GroupType], policy: Policy = DOCUMENTED) -> str:
    return resolve(groups, policy=policy).explain().splitlines()[0]


class TestTelling:
    def test_the_repr_is_one_short_line(self) -> None:
        assert repr(resolve([group("a", 1, ADMIN)])) == f"<Resolution Preferred '{ADMIN}', 1 group>"
        assert (
            repr(resolve([group("a", 1, ADMIN), group("b", 1, STAFF)]))
            == "<Resolution Ambiguous, 2 groups>"
        )
        assert repr(resolve([])) == "<Resolution NoRole, 0 groups>"
        assert repr(resolve([group("a"), group("b")])) == "<Resolution NoRole, 2 groups>"

    def test_explains_a_winner(self) -> None:
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

    def test_explains_an_open_question_and_its_other_answer(self) -> None:
        text = resolve([group("a", None, ADMIN)]).explain()
        assert "null-precedence: Does a group without" in text
        assert 'with null_precedence="abstains": no preferred role' in text

    def test_explains_each_way_to_have_no_preferred_role(self) -> None:
        tie = [group("a", 1, ADMIN), group("b", 1, STAFF)]
        assert headline(tie) == TIED
        assert "No role: no group has one" in resolve([]).explain()
        assert "no group with a role has a precedence" in headline([group("a", None, ADMIN)], ABSTAINS)
        for rank in (0, 1):
            blocked = [group("x", rank), tie[0], group("c", 5, STAFF)]
            assert "a group without a role has the lowest precedence" in headline(blocked, BLOCKS)

    def test_explains_a_tie_as_one_though_a_roleless_group_is_in_it(self) -> None:
        groups = [group("a", 0, ADMIN), group("b", 0, STAFF), group("c", 0)]
        assert headline(groups, BLOCKS) == TIED

    def test_explains_by_every_rule(self) -> None:
        groups = [group("x", 0), group("a", 1, ADMIN), group("b", 2, STAFF), group("c", None, READER)]
        resolution = resolve(groups)
        assert len(resolution.rules) == 3
        for told in (resolution.explain(), resolution._repr_html_()):
            for rule in resolution.rules:
                assert f"{rule.id} ({rule.basis}): {rule.sentence}" in told

    def test_names_a_policy_that_is_not_the_documented_one(self) -> None:
        lone = [group("a", 1, ADMIN)]
        assert (
            'under null_precedence="abstains", roleless="ignored"'
            in resolve(lone, policy=ABSTAINS).explain()
        )
        assert "under null" not in resolve(lone).explain()

    def test_html_escapes_every_value(self) -> None:
        html = resolve([group(HOSTILE, 1, ADMIN), group("b", None, STAFF)])._repr_html_()
        assert "<script>" not in html
        assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;&amp;" in html
        assert html.count("<tr>") == 3
        assert f"<tr><td>2</td><td>b</td><td>none</td><td>outranked</td><td>{STAFF}</td></tr>" in html
        assert "Open questions" not in html

    def test_html_tells_open_questions(self) -> None:
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
        assert counts == {DOCUMENTED: 1, ABSTAINS: 1, BLOCKS: 1, BOTH: 1}

    def test_an_open_question_that_is_found_is_not_decided_again(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        counts = count_decisions(monkeypatch)
        resolution = resolve([group("staff", role_arn=STAFF)])
        assert [question.id for question in resolution.open_questions] == ["null-precedence"]
        assert resolution.explain()
        assert counts == {DOCUMENTED: 1, ABSTAINS: 1, BLOCKS: 1}
