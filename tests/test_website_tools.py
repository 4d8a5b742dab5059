"""The tools that build the website: links, lists of pages, and versions."""

import json
from pathlib import Path

import pytest

from cognito_claims.rules import TIE_DIFFERING_ROLES
from tools.notebooks import render_markdown
from tools.website import REPOSITORY, URL
from tools.website.links import find_broken_links
from tools.website.pages import format_rule
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
    assert "- **Source:** Amazon Cognito Developer Guide, Adding groups to a user pool" in page
    assert "defined in [cognito_claims/rules.py]" in page
    assert "[`preferred-role/tie-differing-roles`]" in page
    assert "## Near misses" in page


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
