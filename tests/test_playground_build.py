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
