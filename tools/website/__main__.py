"""Build the website into build/site, and check it.

    python -m tools.website

Nothing is loaded from the network, neither here nor by the pages. Other files of build/site, such as the
playground, stay.
"""

import os
import subprocess
import sys
from collections.abc import Iterable

from tools.website import DOCS, ROOT, SITE, SOURCE, THEME
from tools.website.inputs import compute_digest, write_digest
from tools.website.links import find_broken_links
from tools.website.listing import PLAYGROUND, write_lists
from tools.website.stage import stage

PLANNED = (PLAYGROUND, "../versions.html")
"""What other tools write into build/site, or beside it."""

ACCESSIBLE_TAGS = {
    '<p class="caption" role="heading">': '<p class="caption" role="heading" aria-level="2">',
    '<aside class="sidebar-drawer">': '<aside class="sidebar-drawer" aria-label="All pages">',
    '<aside class="toc-drawer">': '<aside class="toc-drawer" aria-label="This page">',
    '<div id="search-results">': '<h1>Search</h1>\n<div id="search-results">',
}
"""Tags of the theme, and the same with a name or a level."""

CHECKED_FOR_SPELLING = (
    *("CHANGELOG.md", "CONTRIBUTING.md", "README.md"),
    *("conformance", "docs", "examples", "playground", "src", "tools"),
)
NO_MISSPELLINGS = ("alle", "precedense")
"""A group of the vectors in German, and the example of a misspelled key."""


def build() -> None:
    """Write the pages and the lists of pages."""
    stage()
    remove_pages()
    command = [sys.executable, "-m", "sphinx", "--fail-on-warning", "--keep-going", "--quiet"]
    doctrees = SOURCE.with_name("website-doctrees")
    subprocess.run(
        [*command, f"--conf-dir={THEME}", f"--doctree-dir={doctrees}", str(SOURCE), str(SITE)],
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT)))},
    )
    for path in SITE.rglob("*.html"):
        if not path.relative_to(SITE).as_posix().startswith(PLANNED):
            path.write_text(add_names(path.read_text("utf-8")), "utf-8")
    write_lists(SITE)


def add_names(html: str) -> str:
    """Add the names and levels that screen readers need and the theme lacks."""
    for lacking, complete in ACCESSIBLE_TAGS.items():
        html = html.replace(lacking, complete)
    return html


def remove_pages() -> None:
    """Remove the pages of an earlier build, which may no longer have a source."""
    for path in SITE.rglob("*.html"):
        if not path.relative_to(SITE).as_posix().startswith(PLANNED):
            path.unlink()
    (SOURCE.with_name("website-doctrees") / "environment.pickle").unlink(missing_ok=True)


def check_spelling() -> Iterable[str]:
    """Yield a line for each frequent misspelling."""
    options = ("--builtin=clear,rare,en-GB_to_en-US", f"--ignore-words-list={','.join(NO_MISSPELLINGS)}")
    command = [sys.executable, "-m", "codespell_lib", *options]
    done = subprocess.run(
        [*command, *CHECKED_FOR_SPELLING], check=False, cwd=ROOT, capture_output=True, text=True
    )
    return (done.stdout + done.stderr).splitlines()


def main() -> None:
    """Build and check."""
    write_digest("")
    digest = compute_digest()
    build()
    faults = [*find_broken_links(SITE, PLANNED), *check_spelling()]
    for fault in faults:
        print(fault, file=sys.stderr)
    if faults:
        raise SystemExit(f"{len(faults)} faults in the website")
    write_digest(digest)
    pages = [path for path in SITE.rglob("*.html") if not path.is_relative_to(SITE / "playground")]
    print(f"{len(pages)} pages in {SITE.relative_to(ROOT)}, from {DOCS.relative_to(ROOT)} and the code")


if __name__ == "__main__":
    main()
