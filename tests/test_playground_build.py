"""The build of the playground, its server, and the functions that the page calls, without a browser."""

import gzip
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from cognito_claims import Policy
from playground import page
from tests.samples import POOL, role
from tests.test_vectors import ALL_RULES
from tools import playground
from tools.playground import SOURCE, Package, read_packages
from tools.site_server import start_server

REQUIREMENTS = (SOURCE.parent / "requirements" / "dev.txt").read_text()
EXAMPLES: list[dict[str, Any]] = json.loads((SOURCE / "examples.json").read_text())


class TestPackages:
    PACKAGES = read_packages((SOURCE / "packages.txt").read_text())

    def test_have_versions_and_digests_and_no_addresses(self) -> None:
        assert self.PACKAGES[0].name == "pyodide"
        for package in self.PACKAGES:
            assert re.fullmatch(r"\d+(\.\d+)+", package.version)
            assert re.fullmatch("[0-9a-f]{64}", package.sha256)
        assert "//" not in (SOURCE / "packages.txt").read_text()

    def test_are_those_that_the_suite_runs_with(self) -> None:
        """What is tested on CPython is what the page runs."""
        for package in self.PACKAGES[1:]:
            assert f"\n{package.name}=={package.version} " in REQUIREMENTS

    def test_a_file_with_another_digest_is_refused_and_removed(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(playground, "CACHE", tmp_path)
        (path := tmp_path / "one_two-1.0-py3-none-any.whl").write_bytes(b"right")
        package = Package("one-two", "1.0", hashlib.sha256(b"right").hexdigest())
        assert playground.get_package(package) == path
        path.write_bytes(b"wrong")
        with pytest.raises(SystemExit, match="expected SHA-256"):
            playground.get_package(package)
        assert not path.exists()


class TestServer:
    @pytest.fixture
    def url(self, tmp_path: Path) -> Iterator[str]:
        (folder := tmp_path / "playground").mkdir()
        for name in ("index.html", "main.js", "a.mjs", "a.wasm", "a.whl", "build.json", "a.css"):
            (folder / name).write_text(name * 100)
        with start_server(tmp_path) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            yield f"http://127.0.0.1:{server.server_port}/playground/"
            server.shutdown()
            thread.join()

    @pytest.mark.parametrize(
        ("name", "kind", "encoding"),
        [
            ("", "text/html", "gzip"),
            ("main.js", "text/javascript", "gzip"),
            ("a.mjs", "text/javascript", "gzip"),
            ("a.wasm", "application/wasm", "gzip"),
            ("build.json", "application/json", "gzip"),
            ("a.css", "text/css", "gzip"),
            ("a.whl", "application/zip", None),
        ],
    )
    def test_sends_the_type_and_gzip(self, url: str, name: str, kind: str, encoding: str | None) -> None:
        for accepted in ("gzip", "identity"):
            with urlopen(Request(url + name, headers={"Accept-Encoding": accepted})) as response:
                body = response.read()
                sent = response.headers["Content-Encoding"]
                assert response.headers.get_content_type() == kind
                assert response.headers["Cache-Control"] == "no-cache"
            assert sent == (encoding if accepted == "gzip" else None)
            text = gzip.decompress(body) if sent else body
            assert text.decode() == (name or "index.html") * 100

    @pytest.mark.parametrize("name", ["missing.js", "../../secret", "%2e%2e/%2e%2e/secret"])
    def test_sends_nothing_else(self, url: str, tmp_path: Path, name: str) -> None:
        (tmp_path.parent / "secret").write_text("secret")
        with pytest.raises(HTTPError, match="404") as refused:
            urlopen(url + name)
        refused.value.close()


class TestPage:
    def test_every_setting_of_a_policy_is_described(self) -> None:
        described = json.loads(page.describe())["questions"]
        assert [one["setting"] for one in described] == [field.name for field in fields(Policy)]
        assert {one["setting"]: one["default"] for one in described} == {
            field.name: getattr(Policy.DOCUMENTED, field.name) for field in fields(Policy)
        }
        for one in described:
            for answer in one["answers"]:
                Policy(**{one["setting"]: answer})

    @pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example["id"]))
    def test_each_example_has_an_answer_and_is_what_a_link_keeps(self, example: dict[str, Any]) -> None:
        answer = json.loads(page.evaluate(json.dumps(example["state"])))
        assert "errors" not in answer
        assert answer["state"].items() >= example["state"].items()

    def test_ids_of_examples_are_unique(self) -> None:
        assert len({example["id"] for example in EXAMPLES}) == len(EXAMPLES)

    def test_links_to_rules_that_exist(self) -> None:
        known = {rule.id for rule in ALL_RULES}
        for example in EXAMPLES:
            answer = json.loads(page.evaluate(json.dumps(example["state"])))
            gateways = [one for use in answer["gateways"].values() for one in use]
            groups = [answer["rules"], *(one["rules"] for one in gateways)]
            assert {rule["id"] for rules in groups for rule in rules} <= known


