"""The website: the documentation, with a page for each rule, question, check and module, as HTML."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SOURCE = ROOT / "build" / "website"
"""What Sphinx reads: a copy of the documentation, and the generated pages."""

SITE = ROOT / "build" / "site"
"""What Sphinx writes."""

THEME = Path(__file__).parent / "theme"
REPOSITORY = "https://github.com/cognito-claims/cognito-claims"
URL = "https://cognito-claims.github.io/cognito-claims/latest/"
"""Where the newest version of the website is published."""

PUBLISHED = "COGNITO_CLAIMS_PUBLISHED"
"""The variable that is set while the website of every version is built."""


def find_revision(tree: Path = ROOT) -> str:
    """Return what links to the repository name: the tag of a published release, or else `main`."""
    if PUBLISHED not in os.environ:
        return "main"
    command = ["git", "tag", "--list", "v*", "--points-at", "HEAD"]
    done = subprocess.run(command, check=True, cwd=tree, capture_output=True, text=True)
    return next(iter(done.stdout.split()), "main")
