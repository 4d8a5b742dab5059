"""The links of the built pages: each leads to a place on a page, and no resource is another host's."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urldefrag, urlsplit

RESOURCES: Final = {(tag, "src") for tag in ("iframe", "img", "script", "source")} | {("object", "data")}
"""The attributes from which a browser loads a resource."""

LOADED: Final = {"dns-prefetch", "icon", "modulepreload", "preconnect", "prefetch", "preload", "stylesheet"}
"""The relations of a `link` that a browser loads."""


@dataclass
class PageLinks(HTMLParser):
    """What a page links to, what it loads, and the places that can be linked."""

    links: list[str] = field(default_factory=list[str])
    loaded: list[str] = field(default_factory=list[str])
    places: set[str] = field(default_factory=set[str])

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect the links, resources and ids of an element."""
        values = {name: value or "" for name, value in attrs}
        self.places |= {values[name] for name in ("id", "name") if name in values}
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if tag == "link" and LOADED & {*values.get("rel", "").split()}:
            self.loaded.append(values["href"])
        self.loaded += [values[name] for element, name in RESOURCES if element == tag and name in values]


def find_broken_links(site: Path, planned: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield a line for each link that leads nowhere, and for each resource of another host.

    The paths in `planned` are written later, by other tools.
    """

    @cache
    def read(path: Path) -> PageLinks:
        page = PageLinks()
        page.feed(path.read_text("utf-8"))
        return page

    for path in sorted(site.rglob("*.html")):
        name = path.relative_to(site).as_posix()
        if name.startswith(planned):
            continue
        page = read(path)
        for url in page.loaded:
            if urlsplit(url).scheme not in ("", "data") or urlsplit(url).netloc:
                yield f"{name}: loads {url}"
        for url in (*page.links, *page.loaded):
            target, place = urldefrag(url)
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            file = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if f"{os.path.relpath(file, site)}/".startswith(planned):
                continue
            file = file / "index.html" if file.is_dir() else file
            if not file.is_file():
                yield f"{name}: {url}: no such file"
            elif place and file.suffix == ".html" and unquote(place) not in read(file).places:
                yield f"{name}: {url}: no such place"
