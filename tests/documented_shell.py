"""The blocks of a page of the documentation, and a shell that runs its commands in order."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]

_BLOCK = re.compile(
    r"(?P<before>(?:[^\n]+\n)*)\n*^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
_SAVED = re.compile(r"\bSave\b.*\sas\s+`([\w.-]+)`", re.DOTALL)

STAND_INS = f"""
python() {{ {shlex.quote(sys.executable)} "$@"; }}
python3() {{ [ "$*" = "-m venv .venv" ] && mkdir -p .venv/bin && : > .venv/bin/activate; }}
pip() {{ [ "$1" = install ]; }}
pbpaste() {{ cat token.txt; }}
aws() {{ {shlex.quote(sys.executable)} {shlex.quote(str(ROOT / "tests" / "aws_cli.py"))} "$@"; }}
"""
"""Functions for commands that no test installs: their arguments are checked, or the AWS CLI is imitated."""


@dataclass(frozen=True)
class Block:
    """A fenced block."""

    language: str
    text: str
    file: str | None
    """The name that the paragraph before it asks the reader to save it as."""


@dataclass(frozen=True)
class Command:
    """A command, and the lines that the page shows below it."""

    line: str
    shown: tuple[str, ...]


@dataclass(frozen=True)
class Run:
    """What a command of a page printed."""

    command: Command
    code: int
    printed: str


def find_blocks(page: str) -> list[Block]:
    """Return the fenced blocks of a page in order."""
    blocks: list[Block] = []
    for found in _BLOCK.finditer(page):
        saved = _SAVED.search(found["before"])
        blocks.append(Block(found["language"], found["text"], saved[1] if saved else None))
    return blocks


def find_commands(block: Block) -> list[Command]:
    """Return the commands of a console block, each with the output that follows it."""
    commands: list[Command] = []
    lines = block.text.replace("\\\n", "").splitlines() if block.language == "console" else []
    for line in lines:
        if line.startswith("$ "):
            commands.append(Command(re.sub(" +", " ", line[2:]), ()))
        else:
            last = commands.pop()
            commands.append(Command(last.line, (*last.shown, line)))
    return commands


def run_page(
    page: str, folder: Path, environment: Mapping[str, str], leave_out: Iterable[str] = ()
) -> list[Run]:
    """Save the files of a page and run its commands, all in one shell, except those that start as given."""
    leave_out = tuple(leave_out)
    script, commands = [STAND_INS], list[Command]()
    for block in find_blocks(page):
        if block.file is not None:
            script.append(f"cat > {block.file} <<'END OF FILE'\n{block.text}END OF FILE\n")
        else:
            for command in find_commands(block):
                if not command.line.startswith(leave_out):
                    out = folder / f".out-{len(commands)}"
                    script.append(f"{{ {command.line}\n}} > {out} 2>&1; echo $? > {out}.code\n")
                    commands.append(command)
    subprocess.run(
        ["bash", "-c", "".join(script)], check=True, cwd=folder, env=environment, stdin=subprocess.DEVNULL
    )
    return [
        Run(
            command,
            int((folder / f".out-{place}.code").read_text()),
            (folder / f".out-{place}").read_text(),
        )
        for place, command in enumerate(commands)
    ]


def matches(shown: Iterable[str], printed: str) -> bool:
    """Return whether a command printed what a page shows, in which `...` stands for any lines."""
    parts = [r"(?:.*\n)*" if line == "..." else f"{re.escape(line.rstrip())} *\n" for line in shown]
    return re.fullmatch("".join(parts), printed) is not None