TOKEN = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0."
"""A token that is short enough for the name of a group: it has no signature."""
LONG_TOKEN = f"{TOKEN}{'c2ln' * 80}"
ADDRESS = "alice.smith@mail.example.com"

PROVIDER = f"cognito-idp.eu-west-1.amazonaws.com/{POOL}:1example23456789"
RULE = {"Claim": "cognito:groups", "MatchType": "Contains", "Value": "staff", "RoleARN": role("rule")}
MAPPING = {
    "Type": "Rules",
    "AmbiguousRoleResolution": "Deny",
    "RulesConfiguration": {"Rules": [RULE]},
    "IdentityProvider": PROVIDER,
}
GROUPS: dict[str, Any] = {
    "groups": [{"name": "staff", "precedence": "1", "role": role("staff")}],
    "user_pool_id": POOL,
    "policy": {"roleless": "blocks"},
    "claims": None,
    "identity_pool": {
        "IdentityPoolId": "eu-west-1:00000000-0000-4000-8000-000000000000",
        "Roles": {"authenticated": role("signed-in")},
        "RoleMappings": {PROVIDER: MAPPING},
    },
    "provider": PROVIDER,
    "custom_role_arn": role("staff"),
}
CLAIMS: dict[str, Any] = {
    "source": "jwt",
    "id": {
        "cognito:groups": ["staff"],
        "cognito:roles": [role("staff")],
        "cognito:preferred_role": role("staff"),
    },
    "access": {"cognito:groups": ["staff"]},
}
STATES: dict[str, dict[str, Any]] = {
    "groups": GROUPS,
    "no-rows": GROUPS | {"groups": []},
    "no-pool": GROUPS | {"identity_pool": ""},
    "no-pool-no-rows": GROUPS | {"groups": [], "identity_pool": ""},
    "claims": GROUPS | {"claims": CLAIMS},
    "claims-no-pool": GROUPS | {"claims": CLAIMS, "identity_pool": ""},
}

ANY_TEXT = re.compile(
    r"groups/0/name|claims/(id|access)/.*|identity_pool/.*/Rules/0/(Claim|Value|RoleARN)"
    r"|identity_pool/(Roles/authenticated|RoleMappings/.*/IdentityProvider|RoleMappings/added)"
)
"""The fields that may be an e-mail address: names of groups, and those that are any text for AWS."""


def get_type(value: object) -> object:
    """Return the type of a value. With `isinstance`, members would be of no known type."""
    return type(value)


def list_planted(value: Any, secret: str) -> Iterator[tuple[str, Any]]:
    """Yield a path and a copy of the value, with the secret in place of a string or as a new member."""
    kind = get_type(value)
    if kind is str:
        yield "", secret
    elif kind is list:
        for index, item in enumerate(value):
            for path, planted in list_planted(item, secret):
                yield f"{index}/{path}".rstrip("/"), [*value[:index], planted, *value[index + 1 :]]
    elif kind is dict:
        yield "added", value | {secret: secret}
        for name, member in value.items():
            for path, planted in list_planted(member, secret):
                yield f"{name}/{path}".rstrip("/"), value | {name: planted}


