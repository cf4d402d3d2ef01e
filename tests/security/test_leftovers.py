"""Who reads the operator's disk finds nothing of an import, however it ended."""

import contextlib
import csv
import os
import pathlib
import signal
import socket
import subprocess
import sys

import pytest

from operate.app import exit_on_signals
from tests.bulk_samples import DEVICE, dev_eui, device_row, written
from tests.contract.operate import conftest as scene
from tests.contract.operate.fleet import registration
from tests.samples import registered_device

field, simulator, fleet = scene.field, scene.simulator, scene.fleet
ENDINGS = (signal.SIGTERM, signal.SIGHUP)
# More than SQLite keeps in memory.
ROWS = 200_000
GROWING = f"""
from workflows.adapters.scratch import ScratchDatabase
class Things(ScratchDatabase):
    TABLES = ("CREATE TABLE things (line INTEGER PRIMARY KEY, thing_name TEXT)",)
with Things.opened() as things:
    database = things._database
    database.executemany("INSERT INTO things VALUES (?, ?)", ((line, "pump " * 20) for line in range({ROWS})))
    print(database.execute("SELECT count(*) FROM things").fetchone()[0], flush=True)
    input()
"""


@contextlib.contextmanager
def _nothing_ignored():
    """A new program inherits what is ignored, of ``nohup`` for one; what is handled is its default again."""
    before = {number: signal.signal(number, lambda *_: None) for number in ENDINGS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def running(*arguments, folder, **variables):
    """Run Python with ``folder`` for its temporary files."""
    environment = os.environ | {"TMPDIR": str(folder), "SQLITE_TMPDIR": str(folder)} | variables
    with _nothing_ignored():
        process = subprocess.Popen(
            [sys.executable, *arguments],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "asked to end"])
def test_what_grows_with_the_fleet_is_on_a_file_that_has_no_name(tmp_path, ending):
    with running("-c", GROWING, folder=tmp_path) as process:
        counted = process.stdout.readline()
        opened = [link.readlink().name for link in _descriptors(process.pid)]
        during = list(tmp_path.iterdir())
        process.send_signal(ending)
        process.wait(30)

    assert counted == f"{ROWS}\n"
    assert len([name for name in opened if name.endswith("(deleted)")]) == 1
    assert (during, list(tmp_path.iterdir())) == ([], [])


def _descriptors(pid):
    return pathlib.Path(f"/proc/{pid}/fd").iterdir()


@pytest.mark.parametrize("number", ENDINGS, ids=lambda number: number.name)
def test_a_command_that_is_asked_to_end_ends_as_one_that_was_interrupted(tmp_path, number):
    """AWS takes the call and never answers."""
    file = written(tmp_path / "devices.csv", [*DEVICE], device_row(1))
    (tmp_path / "temporary").mkdir()
    keys = {"AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any", "AWS_DEFAULT_REGION": "eu-west-1"}
    with socket.create_server(("127.0.0.1", 0)) as aws:
        address = f"http://127.0.0.1:{aws.getsockname()[1]}"
        arguments = ("-m", "operate", "import", str(file))
        with running(*arguments, folder=tmp_path / "temporary", AWS_ENDPOINT_URL=address, **keys) as process:
            aws.settimeout(60)
            call, _ = aws.accept()
            with call:
                process.send_signal(number)
                printed = process.stderr.read()
                process.wait(30)

    assert (process.returncode, printed) == (128 + number, "")
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.fixture
def ending():
    """Take signals as the command's process does."""
    before = {number: signal.getsignal(number) for number in ENDINGS}
    exit_on_signals()
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_an_import_that_is_asked_to_end_says_how_far_it_came(fleet, tmp_path, ending):
    """It gets the signal again and again, which breaks the report off no more than once does."""

    def follows(thing_name):
        if signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:  # else it would end the tests
            os.kill(os.getpid(), signal.SIGTERM)
        return registration(registered_device(device_id=f"eui-{thing_name.lower()}"))

    fleet.when_created = follows
    file = written(tmp_path / "devices.csv", [*DEVICE], *(device_row(number) for number in range(1, 41)))

    done = fleet.call("import", file, "--yes", "--rate", 20)

    with (tmp_path / "devices.csv.report.csv").open(newline="") as report:
        outcomes = {row["thing"]: row["outcome"] for row in csv.DictReader(report)}
    assert done.exit_code == 128 + signal.SIGTERM
    assert outcomes.keys() == {dev_eui(number) for number in range(1, 41)}
    assert "not reached" in outcomes.values()


def test_who_has_signals_ignored_is_left_alone():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        exit_on_signals()
        found = signal.getsignal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)

    assert found is signal.SIG_IGN
