"""Build the website of every release, and of the working tree as `latest`, into build/versions.

    python -m tools.website.versions

Each version has a folder. `versions.html` lists them, `versions.json` does so for programs, and the root
leads to `latest`. A release is built by its own tools, in a worktree of its tag.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

from tools.website import PUBLISHED, ROOT, SITE, URL

VERSIONS = ROOT / "build" / "versions"
WORKTREES = ROOT / "build" / "releases"


def list_releases() -> list[str]:
    """Return the tags of releases, the newest first."""
    command = ["git", "tag", "--list", "v*", "--sort=-version:refname"]
    return subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True).stdout.split()


def build_release(tag: str) -> Path:
    """Build the website of a release, and return its folder."""
    worktree = WORKTREES / tag
    if not worktree.exists():
        command = ["git", "worktree", "add", "--detach", str(worktree), tag]
        subprocess.run(command, check=True, cwd=ROOT, capture_output=True)
    return build_tree(worktree)


def build_tree(tree: Path) -> Path:
    """Build the website of a working tree, and return its folder."""
    environment = {**os.environ, PUBLISHED: "1"}
    subprocess.run(["make", "--no-print-directory", "site"], check=True, cwd=tree, env=environment)
    return tree / SITE.relative_to(ROOT)


def publish(
    out: Path,
    releases: Iterable[str],
    build: Callable[[str], Path] = build_release,
    latest: Path | None = None,
) -> None:
    """Write every version, and the pages that list them."""
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(build_tree(ROOT) if latest is None else latest, out / "latest")
    names = ["latest"]
    for tag in releases:
        shutil.copytree(build(tag), out / tag)
        names.append(tag)
    listed = [{"version": name, "url": f"{name}/"} for name in names]
    (out / "versions.json").write_text(json.dumps(listed, indent=2) + "\n", "utf-8")
    (out / "versions.html").write_text(format_list(names), "utf-8")
    (out / "index.html").write_text(
        format_page(
            "cognito-claims",
            '<p><a href="latest/">Continue to the documentation</a></p>',
            f'<meta http-equiv="refresh" content="0; url=latest/">\n<link rel="canonical" href="{URL}">',
        ),
        "utf-8",
    )


def format_list(names: Iterable[str]) -> str:
    """Return the page that lists the versions."""
    items = "".join(f'<li><a href="{name}/">{name}</a></li>\n' for name in names)
    return format_page("Versions of the documentation", f"<ul>\n{items}</ul>")


def format_page(title: str, body: str, head: str = "") -> str:
    """Return a small page, light or dark as the system is."""
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f'<meta name="color-scheme" content="light dark">\n{head}\n<title>{title}</title>\n'
        "<style>body { font: 1rem/1.5 sans-serif; margin: 2rem }</style>\n"
        f"<main>\n<h1>{title}</h1>\n{body}\n</main>\n</html>\n"
    )


if __name__ == "__main__":
    publish(VERSIONS, list_releases())
    print(f"{len([*VERSIONS.glob('*/index.html')])} versions in {VERSIONS.relative_to(ROOT)}")
