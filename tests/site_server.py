"""The built website, served on loopback."""

import fcntl
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from tools.site_server import start_server
from tools.website import ROOT, SITE
from tools.website.inputs import compute_digest, read_digest


def build_once() -> None:
    """Build the website, unless it was built from the same files, perhaps by another process."""
    (ROOT / "build").mkdir(exist_ok=True)
    with (ROOT / "build" / "website.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if read_digest() != compute_digest():
            subprocess.run(["make", "--no-print-directory", "docs"], check=True, cwd=ROOT)


@contextmanager
def serve(folder: Path = SITE) -> Generator[str]:
    """Serve a folder, and yield its URL."""
    server = start_server(folder)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()
