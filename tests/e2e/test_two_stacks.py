"""Two stacks side by side in one account: each has its own things, and one goes without hurting the other."""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from local.stacks import deploy, remove
from tests.e2e.commands import thingsync
from tests.e2e.deployed import deployed
from tests.e2e.deploying import RIGHTS, configured_by_hand
from tests.e2e.field import Simulator, Stack, eventually
from tests.e2e.test_bulk import reported, rows, written
from tests.e2e.test_changes import on_servers
from tests.e2e.test_trouble import attributes_of

SECOND = "second"
MESSAGES = {"join_accept", "uplink_message"}
OWN_KEY = f"NNSXS.SECOND.{uuid.uuid4().hex.upper()}"
SECRET = f"thingsync/{SECOND}/application-api-key"


@pytest.fixture(scope="module")
def second(simulator: Simulator) -> Iterator[Stack]:
    """A stack that keeps devices, with an API key of its own, which the first test revokes and replaces."""
    simulator.control("POST", "api-keys", {"key": OWN_KEY, "rights": RIGHTS})
    with deployed(SECOND, {"ApplicationApiKey": OWN_KEY, "DeletePolicy": "Retain", "AdoptedDevices": "Write"}) as stack:
        yield stack


def alarms_of(stack: Stack) -> set[str]:
    """Return the logical IDs of the stack's alarms that are in force."""
    in_force = boto3.client("cloudwatch").describe_alarms(StateValue="ALARM", AlarmNamePrefix=f"{stack.name}-")
    return {alarm["AlarmName"].split("-")[1] for alarm in in_force["MetricAlarms"]}


def test_a_revoked_key_raises_its_alarms_and_is_fixed_by_the_secret_and_a_redrive(
    second: Stack, simulator: Simulator, run_id: str
):
    thing_name, dev_eui = f"{run_id}-key", f"70B3D57E{run_id.upper()}"
    simulator.control("DELETE", "api-keys", {"key": OWN_KEY})

    second.create_thing(thing_name, attributes_of(dev_eui, stackName=SECOND))
    failed = second.settled(thing_name)
    second.wait_until_quiet()
    alarms = eventually(lambda: both if len(both := alarms_of(second)) > 1 else None, "alarms on a refused key")
    messages = second.inspect_dead_letters()
    refused = configured_by_hand(SECOND)
    boto3.client("secretsmanager").put_secret_value(SecretId=SECRET, SecretString=os.environ["TTS_API_KEY"])
    accepted = configured_by_hand(SECOND)
    second.redrive()
    second.wait_until_quiet()

    attributes = {name: value["StringValue"] for name, value in messages[0]["MessageAttributes"].items()}
    assert (failed["status"], failed["error"]["name"]) == ("failed", "AccessDeniedError")
    assert attributes["ErrorName"] == "AccessDeniedError"
    assert attributes["ExecutionArn"].startswith(second.state_machine_arn.replace(":stateMachine:", ":execution:"))
    assert alarms == {"FailedRunsAlarm", "AccessDeniedAlarm"}
    assert refused["errorType"] == "AccessDeniedError"
    assert accepted["Status"] == "SUCCESS"
    assert second.settled(thing_name)["deviceId"] == f"eui-{dev_eui.lower()}"


def test_each_stack_registers_its_own_things_and_leaves_the_others_alone(stack: Stack, second: Stack, run_id: str):
    first_thing, second_thing = f"{run_id}-one", f"{run_id}-two"

    stack.create_thing(first_thing, attributes_of(f"70B3D57A{run_id.upper()}"))
    stack.create_thing(second_thing, attributes_of(f"70B3D579{run_id.upper()}", stackName=SECOND))
    stack.settled(first_thing)
    second.settled(second_thing)
    stack.wait_until_quiet()
    second.wait_until_quiet()

    assert (len(stack.log_lines(first_thing)), len(stack.log_lines(second_thing))) == (1, 0)
    assert (len(second.log_lines(first_thing)), len(second.log_lines(second_thing))) == (0, 1)


