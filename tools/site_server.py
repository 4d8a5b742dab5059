"""A server of the site at 127.0.0.1, which answers as a web host does."""

import gzip
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


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
        """Send a file, in gzip if the browser accepts it."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() and self.path.endswith("/") else path
        compressed = "gzip" in self.headers.get("Accept-Encoding", "") and is_compressible(path)
        if not (path.is_file() and compressed):
            super().do_GET()
            return
        body = compress(path)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def end_headers(self) -> None:
        """Let the browser ask for each file again, since a build may have changed it."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002, the name of the base class
        """Log nothing."""


def is_compressible(path: Path) -> bool:
    """Return whether hosts compress a file of this type."""
    return path.suffix not in (".whl", ".zip", ".png")


def compress(path: Path) -> bytes:
    """Return the file in gzip, compressed once for each version of it."""
    return _compress(path, path.stat().st_mtime_ns)


@cache
def _compress(path: Path, _modified: int) -> bytes:
    return gzip.compress(path.read_bytes(), 6)


def start_server(site: Path, port: int = 0) -> ThreadingHTTPServer:
    """Return a server of a site at 127.0.0.1. It compresses large files before it is ready."""
    server = ThreadingHTTPServer(("127.0.0.1", port), partial(Handler, directory=str(site)))
    for path in filter(is_compressible, (site / "playground").rglob("*.*m*")):
        compress(path)
    return server
