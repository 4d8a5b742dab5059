"""Build, serve and measure the playground, a page that runs this package in the browser.

python -m tools.playground build            writes build/site/playground/
python -m tools.playground serve            builds it, and serves it at 127.0.0.1
python -m tools.playground measure          prints its sizes and how long it takes to load
"""

import argparse
import fcntl
import gzip
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

from playground import page

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "playground"
SITE = ROOT / "build" / "site"
CACHE = ROOT / "build" / "playground"

ASSETS = ("index.html", "style.css", "examples.json", "page.py", "*.js")
PYODIDE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
PLATFORM = "pyemscripten_2026_0_wasm32"
PYTHON = "3.14"


class Package(NamedTuple):
    """A pinned package."""

    name: str
    version: str
    sha256: str

    @property
    def pattern(self) -> str:
        """The pattern of the file that `npm pack` or `pip download` writes."""
        return f"{self.name.replace('-', '_')}-{self.version}[.-]*"


def read_packages(text: str) -> list[Package]:
    """Return the packages of `packages.txt`."""
    lines = (line.partition("#")[0].split() for line in text.splitlines())
    return [Package(*line) for line in lines if line]


def get_package(package: Package) -> Path:
    """Return the verified file of a package. It is downloaded unless the cache has it."""
    if not any(CACHE.glob(package.pattern)):
        _run(*_get_download_command(package))
    [path] = CACHE.glob(package.pattern)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != package.sha256:
        path.unlink()
        raise SystemExit(f"{path.name}: expected SHA-256 {package.sha256}, got {digest}")
    return path


def _get_download_command(package: Package) -> list[str]:
    if package.name == "pyodide":
        return ["npm", "pack", "--silent", "--pack-destination", str(CACHE), f"pyodide@{package.version}"]
    return [
        *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
        *("--no-deps", "--only-binary=:all:", "--dest", str(CACHE)),
        *("--platform", PLATFORM, "--python-version", PYTHON, "--implementation", "cp"),
        *("--abi", f"cp{PYTHON.replace('.', '')}", f"{package.name}=={package.version}"),
    ]


def _run(*command: str, text: str | None = None) -> str:
    program = shutil.which(command[0])
    if program is None:
        raise SystemExit(f"{command[0]} is missing: install it to build the playground")
    done = subprocess.run(
        [program, *command[1:]], cwd=ROOT, input=text, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command[:3])} failed:\n{done.stderr}")
    return done.stdout


@contextmanager
def _lock() -> Iterator[None]:
    """Let one process at a time build."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def build(site: Path = SITE) -> Path:
    """Write the playground to the folder `playground` of a site, and return that folder."""
    target = site / "playground"
    with _lock():
        pyodide, *packages = read_packages((SOURCE / "packages.txt").read_text())
        shutil.rmtree(target, ignore_errors=True)
        wheels = target / "wheels"
        wheels.mkdir(parents=True)
        for package in packages:
            shutil.copy(get_package(package), wheels)
        _run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(wheels))
        lock = _unpack_pyodide(get_package(pyodide), target / "pyodide")
    for pattern in ASSETS:
        for path in sorted(SOURCE.glob(pattern)):
            shutil.copy(path, target)
    loaded = [*(target / "pyodide").glob("*.[wz]*"), *wheels.iterdir(), target / "page.py"]
    examples = json.loads((SOURCE / "examples.json").read_text("utf-8"))
    manifest = {
        "answer": evaluate_example(examples[0]),
        "description": json.loads(page.describe()),
        "lock": {"info": lock["info"], "packages": {}},
        "size": sum(path.stat().st_size for path in loaded),
        "wheels": sorted(f"wheels/{path.name}" for path in wheels.iterdir()),
    }
    (target / "build.json").write_text(json.dumps(manifest), "utf-8")
    parts = json.loads(
        _run(
            "node", str(SOURCE / "prerender.mjs"), text=json.dumps({"build": manifest, "examples": examples})
        )
    )
    html = (target / "index.html").read_text("utf-8")
    (target / "index.html").write_text(
        re.sub("<!-- (.*?) -->", lambda part: parts[part[1]], html), "utf-8"
    )
    return target


def _unpack_pyodide(path: Path, target: Path) -> dict[str, object]:
    """Unpack what the page loads, and return Pyodide's list of packages."""
    target.mkdir()
    with tarfile.open(path) as archive:
        for name in PYODIDE:
            with archive.extractfile(f"package/{name}") as file:
                (target / name).write_bytes(file.read())
        with archive.extractfile("package/pyodide-lock.json") as file:
            return json.load(file)


def evaluate_example(example: dict[str, object]) -> object:
    """Return the answer to an example, which the page shows before Python runs in it."""
    return json.loads(page.evaluate(json.dumps(example["state"])))


class Handler(SimpleHTTPRequestHandler):
    """Serve files with the types that browsers require, compressed as a web host does."""

    extensions_map = {  # noqa: RUF012, the base class's
        **SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".json": "application/json",
        ".py": "text/plain",
        ".wasm": "application/wasm",
        ".whl": "application/zip",
    }

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() and self.path.endswith("/") else path
        compressed = "gzip" in self.headers.get("Accept-Encoding", "") and is_compressible(path)
        if not (path.is_file() and compressed):
            super().do_GET()
            return
        body = compress(path, path.stat().st_mtime)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


def is_compressible(path: Path) -> bool:
    return path.suffix not in (".whl", ".zip", ".png")


@cache
def compress(path: Path, _modified: float) -> bytes:
    return gzip.compress(path.read_bytes(), 6)


def start_server(site: Path, port: int = 0) -> ThreadingHTTPServer:
    """Return a server of a site at 127.0.0.1. It compresses large files before it is ready."""
    server = ThreadingHTTPServer(("127.0.0.1", port), partial(Handler, directory=str(site)))
    for path in (site / "playground" / "pyodide").glob("*.*m*"):
        compress(path, path.stat().st_mtime)
    return server