def evaluate(state: dict[str, Any]) -> dict[str, Any]:
    pool = state["identity_pool"]
    text = pool if isinstance(pool, str) else json.dumps(pool)
    answer: dict[str, Any] = json.loads(page.evaluate(json.dumps(state | {"identity_pool": text})))
    return answer


class TestLink:
    @pytest.mark.parametrize("state", STATES)
    def test_the_states_of_these_tests_are_valid(self, state: str) -> None:
        assert "errors" not in evaluate(STATES[state])

    @pytest.mark.parametrize("secret", [TOKEN, LONG_TOKEN, ADDRESS], ids=["token", "long", "address"])
    @pytest.mark.parametrize("state", STATES)
    def test_no_field_passes_on_a_token_or_an_address(self, state: str, secret: str) -> None:
        for path, changed in list_planted(STATES[state], secret):
            answer = evaluate(changed)
            assert secret not in json.dumps(answer.get("errors")), path
            if secret != ADDRESS or not ANY_TEXT.fullmatch(path):
                assert secret not in json.dumps(answer.get("state")), path

    @pytest.mark.parametrize(
        ("state", "change", "field", "reason"),
        [
            ("groups", {"user_pool_id": ADDRESS}, "user_pool_id", "must be the ID of a user pool"),
            ("no-rows", {"user_pool_id": ADDRESS}, "user_pool_id", "must be the ID of a user pool"),
            ("groups", {"custom_role_arn": ADDRESS}, "custom_role_arn", "must be an ARN"),
            ("claims", {"custom_role_arn": TOKEN}, "custom_role_arn", "must be an ARN"),
            ("groups", {"groups": [GROUPS["groups"][0] | {"name": TOKEN}]}, "groups.0.name", "a token"),
            (
                "groups",
                {
                    "identity_pool": {
                        "Type": "Rules",
                        "RulesConfiguration": {"Rules": [RULE | {"Value": TOKEN}]},
                    }
                },
                "identity_pool",
                "a token",
            ),
            ("claims", {"claims": CLAIMS | {"id": {"cognito:groups": [TOKEN]}}}, "claims", "a token"),
            ("claims", {"policy": {TOKEN: TOKEN}}, "policy", "answers"),
        ],
    )
    def test_the_error_is_at_the_field(
        self, state: str, change: dict[str, Any], field: str, reason: str
    ) -> None:
        [error] = evaluate(STATES[state] | change)["errors"]
        assert error["field"] == field
        assert reason in error["reason"]

    def test_a_name_that_looks_like_a_part_of_a_token_is_kept(self) -> None:
        for name in ("KeyJournalAdministrators.eu", "eyJ.team", "team.staff.eu"):
            rows = [GROUPS["groups"][0] | {"name": name}]
            assert evaluate(GROUPS | {"groups": rows})["state"]["groups"] == rows

    @pytest.mark.parametrize(
        ("state", "expected"),
        [
            ("no-pool", {"provider": "", "custom_role_arn": ""}),
            ("claims", {"groups": [], "user_pool_id": "", "provider": PROVIDER}),
            ("claims-no-pool", {"groups": [], "user_pool_id": "", "provider": "", "custom_role_arn": ""}),
        ],
    )
    def test_has_no_field_that_the_page_hides(self, state: str, expected: dict[str, Any]) -> None:
        assert evaluate(STATES[state])["state"].items() >= expected.items()

    @pytest.mark.parametrize(
        ("pool", "provider"), [(GROUPS["identity_pool"], PROVIDER), (MAPPING, "")], ids=["pool", "mapping"]
    )
    def test_has_the_provider_that_is_used(self, pool: dict[str, Any], provider: str) -> None:
        answer = evaluate(GROUPS | {"identity_pool": pool, "provider": "unknown"})
        assert answer["state"]["provider"] == provider
