"""The Things Stack goes away during an import, or refuses the key: what says so, and what one command does."""

import json
import os
import subprocess
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest

from local.things_stacks import simulator as simulator_process
from tests.e2e.commands import document, interrupted, interruptible, thingsync
from tests.e2e.field import Simulator, Stack, eventually

NO_ANSWER = "The Things Stack does not answer"
COLUMNS = "dev_eui,join_eui,id,lorawan_version,lorawan_phy_version,app_key"
RIGHTS = (
    *("DEVICES_READ", "DEVICES_WRITE", "DEVICES_WRITE_KEYS", "INFO"),
    *("SETTINGS_BASIC", "TRAFFIC_READ", "TRAFFIC_DOWN_WRITE"),
)


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.fixture
def away(simulator: Simulator) -> Iterator[None]:
    """The Things Stack is gone during the test, and back after it."""
    simulator_process().kill()
    yield
    if not simulator_process().running():
        simulator_process().start()


@pytest.fixture
def file(tmp_path: Path, run_id: str) -> Path:
    rows = [
        f"70B3D5{run_id.upper()}{number:02X},0000000000000001,{run_id}-{number},MAC_V1_0_3,PHY_V1_0_3_REV_A,"
        f"{uuid.uuid4().hex.upper()}"
        for number in range(12)
    ]
    path = tmp_path / "devices.csv"
    path.write_text("\n".join([COLUMNS, *rows]))
    return path


@pytest.mark.usefixtures("own_dead_letters", "unhurried_retries", "away")
def test_an_outage_in_an_import_is_named_by_its_progress_by_status_and_by_the_metric_of_the_alarm(
    stack: Stack, file: Path
):
    before = unanswered_calls(stack)

    importing = interruptible("import", str(file), "--yes", "--timeout", "15m")
    said = said_until(f"{NO_ANSWER} (retry ", importing)

    status, fleet = thingsync("status"), document("status")
    one = document("status", things_of(file)[0])
    interrupted(importing)
    simulator_process().start()
    stack.wait_until_quiet()
    thingsync("redrive", "--yes")
    assert f"{NO_ANSWER} (retry " in said
    assert f"{NO_ANSWER} (retry " in words(status.stdout)
    assert (fleet["retrying"]["meaning"], fleet["retrying"]["maxRetries"]) == (NO_ANSWER, 20)
    assert (one["status"], one["retry"]["error"]) == ("in flight", "RegistryUnavailableError")
    assert unanswered_calls(stack) > before
    assert {document("status", thing)["status"] for thing in things_of(file)} == {"registered"}


def said_until(text: str, process: "subprocess.Popen[str]") -> str:
    """Return what the command says until it has said ``text``, or ends."""
    said = ""
    while text not in words(said) and (line := process.stderr.readline()):
        said += line
    return words(said)


def things_of(file: Path) -> list[str]:
    """Things are named by their DevEUIs."""
    return [line.split(",")[0] for line in file.read_text().splitlines()[1:]]


def unanswered_calls(stack: Stack) -> float:
    """Return the sum of what the alarm on outages watches, over all time."""
    found = boto3.client("cloudwatch").get_metric_statistics(
        Namespace="Thingsync",
        MetricName="CallsUnanswered",
        Dimensions=[{"Name": "StackName", "Value": stack.name}],
        StartTime=datetime(2026, 1, 1, tzinfo=UTC),
        EndTime=datetime(2100, 1, 1, tzinfo=UTC),
        Period=60,
        Statistics=["Sum"],
    )
    return sum(point["Sum"] for point in found["Datapoints"])


@pytest.mark.usefixtures("own_dead_letters", "away")
def test_doctor_does_not_blame_the_key_for_an_outage():
    checks = {check["name"]: check for check in document("doctor")["checks"]}

    assert checks["API key"]["found"] == f"not checked, {NO_ANSWER}"
    assert "ClusterAddress" in checks["Identity Server"]["fix"]


@pytest.fixture
def former_key(simulator: Simulator) -> Iterator[str]:
    """Revoke the stack's key. Give it back after the test, to The Things Stack and to the stack."""
    former = os.environ["TTS_API_KEY"]
    simulator.control("DELETE", "api-keys", {"key": former})
    yield former
    grant(simulator, former)
    assert thingsync("key", "rotate", "--yes", "--no-redrive", typed=former).returncode == 0


def grant(simulator: Simulator, key: str) -> None:
    rights = [f"RIGHT_APPLICATION_{right}" for right in RIGHTS]
    simulator.control("POST", "api-keys", {"key": key, "rights": rights})


@pytest.mark.usefixtures("own_dead_letters")
def test_after_a_revoked_key_one_command_writes_a_new_one_and_registers_what_failed(
    stack: Stack, simulator: Simulator, former_key: str, file: Path
):
    new_key = f"NNSXS.{uuid.uuid4().hex.upper()}.SECRET"
    failed = thingsync("import", str(file), "--yes")
    refused = thingsync("key", "rotate", "--yes", typed=f"{new_key}\n")
    grant(simulator, new_key)

    rotated = thingsync("key", "rotate", "--yes", "--json", typed=f"{new_key}\n")

    assert failed.returncode == 1
    assert (refused.returncode, "Nothing was changed." in refused.stderr) == (4, True)
    assert rotated.returncode == 0, rotated.stderr
    found = json.loads(rotated.stdout)
    assert (found["keyWritten"], found["redrive"]["outcomes"]) == (True, {"registered": 12})
    assert any("wrote the webhook" in each for each in found["configured"])
    assert document("status")["deadLetterQueue"]["waiting"] == 0
    written = "".join([refused.stdout, refused.stderr, rotated.stdout, rotated.stderr])
    assert new_key not in written
    assert former_key not in written
    eventually(lambda: stack.is_quiet() or None, "quiet")
