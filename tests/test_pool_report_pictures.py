"""The pictures in the look-up of a report: what the users of a set get, and why."""

import re
from pathlib import Path
from typing import Any

from cognito_claims.pool import audit, render_audit_html
from tests.pool_data import group, write_snapshot
from tests.test_access import ALL_ROLES, DESCRIPTION, PROVIDER, build_pool

GROUPS = [group("admins", 0, "admin"), group("staff", 5, "staff")]
MEMBERS = {"admins": ["ann"], "staff": ["ann", "bob"]}
RULE = {
    "Claim": "custom:team",
    "MatchType": "Equals",
    "Value": "x",
    "RoleARN": "arn:aws:iam::123456789012:role/x",
}


def draw(folder: Path, **options: Any) -> list[str]:
    """Return the pictures of the report about a pool."""
    snapshot = write_snapshot(folder / "pool", GROUPS, MEMBERS)
    if "roles" in options:
        options = {
            "identity_pool": build_pool(),
            "provider": PROVIDER,
            "description": DESCRIPTION,
            **options,
        }
    html = render_audit_html(audit(snapshot, **options), snapshot, all_users=True)
    return re.findall("<svg.*?</svg>", html, re.DOTALL)


def test_shows_the_claims_of_each_set(tmp_path: Path) -> None:
    pictures = draw(tmp_path)
    assert ["role/admin" in one.replace("<wbr>", "") for one in pictures] == [True, False]
    assert all("<title>The claims of a user</title>" in one for one in pictures)


def test_shows_which_role_can_be_assumed_if_roles_are_known(tmp_path: Path) -> None:
    pictures = draw(tmp_path, roles=ALL_ROLES, principal_tags=False)
    assert len(pictures) == 2
    assert all("<title>The access of a user</title>" in one for one in pictures)
    assert all("aud is the identity pool" in one for one in pictures)


def test_shows_that_a_rule_needs_a_claim_of_others(tmp_path: Path) -> None:
    rules = {"Type": "Rules", "AmbiguousRoleResolution": "Deny", "RulesConfiguration": {"Rules": [RULE]}}
    pool = build_pool(RoleMappings={PROVIDER: rules})
    pictures = draw(tmp_path, roles=ALL_ROLES, identity_pool=pool)
    assert len(pictures) == 2
    assert all("<title>The access of a user</title>" in one for one in pictures)
    assert all("custom:team" in one for one in pictures)


def test_draws_the_sets_of_the_most_users_only(tmp_path: Path) -> None:
    groups = [group(f"g{number}", number) for number in range(8)]
    members = {
        f"g{place}": [f"user-{number:03}" for number in range(1, 211) if number >> place & 1]
        for place in range(8)
    }
    snapshot = write_snapshot(tmp_path / "pool", groups, members)
    html = render_audit_html(audit(snapshot), snapshot, all_users=True)
    assert html.count('class="card set"') == 210
    assert html.count("<svg") == 200
