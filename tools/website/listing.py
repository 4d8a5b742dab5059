"""The files that list the pages: `sitemap.xml` and `llms.txt`."""

import re
from pathlib import Path
from xml.sax.saxutils import escape

from tools.website import SOURCE, URL

LEFT_OUT = ("genindex.html", "py-modindex.html", "search.html")
PLAYGROUND = "playground/"
SUMMARY = (
    "`cognito-claims` computes which IAM role a user of an Amazon Cognito user pool gets, and explains why:"
    " a Python library and a command, with typed models of the group API."
)


def write_lists(site: Path) -> None:
    """Write the lists of a built site."""
    pages = sorted(
        path.relative_to(site).as_posix()
        for path in site.rglob("*.html")
        if path.name not in LEFT_OUT and not path.is_relative_to(site / "playground")
    )
    urls = "".join(f"  <url><loc>{escape(URL + page)}</loc></url>\n" for page in (*pages, PLAYGROUND))
    (site / "sitemap.xml").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}</urlset>\n',
        "utf-8",
    )
    (site / "llms.txt").write_text(build_llms_txt(site), "utf-8")


def build_llms_txt(site: Path) -> str:
    """Return the list of pages for language models: each page's Markdown, or HTML, with its title."""
    sections = {"start": [f"- [Playground]({URL}{PLAYGROUND}): the library in the browser"]}
    for source in sorted((site / "_sources").rglob("*.md.txt")):
        path = source.relative_to(site).as_posix()
        page = path.removeprefix("_sources/").removesuffix(".txt")
        title = re.findall("^# (.+)$", (SOURCE / page).read_text("utf-8"), re.MULTILINE)[0].replace("`", "")
        section = "/".join(page.split("/")[:-1]) or "start"
        # The Markdown of a module has no more than a directive.
        target = f"{page.removesuffix('.md')}.html" if section == "reference/api" else path
        sections.setdefault(section, []).append(f"- [{title}]({URL}{target})")
    names = sorted(sections, key=lambda name: (name != "start", name.count("/"), name))
    lists = "\n\n".join(f"## {name}\n\n" + "\n".join(sections[name]) for name in names)
    return f"# cognito-claims\n\n> {SUMMARY}\n\n{lists}\n"
