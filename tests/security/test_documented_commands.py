"""What is wanted of an operator who copies a command from the docs: his terminal, a key in the list of processes."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from local.demo import NEXT_STEPS
from operate.safe_output import visible
from tests.security.hostile import ALL_IN_ONE

PAGES = [Path("README.md"), Path("local/README.md"), *sorted(Path("docs").rglob("*.md"))]
SHELL = re.compile(r"^[^\S\n]*```sh\n(.+?)^[^\S\n]*```|`((?:aws|curl) [^`\n]+)`", re.MULTILINE | re.DOTALL)


def documented_commands():
    texts = [NEXT_STEPS, *("".join(found) for page in PAGES for found in SHELL.findall(page.read_text()))]
    return [line for text in texts for line in text.replace("\\\n", " ").splitlines()]


# They print what devices, their users and The Things Stack wrote.
PRINTING = [line for line in documented_commands() if re.search("filter-log-events|curl ", line)]


def test_the_commands_are_found():
    assert len(PRINTING) >= 4


@pytest.mark.parametrize("command", PRINTING)
def test_to_write_to_the_terminal_of_who_copies_a_command(command):
    shown_by = command.rpartition("|")[2].replace("python3", sys.executable).split()
    raw = json.dumps(ALL_IN_ONE, ensure_ascii=False)

    shown = subprocess.run(shown_by, input=raw, capture_output=True, encoding="utf-8", check=True).stdout

    assert visible(raw) != raw
    assert [line for line in shown.split("\n") if visible(line) != line] == []


@pytest.mark.parametrize("command", documented_commands())
def test_to_garble_a_file_or_a_log_by_an_outfile_that_is_the_standard_output(command):
    """The AWS CLI truncates its outfile, then writes its own answer to the standard output."""
    assert "/dev/stdout" not in command


def words_of(command):
    """Return the parts of a pipe that other users see: not those that the shell does itself."""
    return [part.strip() for part in command.split("|") if not part.strip().startswith("echo ")]


@pytest.mark.parametrize("command", documented_commands())
def test_to_read_a_key_in_the_list_of_processes(command):
    for part in words_of(command):
        assert "$TTS_API_KEY" not in part
        assert re.search("--secret-string (?!file://)", part) is None
