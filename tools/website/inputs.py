"""What the website is built from."""

from hashlib import sha256

from tools.website import ROOT, SOURCE

FOLDERS = ("docs", "src", "tools")
FILES = (
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "README.md",
    "playground/examples.json",
    "pyproject.toml",
    "requirements/docs.txt",
)
_DIGEST = SOURCE.with_name("website.sha256")


def compute_digest() -> str:
    """Return a digest of the names and contents of all files that the website is built from."""
    paths = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()]
    digest = sha256()
    for path in sorted((*paths, *(ROOT / file for file in FILES))):
        if "__pycache__" not in path.parts:
            content = path.read_bytes()
            digest.update(f"{path.relative_to(ROOT)} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def read_digest() -> str:
    """Return the digest of the files that build/site was built from; empty if it was not."""
    return _DIGEST.read_text() if _DIGEST.exists() else ""


def write_digest(digest: str) -> None:
    """Remember what build/site was built from; empty while it is being built."""
    _DIGEST.parent.mkdir(exist_ok=True)
    _DIGEST.write_text(digest)
