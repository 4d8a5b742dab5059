"""Copy the documentation and the generated pages to where Sphinx reads them, with links that work there."""

import json
import re
import shutil
from pathlib import Path, PurePosixPath

from tools.notebooks import render_markdown
from tools.website import DOCS, REPOSITORY, ROOT, SOURCE, find_revision
from tools.website.pages import generate_pages

LISTS = {
    "reference/rules.md": "reference/rules",
    "reference/checks.md": "reference/checks",
    "explanation/open-questions.md": "reference/questions",
    "reference/api.md": "reference/api",
}
"""The pages that list generated pages, with the folder of these."""


def stage() -> None:
    """Write the source of the website."""
    shutil.rmtree(SOURCE, ignore_errors=True)
    generated = generate_pages()
    pages = {
        path.relative_to(DOCS).as_posix(): path.read_text("utf-8") for path in sorted(DOCS.rglob("*.md"))
    }
    pages |= {
        path.relative_to(DOCS).with_suffix(".md").as_posix(): render_markdown(
            json.loads(path.read_text("utf-8"))
        )
        for path in DOCS.rglob("*.ipynb")
    }
    for path, text in pages.items():
        write(
            path,
            link_ids(rewrite_links(text, path), path, generated) + build_toctree(path, text, generated),
        )
    for path, text in generated.items():
        write(path, text)
    for picture in DOCS.rglob("*.svg"):
        shutil.copy(picture, SOURCE / picture.relative_to(DOCS))


def write(path: str, text: str) -> None:
    (SOURCE / path).parent.mkdir(parents=True, exist_ok=True)
    (SOURCE / path).write_text(text, "utf-8")


def rewrite_links(text: str, page: str) -> str:
    """Lead links to files outside of the documentation to the repository."""
    revision = find_revision()

    def rewrite(found: re.Match[str]) -> str:
        path = (DOCS / page).parent / found[1]
        if ":" in found[1] or not found[1] or path.resolve().is_relative_to(DOCS):
            return found[0]
        target = path.resolve().relative_to(ROOT)
        kind = "tree" if path.is_dir() else "blob"
        return f"]({REPOSITORY}/{kind}/{revision}/{target.as_posix()}{found[2] or ''})"

    text = re.sub(r"(\]\([^):]+)\.ipynb", r"\1.md", text)
    return re.sub(r"\]\(([^)#\s]*)(#[^)]*)?\)", rewrite, text)


def link_ids(text: str, page: str, generated: dict[str, str]) -> str:
    """Link the ids of rules, questions and checks at the start of rows and list items to their pages."""
    home = PurePosixPath(page).parent
    kinds = ["reference/questions", "reference/rules"] if "open-questions" in page else ["reference/rules"]
    kinds = ["reference/checks"] if page == "reference/checks.md" else kinds

    def link(found: re.Match[str]) -> str:
        for kind in kinds:
            if (target := f"{kind}/{found[2]}.md") in generated:
                up = "../" * len(home.parts)
                return f"{found[1]}[`{found[2]}`]({up}{target})"
        return found[0]

    if not (page in LISTS or page == "how-to/conformance.md" or "/scorecards/" in page):
        return text
    return re.sub(r"^(\| |- )`([a-z-]+)`", link, text, flags=re.MULTILINE)


def build_toctree(page: str, text: str, generated: dict[str, str]) -> str:
    """Return the hidden table of contents that a page needs, if other pages are below it."""
    if page == "index.md":
        tutorial = format_toctree("Tutorial", ["tutorial"])
        return (
            "\n" + tutorial + "".join(map(build_section, re.split(r"^## ", text, flags=re.MULTILINE)[1:]))
        )
    if page in LISTS:
        below = [f"/{path.removesuffix('.md')}" for path in generated if path.startswith(f"{LISTS[page]}/")]
        return "\n" + format_toctree("", below)
    return ""


def build_section(section: str) -> str:
    """Return the table of contents of a section of the index, in the order of its links."""
    title, _, text = section.partition("\n")
    pages = re.findall(r"\]\(([a-z-]+/[a-z/-]+)\.(?:md|ipynb)\)", text)
    return format_toctree(title, pages)


def format_toctree(caption: str, entries: list[str]) -> str:
    head = f":caption: {caption}\n" if caption else ""
    lines = "\n".join(entries)
    return f"\n```{{toctree}}\n:hidden:\n{head}\n{lines}\n```\n"


if __name__ == "__main__":
    stage()
    print(Path(SOURCE))
