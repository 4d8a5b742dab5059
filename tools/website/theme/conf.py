"""The settings of Sphinx."""

import os

from cognito_claims import __version__
from tools.website import PUBLISHED, REPOSITORY, URL
from tools.website.docstrings import setup

__all__ = ["setup"]

project = "cognito-claims"
author = "the authors of cognito-claims"
copyright = author  # noqa: A001, the setting's name
version = release = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc"]
html_baseurl = URL

myst_heading_anchors = 4
suppress_warnings = ["myst.header"]
"""A generated table may begin with a heading of the second level."""

default_role = "code"
"""Docstrings mark code as Markdown does."""

autodoc_default_options = {"member-order": "bysource"}
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 80
add_module_names = False
toc_object_entries_show_parents = "hide"

_MUTED = (
    "foreground-muted",
    "api-overall",
    "toc-item-text",
    "sidebar-caption-text",
    "api-pre-name",
)


def build_color_variables(
    *, muted: str, border: str, primary: str, link: str, visited: str
) -> dict[str, str]:
    """Return the variables that furo has for these colors."""
    colors = {
        **dict.fromkeys(_MUTED, muted),
        "foreground-border": border,
        "brand-primary": primary,
        "brand-content": link,
        "brand-visited": visited,
        "link": link,
    }
    return {f"color-{name}": color for name, color in colors.items()}


html_theme = "furo"
html_title = "cognito-claims"
html_static_path = ["_static"]
html_context = {"published": PUBLISHED in os.environ}
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_copy_source = True
html_show_sourcelink = False
html_show_sphinx = False
html_theme_options: dict[str, object] = {
    "source_repository": REPOSITORY,
    "source_branch": "main",
    "source_directory": "docs/",
    "top_of_page_buttons": [],
    "footer_icons": [],
    # The tests require a contrast of at least 4.5 to the background.
    "light_css_variables": build_color_variables(
        muted="#5a5c63", border="#6b6d75", primary="#0a4bff", link="#1f4fd8", visited="#7a1fa2"
    ),
    "dark_css_variables": build_color_variables(
        muted="#a5a7ad", border="#9a9ca3", primary="#7aa2ff", link="#8ab0ff", visited="#d6a3ff"
    ),
}
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
exclude_patterns: list[str] = []
templates_path = ["_templates"]
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "sidebar/search.html",
        "sidebar/scroll-start.html",
        "sidebar/navigation.html",
        "sidebar/more.html",
        "sidebar/scroll-end.html",
    ]
}
