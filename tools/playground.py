"""Build, serve and measure the playground, a page that runs this package in the browser.

python -m tools.playground build            writes build/site/playground/
python -m tools.playground serve            builds it, and serves it at 127.0.0.1
python -m tools.playground measure          prints its sizes and how long it takes to load
"""

import argparse
import fcntl
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from playground import page
from tools.site_server import compress, is_compressible, start_server

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
def _lock() -> Generator[None]:
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
        info = _unpack_pyodide(get_package(pyodide), target / "pyodide")
    for pattern in ASSETS:
        for path in sorted(SOURCE.glob(pattern)):
            shutil.copy(path, target)
    loaded = [*(target / "pyodide").glob("*.[wz]*"), *wheels.iterdir(), target / "page.py"]
    examples = json.loads((SOURCE / "examples.json").read_text("utf-8"))
    manifest: dict[str, object] = {
        "answer": evaluate_example(examples[0]),
        "description": json.loads(page.describe()),
        "lock": {"info": info, "packages": {}},
        "size": sum(path.stat().st_size for path in loaded),
        "wheels": sorted(f"wheels/{path.name}" for path in wheels.iterdir()),
    }
    (target / "build.json").write_text(json.dumps(manifest), "utf-8")
    parts = json.loads(
        _run(
            "node",
            str(SOURCE / "prerender.mjs"),
            text=json.dumps({"build": manifest, "examples": examples}),
        )
    )
    html = (target / "index.html").read_text("utf-8")
    (target / "index.html").write_text(re.sub("<!-- (.*?) -->", lambda part: parts[part[1]], html), "utf-8")
    return target


def _unpack_pyodide(path: Path, target: Path) -> object:
    """Unpack what the page loads, and return what Pyodide's list of packages says about itself."""
    target.mkdir()
    with tarfile.open(path) as archive:
        for name in PYODIDE:
            (target / name).write_bytes(_read_member(archive, name))
        return json.loads(_read_member(archive, "pyodide-lock.json"))["info"]


def _read_member(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(f"package/{name}")
    if file is None:
        raise SystemExit(f"{name} is no file in the package pyodide")
    return file.read()


def evaluate_example(example: dict[str, object]) -> object:
    """Return the answer to an example, which the page shows before Python runs in it."""
    return json.loads(page.evaluate(json.dumps(example["state"])))


def serve(port: int) -> None:
    """Serve the site until it is interrupted."""
    with start_server(SITE, port) as server:
        print(f"http://127.0.0.1:{server.server_port}/playground/ (Ctrl-C ends it)", flush=True)
        with suppress(KeyboardInterrupt):
            server.serve_forever()


def measure() -> None:
    """Print the size of each file, and how long the page takes to load in Chromium."""
    folder = SITE / "playground"
    files = sorted(
        (path for path in folder.rglob("*") if path.is_file()), key=lambda path: -path.stat().st_size
    )
    sizes = {path: (path.stat().st_size, get_transfer_size(path)) for path in files}
    for path, (raw, compressed) in sizes.items():
        print(f"{raw:>12,} {compressed:>12,}  {path.relative_to(folder)}")
    raw, compressed = map(sum, zip(*sizes.values(), strict=True))
    print(f"{raw:>12,} {compressed:>12,}  bytes in all, and as they are sent")
    for number in range(1, 4):
        print(f"{time_load():.1f} s until the page has an answer of its own, run {number}")


def get_transfer_size(path: Path) -> int:
    return len(compress(path)) if is_compressible(path) else path.stat().st_size


def time_load() -> float:
    """Return the seconds until Python runs in a new browser, from the server at 127.0.0.1."""
    from tests.chromium import launch  # requires Playwright, which building does not

    with start_server(SITE) as server, launch() as browser:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = browser.new_page()
        start = time.perf_counter()
        page.goto(f"http://127.0.0.1:{server.server_port}/playground/")
        page.locator("[data-action=read]:enabled").wait_for(timeout=120_000)
        elapsed = time.perf_counter() - start
        server.shutdown()
    return elapsed


def main() -> None:
    """Run a command."""
    parser = argparse.ArgumentParser(prog="python -m tools.playground", description=__doc__)
    parser.add_argument("command", choices=["build", "serve", "measure"])
    parser.add_argument("--port", type=int, default=8000, help="of serve; 0 chooses one (default: 8000)")
    arguments = parser.parse_args()
    build()
    if arguments.command == "serve":
        serve(arguments.port)
    elif arguments.command == "measure":
        measure()


if __name__ == "__main__":
    main()
