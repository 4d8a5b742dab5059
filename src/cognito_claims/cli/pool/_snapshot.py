"""What the commands about pools share: snapshots, opened or not."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir

import typer

from cognito_claims.cli._exit import ExitCode, stop
from cognito_claims.errors import CognitoClaimsError, PaginationError
from cognito_claims.pool import Snapshot


@contextmanager
def told() -> Generator[None, None, None]:
    """Stop with what is wrong with tables, or what could not be written, or if interrupted."""
    try:
        yield
    except KeyboardInterrupt:
        stop(ExitCode.INTERRUPTED, ["interrupted"])
    except PaginationError:
        raise
    except (CognitoClaimsError, ImportError) as error:
        stop(ExitCode.BAD_INPUT, str(error).splitlines())
    except OSError as error:
        if type(error).__module__.startswith("botocore"):
            raise  # its time-outs are of this kind too
        place = error.filename or f"a file, or what is put off to {gettempdir()}"
        stop(ExitCode.NOT_WRITTEN, [f"{place}: {error.strerror}"])
    except Exception as error:
        if str(error) == "Query interrupted":  # what DuckDB makes of Ctrl-C, a RuntimeError
            stop(ExitCode.INTERRUPTED, ["interrupted"])
        if _is_of_a_database(error):
            stop(ExitCode.NOT_WRITTEN, [str(error).partition("\n")[0]])
        raise


def _is_of_a_database(error: Exception) -> bool:
    # By its name, since DuckDB may be missing.
    return type(error).__module__.strip("_").partition(".")[0] == "duckdb"


def opened(path: Path) -> Snapshot:
    """Open a snapshot, or stop."""
    with told():
        return Snapshot.open(path)


def keep_whole(snapshot: Path, *outputs: Path | None) -> None:
    """Refuse to write over a file of a snapshot, or two things into one file."""
    paths = [output.resolve() for output in outputs if output is not None]
    for path in paths:
        if path.parent == snapshot.resolve():
            raise typer.BadParameter(f"{path}: is in the snapshot, which is to stay as it is")
    if len({*paths}) < len(paths):
        raise typer.BadParameter("two files are one")
