"""The tools that build the website: links, lists of pages, and versions."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from cognito_claims.pool.findings import EMPTY_GROUP, OPEN_QUESTION
from cognito_claims.rules import NULL_TIES, TIE_DIFFERING_ROLES
from tools.domains import QUESTIONS_BY_PART, RULES_BY_PART
from tools.notebooks import render_markdown
from tools.website import PUBLISHED, REPOSITORY, URL, find_revision
from tools.website.links import find_broken_links
from tools.website.pages import QUESTIONED, escape, format_check, format_question, format_rule
from tools.website.sources import link_sources
from tools.website.stage import link_ids, rewrite_links
from tools.website.versions import publish


class TestLinks:
    @pytest.mark.parametrize(
        ("html", "fault"),
        [
            ('<a href="b.html#here">', None),
            ('<a href="folder/">', None),
            ('<a href="#there"><h1 id="there">', None),
            ('<a href="https://example.com">', None),
            ('<link rel="canonical" href="https://example.com">', None),
            ('<img src="data:,">', None),
            ('<a href="playground/">', None),
            ('<a href="c.html">', "c.html: no such file"),
            ('<a href="b.html#nowhere">', "b.html#nowhere: no such place"),
            ('<a href="#nowhere">', "#nowhere: no such place"),
            ('<script src="https://example.com/a.js">', "loads https://example.com/a.js"),
            ('<link rel="stylesheet" href="//example.com/a.css">', "loads //example.com/a.css"),
            ('<img src="missing.png">', "missing.png: no such file"),
        ],
    )
    def test_that_are_broken_are_found(self, tmp_path: Path, html: str, fault: str | None) -> None:
        (tmp_path / "folder").mkdir()
        (tmp_path / "folder" / "index.html").write_text("<p>")
        (tmp_path / "b.html").write_text('<h1 id="here">')
        (tmp_path / "a.html").write_text(html)
        expected = [] if fault is None else [f"a.html: {fault}"]
        assert [*find_broken_links(tmp_path, ("playground/",))] == expected

    @pytest.mark.parametrize(
        ("link", "expected"),
        [
            ("(groups.md#pages)", "(groups.md#pages)"),
            ("(notebook.ipynb)", "(notebook.md)"),
            ("(https://example.com/a.ipynb)", "(https://example.com/a.ipynb)"),
            ("(../../examples/which_role.py)", f"({REPOSITORY}/blob/main/examples/which_role.py)"),
            ("(../../examples)", f"({REPOSITORY}/tree/main/examples)"),
            ("(../../README.md#links)", f"({REPOSITORY}/blob/main/README.md#links)"),
        ],
    )
    def test_to_files_outside_of_the_documentation_lead_to_the_repository(
        self, link: str, expected: str
    ) -> None:
        assert rewrite_links(f"[x]{link}", "how-to/access.md") == f"[x]{expected}"

    def test_of_ids_lead_to_their_pages(self) -> None:
        generated = {"reference/rules/lowest-wins.md": ""}
        row = "| `lowest-wins` | a sentence |"
        linked = "| [`lowest-wins`](../reference/rules/lowest-wins.md) | a sentence |"
        assert link_ids(row, "reference/rules.md", generated) == linked
        assert link_ids(row, "reference/json.md", generated) == row
        assert (
            link_ids("| `lowest` | a sentence |", "reference/rules.md", generated)
            == "| `lowest` | a sentence |"
        )


def test_a_rule_has_its_sentence_source_code_and_cases() -> None:
    page = format_rule(TIE_DIFFERING_ROLES)
    assert page.startswith(
        "# tie-differing-roles\n\nIf groups tied at the best precedence name different roles,"
    )
    assert "- **Source:** [Amazon Cognito Developer Guide, Adding groups to a user pool](https://" in page
    assert "defined in [cognito_claims/rules.py]" in page
    assert "[`preferred-role/tie-differing-roles`]" in page
    assert "## Near misses" in page
    assert '<a href="../../playground/#example=tie-differing-roles">' in page
    assert "example=" not in format_rule(NULL_TIES)


class TestSources:
    SOURCES = tuple(rule.source for rules in RULES_BY_PART.values() for rule in rules)
    DOCUMENT = re.compile(r"Guide|Reference|GroupType|documentation, |Smithy|RFC |CVE-")
    LINK = re.compile(r"\[[^]]+\]\(https://[^ )]+\)")

    def test_each_document_is_a_link(self) -> None:
        linked = [link_sources(escape(source)) for source in self.SOURCES]
        assert any(self.DOCUMENT.search(source) for source in self.SOURCES)
        assert [source for source in linked if self.DOCUMENT.search(self.LINK.sub("", source))] == []

    @pytest.mark.parametrize(
        ("source", "address"),
        [
            (
                "Amazon Cognito user pools API Reference, CreateGroup",
                "cognito-user-identity-pools/latest/APIReference/API_CreateGroup.html",
            ),
            (
                "Amazon Cognito identity pools API Reference, RoleMapping",
                "cognitoidentity/latest/APIReference/API_RoleMapping.html",
            ),
            (
                "AWS Identity and Access Management User Guide, Policy evaluation logic",
                "IAM/latest/UserGuide/reference_policies_evaluation-logic.html",
            ),
        ],
    )
    def test_an_address_is_of_the_page_that_is_named(self, source: str, address: str) -> None:
        assert f"(https://docs.aws.amazon.com/{address})" in link_sources(source)

    def test_a_longer_name_is_not_cut_off(self) -> None:
        source = (
            "AWS Identity and Access Management User Guide, IAM JSON policy elements: Condition operators"
        )
        assert link_sources(source).startswith(f"[{source}](")

    def test_other_text_remains(self) -> None:
        assert link_sources("two published tokens") == "two published tokens"


def test_a_check_lists_the_modules_that_name_it_by_its_module() -> None:
    assert "used in [cognito_claims/pool/_audit/settings.py]" in format_check(EMPTY_GROUP)


def test_rules_questions_and_checks_link_each_other() -> None:
    questions = {one.id: one for part in QUESTIONS_BY_PART.values() for one in part}
    rules = {one.id: one for part in RULES_BY_PART.values() for one in part}
    for rule, question in QUESTIONED.items():
        assert f"[{question}](../questions/{question}.md)" in format_rule(rules[rule])
        assert f"[{rule}](../rules/{rule}.md)" in format_question(questions[question])
    assert "Open question" not in format_rule(TIE_DIFFERING_ROLES)
    assert "**Open questions:** [null-precedence](../questions/null-precedence.md)" in format_check(
        OPEN_QUESTION
    )
    assert "Open question" not in format_check(EMPTY_GROUP)


def test_links_of_a_release_lead_to_its_tag(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def git(*arguments: str) -> None:
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.com")
        subprocess.run(["git", *identity, *arguments], check=True, cwd=tmp_path)

    git("init", "--quiet")
    git("commit", "--quiet", "--allow-empty", "--message=a")
    monkeypatch.setenv(PUBLISHED, "1")
    assert find_revision(tmp_path) == "main"
    git("tag", "v1.0.0")
    assert find_revision(tmp_path) == "v1.0.0"
    monkeypatch.delenv(PUBLISHED)
    assert find_revision(tmp_path) == "main"


def test_a_cell_shows_html_or_text() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# Title"]},
        {
            "cell_type": "code",
            "source": ["1 + 1"],
            "outputs": [
                {"data": {"text/plain": ["2"]}},
                {"data": {"text/html": ["<p>"]}},
                {"text": ["x\n"]},
            ],
        },
    ]
    html = '```{raw} html\n<div class="output"><p></div>\n```'
    assert render_markdown({"cells": cells}) == (
        f"# Title\n\n```python\n1 + 1\n```\n\n```text\n2\n```\n\n{html}\n\n```text\nx\n```\n"
    )


def test_every_version_is_published_and_listed(tmp_path: Path) -> None:
    def build(name: str) -> Path:
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").write_text(name)
        return tmp_path / name

    out = tmp_path / "out"
    publish(out, ["v0.2.0", "v0.1.0"], build, latest=build("newest"))
    assert (out / "latest" / "index.html").read_text() == "newest"
    assert (out / "v0.1.0" / "index.html").read_text() == "v0.1.0"
    listed = json.loads((out / "versions.json").read_text())
    assert [one["version"] for one in listed] == ["latest", "v0.2.0", "v0.1.0"]
    assert all((out / one["url"] / "index.html").is_file() for one in listed)
    assert [*find_broken_links(out)] == []
    assert f'<link rel="canonical" href="{URL}">' in (out / "index.html").read_text()