def test_a_stack_that_retains_releases_a_deleted_things_device(second: Stack, simulator: Simulator, run_id: str):
    second.create_thing(run_id, attributes_of(f"70B3D575{run_id.upper()}", stackName=SECOND))
    registered = second.outcome(run_id, "CREATED")
    held = on_servers(simulator, registered["deviceId"])

    second.iot.delete_thing(thingName=run_id)

    released = second.outcome(run_id, "DELETED")
    assert (released["outcome"], released["deviceId"]) == ("released", registered["deviceId"])
    assert None not in held.values()
    assert on_servers(simulator, registered["deviceId"]) == held


def test_a_thing_that_is_handed_to_another_stack_takes_its_device_along(
    stack: Stack, second: Stack, simulator: Simulator, run_id: str
):
    attributes = attributes_of(f"70B3D576{run_id.upper()}")
    stack.create_thing(run_id, attributes)
    registered = stack.outcome(run_id, "CREATED")
    held = on_servers(simulator, registered["deviceId"])

    stack.update_thing(run_id, {**attributes, "stackName": SECOND})

    released, taken_up = stack.outcome(run_id, "UPDATED", 2), second.outcome(run_id, "UPDATED", 2)
    assert (released["outcome"], released["deviceId"]) == ("released", registered["deviceId"])
    assert (taken_up["outcome"], taken_up["method"]) == ("registered", "adopted")
    assert on_servers(simulator, registered["deviceId"]) == held


def copying_commands() -> str:
    """Return what docs/bulk.md says to copy the secrets with."""
    page = Path("docs/bulk.md").read_text()
    return page.partition("**Copy the secrets.**")[2].partition("```sh\n")[2].partition("```")[0]


def test_a_fleet_whose_keys_are_references_moves_to_another_stack_as_the_docs_say(
    stack: Stack, second: Stack, simulator: Simulator, run_id: str, tmp_path: Path
):
    key, dev_eui = f"{run_id.upper():0>32}".replace("0", "A"), f"70B3D571{run_id.upper()}"
    secrets = boto3.client("secretsmanager")
    arn = secrets.create_secret(Name=f"thingsync/{stack.name}/device/{run_id}", SecretString=f'{{"app": "{key}"}}')[
        "ARN"
    ]
    stack.create_thing(run_id, {**attributes_of(dev_eui), "appKey": f"{arn}#app"})
    stack.outcome(run_id, "CREATED")

    exported = thingsync("export", "--for-stack", second.name)
    header, *lines = exported.stdout.splitlines(keepends=True)
    (tmp_path / "things.csv").write_text(header + "".join(line for line in lines if run_id in line))
    listed = [line for line in exported.stderr.splitlines(keepends=True) if run_id in line]
    (tmp_path / "notes.txt").write_text("".join(listed))
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    subprocess.run(["bash", "-ec", copying_commands()], cwd=tmp_path, env={**os.environ, "PATH": path}, check=True)
    stack.iot.delete_thing(thingName=run_id)
    stack.outcome(run_id, "DELETED")
    imported = thingsync("import", tmp_path / "things.csv", "--stack", second.name, "--yes")

    assert listed == [f"secret thingsync/{stack.name}/device/{run_id} -> thingsync/{second.name}/device/{run_id}\n"]
    assert imported.returncode == 0, imported.stdout + imported.stderr
    assert second.outcome(run_id, "CREATED")["method"] == "created"
    assert simulator.state()["js"][f"demo-app/eui-{dev_eui.lower()}"]["root_keys"] == {"app_key": {"key": key}}


