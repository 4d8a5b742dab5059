"""Files that appear only when they are complete, and files that only their owner can read."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Generator
from contextlib import contextmanager, suppress
from io import BufferedReader, BufferedWriter
from pathlib import Path
from tempfile import TemporaryDirectory

_NO_FOLLOW: int = getattr(os, "O_NOFOLLOW", 0)  # not on Windows
_NO_WAIT: int = getattr(os, "O_NONBLOCK", 0)


@contextmanager
def replace_file(path: Path, *, private: bool = True) -> Generator[Path, None, None]:
    """Yield a new file to write, and move it to `path` at the end of the block.

    After an error, the file that was at `path` is still there.

    Args:
        path: The file to write or to replace.
        private: Whether only the owner can read it, whatever the umask is.

    Raises:
        OSError: If there is a link or anything else that is not a regular file, or it cannot be written.
    """
    if path.is_symlink():
        raise OSError(errno.ELOOP, "is a link: pass the file that it points to", str(path))
    if path.exists() and not path.is_file():
        raise OSError(errno.EEXIST, "exists and is not a regular file", str(path))
    # In a folder that nobody else can enter, nobody can replace the file by a link before it is moved.
    with _report_path(path), TemporaryDirectory(dir=path.parent, prefix=".cognito-claims-") as scratch:
        partial = Path(scratch, "partial" + path.suffix)
        yield partial
        if private:
            partial.chmod(0o600)
        make_durable(partial)
        partial.replace(path)


@contextmanager
def _report_path(path: Path) -> Generator[None, None, None]:
    """Name the file in an error of the temporary folder beside it."""
    try:
        yield
    except OSError as error:
        if ".cognito-claims-" in str(error.filename):
            raise OSError(error.errno, error.strerror, str(path)) from None
        raise


def create_private_folder(path: Path) -> None:
    """Create a folder that only its owner can enter, or close an existing one to others.

    Raises:
        OSError: If the folder is a link or belongs to another user, or contains such a file.
    """
    for parent in (*reversed(path.absolute().parents), path):
        with suppress(FileExistsError):
            parent.mkdir(mode=0o700)
    for entry in (path, *path.iterdir()):
        if entry.is_symlink():
            raise OSError(errno.ELOOP, "is a link: remove it, or choose a different folder", str(entry))
        if hasattr(os, "geteuid") and entry.lstat().st_uid != os.geteuid():
            raise OSError(errno.EPERM, "belongs to another user: choose a different folder", str(entry))
    if stat.S_IMODE(path.lstat().st_mode) != 0o700:
        path.chmod(0o700)


def identify(path: Path) -> tuple[int, int]:
    """Return what identifies a file or folder, even if another one gets its name."""
    status = path.lstat()
    return status.st_dev, status.st_ino


def create_private_file(path: Path) -> BufferedWriter:
    """Create a file that only its owner can read, in place of one with the same name.

    Raises:
        OSError: If it cannot be created.
    """
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_FOLLOW, 0o600)
    return os.fdopen(descriptor, "wb")


def open_regular_file(path: Path) -> BufferedReader:
    """Open a file to read. A device or a pipe may have no end, so it is refused.

    Raises:
        OSError: If the file is a link or not a regular file, or cannot be read.
    """
    descriptor = os.open(path, os.O_RDONLY | _NO_FOLLOW | _NO_WAIT)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "is not a regular file", str(path))
    return os.fdopen(descriptor, "rb")


def make_durable(path: Path) -> None:
    """Wait until a file, or the list of the files in a folder, is on the disk."""
    if path.is_dir():
        with suppress(PermissionError):  # Windows cannot open a folder
            _sync(os.open(path, os.O_RDONLY))
    else:
        _sync(os.open(path, os.O_RDWR))


def _sync(descriptor: int) -> None:
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
