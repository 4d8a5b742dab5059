"""The website: the documentation, with a page for each rule, question, check and module, as HTML."""

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