def test_a_stack_that_is_removed_takes_its_webhook_and_leaves_the_type_the_events_and_the_other_stack(
    stack: Stack, simulator: Simulator, run_id: str
):
    before = set(simulator.state()["webhooks"])
    deploy("third")
    beside = set(simulator.state()["webhooks"]) - before

    remove("third")
    stack.create_thing(f"{run_id}-still", attributes_of(f"70B3D578{run_id.upper()}"))

    iot = boto3.client("iot")
    assert [webhook.startswith("demo-app/third-") for webhook in beside] == [True]
    assert set(simulator.state()["webhooks"]) == before
    assert stack.settled(f"{run_id}-still")["status"] == "registered"
    assert iot.describe_thing_type(thingTypeName="lorawan")["thingTypeName"] == "lorawan"
    assert iot.describe_event_configurations()["eventConfigurations"]["THING"] == {"Enabled": True}


def test_a_stack_mirrors_on_what_it_is_deployed_with_and_is_removed_without_its_webhook(simulator: Simulator):
    def reported() -> list[set[str]]:
        webhooks = simulator.state()["webhooks"].items()
        return [webhook.keys() & MESSAGES for name, webhook in webhooks if name.startswith("demo-app/fourth-")]

    found = []
    for mirror_on in ("Join", "Off", "JoinAndUplink", "Off"):
        deploy("fourth", {"MirrorOn": mirror_on})
        found.append(reported())
    again = configured_by_hand("fourth")
    remove("fourth")

    assert found == [[{"join_accept"}], [], [MESSAGES], []]
    assert "MirrorOn is Off" in again["Reason"]
    assert reported() == []


def test_an_import_reports_a_device_that_was_there_and_overwrites_it_only_where_the_stack_allows_that(
    stack: Stack, second: Stack, simulator: Simulator, run_id: str, tmp_path: Path
):
    [row] = rows(run_id, 1)
    dev_eui, join_eui, name, plan, *_, key = row
    ids = {"device_id": f"{run_id}-old", "dev_eui": dev_eui, "join_eui": join_eui}
    simulator.register(*ids.values(), name="Theirs")
    radio = {
        "lorawan_version": "MAC_V1_0_2",
        "lorawan_phy_version": "PHY_V1_0_2_REV_B",
        "frequency_plan_id": "EU_863_870",
    }
    written_there: dict[str, dict] = {
        "js": {"root_keys": {"app_key": {"key": "D" * 32}}},
        "ns": {"supports_join": True, **radio},
        "as": {},
    }
    for server, values in written_there.items():
        body = {"end_device": {"ids": ids, **values}, "field_mask": {"paths": [*values] or ["ids.dev_eui"]}}
        simulator.call("PUT", f"{server}/applications/demo-app/devices/{run_id}-old", body)
    file = written(tmp_path / "devices.csv", [row])

    refused = thingsync("import", file, "--yes", "--overwrite")
    imported = thingsync("import", file, "--yes", "--stack", SECOND)
    [before] = reported(file)
    held = on_servers(simulator, f"{run_id}-old")
    done = thingsync("import", file, "--yes", "--overwrite", "--stack", SECOND)
    [after] = reported(file)
    written_to = on_servers(simulator, f"{run_id}-old")

    assert (refused.returncode, "AdoptedDevices is NamesOnly" in " ".join(refused.stderr.split())) == (2, True)
    assert (imported.returncode, before["outcome"], before["device"]) == (1, "adopted", f"{run_id}-old"), (
        imported.stderr
    )
    for text in ("name: the device has 'Theirs'", "frequencyPlanID: the device has EU_863_870;", "appKey: whether"):
        assert text in before["reason"]
    assert (held["is"]["name"], held["js"]["root_keys"]["app_key"]["key"]) == ("Theirs", "D" * 32)
    assert key not in before["reason"]
    assert (done.returncode, after["outcome"]) == (0, "adopted"), done.stderr
    assert written_to["is"]["name"] == name.replace(" ", "_")
    assert written_to["js"]["root_keys"]["app_key"]["key"] == key
    assert written_to["ns"]["frequency_plan_id"] == plan
