"""`cognito-claims access` on a terminal, where it shows the access as boxes."""

import json
import os
import pty
import re
import subprocess
import sys
from contextlib import redirect_stdout, suppress
from io import StringIO
from pathlib import Path

import pytest

from cognito_claims.cli._app import app
from cognito_claims.cli._exit import ExitCode
from tests.samples import POOL
from tests.test_access import ADMIN, GROUPS, OTHER_ID, build_pool, build_role, trust


class Terminal(StringIO):
    """A terminal with an encoding."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


class TestATerminal:
    ARGUMENTS = (
        "access",
        "--groups",
        "groups.json",
        "--identity-pool",
        "pool.json",
        "--roles",
        "admin.json",
        "--user-pool",
        "user-pool.json",
    )

    @pytest.fixture(autouse=True)
    def _files(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        contents = {
            "groups": {"Groups": GROUPS},
            "pool": build_pool(),
            "admin": build_role(ADMIN, trust(OTHER_ID)),
            "user-pool": {"UserPool": {"Id": POOL}},
        }
        for name, content in contents.items():
            (tmp_path / f"{name}.json").write_text(json.dumps(content))
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setenv("COLUMNS", "100")

    def show(self, encoding: str = "utf-8") -> str:
        terminal = Terminal()
        terminal.encoding = encoding
        with redirect_stdout(terminal), pytest.raises(SystemExit) as caught:
            app(self.ARGUMENTS)
        assert caught.value.code == ExitCode.NEGATIVE_RESULT
        return remove_styles(terminal.getvalue())

    def test_shows_boxes_and_then_the_text(self) -> None:
        boxes, _, text = self.show().partition("\n\n")
        lines = boxes.splitlines()
        assert lines[0].startswith("╭─ User ─")
        assert {len(line) for line in lines if line.startswith(("╭", "│", "╰"))} == {80}
        assert "  ↓ is in" in lines
        assert any(line.startswith("│ ▌ admins  precedence 0, decides") for line in lines)
        assert any(line.startswith("│ ✗ It does not admit the identity pool") for line in lines)
        assert text.startswith(f"Handed out: {ADMIN}\n")

    def test_fits_a_narrow_terminal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COLUMNS", "40")
        boxes, _, _ = self.show().partition("\n\n")
        assert {len(line) for line in boxes.splitlines() if line.startswith("│")} == {40}

    def test_shows_the_text_alone_where_lines_cannot_be_drawn(self) -> None:
        assert self.show("latin-1").startswith(f"Handed out: {ADMIN}\n")

    def test_names_are_no_markup(self, tmp_path: Path) -> None:
        groups = [{**GROUPS[0], "GroupName": "[red]staff[/red]"}, *GROUPS[1:]]
        (tmp_path / "groups.json").write_text(json.dumps(groups))
        assert "│   [red]staff[/red]  precedence 5, outranked" in self.show()

    @pytest.mark.slow
    def test_may_be_a_real_one(self) -> None:
        ours, its = pty.openpty()
        command = [str(Path(sys.executable).parent / "cognito-claims"), *self.ARGUMENTS]
        with subprocess.Popen(command, stdout=its, stderr=its) as run:
            os.close(its)
            seen = b""
            with suppress(OSError):  # the other end is closed
                while chunk := os.read(ours, 4096):
                    seen += chunk
        os.close(ours)
        assert run.returncode == ExitCode.NEGATIVE_RESULT
        assert remove_styles(seen.decode()).replace("\r", "") == self.show()


def remove_styles(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)
