"""Keys go from things: by the deployed function, once; and a changed key reaches the device before it goes."""

from collections.abc import Iterator

import boto3
import pytest

from local.stacks import deploy
from tests.e2e.deployed import deployed
from tests.e2e.field import Simulator, Stack, eventually
from tests.e2e.test_trouble import attributes_of
from tests.e2e.test_zz_secrecy import journal_items, log_lines

NAME = "keyless"


@pytest.fixture(scope="module")
def keyless() -> Iterator[Stack]:
    with deployed(NAME, {"KeysOnThings": "Remove"}) as stack:
        yield stack


def attributes_after(stack: Stack, thing_name: str, version: int) -> dict[str, str]:
    def seen() -> dict[str, str] | None:
        thing = stack.iot.describe_thing(thingName=thing_name)
        return thing["attributes"] if thing["version"] >= version else None

    return eventually(seen, f"version {version} of {thing_name}")


def test_a_thing_loses_its_key_when_its_device_has_it_and_again_when_it_gets_another(
    keyless: Stack, simulator: Simulator, run_id: str
):
    thing_name, dev_eui = f"keyless-{run_id}", f"70B3D5F0{run_id.upper()}"
    given, changed = (attributes_of(dev_eui, stackName=NAME) for _ in range(2))
    kept = {name: text for name, text in given.items() if name != "appKey"}

    keyless.create_thing(thing_name, given)
    once = attributes_after(keyless, thing_name, 2)
    keyless.outcome(thing_name, "UPDATED", 2)
    keyless.update_thing(thing_name, changed)
    twice = attributes_after(keyless, thing_name, 4)
    last = keyless.outcome(thing_name, "UPDATED", 4)
    keyless.wait_until_quiet()

    assert (once, twice) == (kept, kept)
    assert last["outcome"] == "skipped"
    assert keyless.iot.describe_thing(thingName=thing_name)["version"] == 4
    device = simulator.state()["js"][f"demo-app/eui-{dev_eui.lower()}"]
    assert device["root_keys"]["app_key"]["key"] == changed["appKey"]
    removed = [line["reason"] for line in keyless.log_lines(thing_name) if "KeysOnThings" in line.get("reason", "")]
    assert len(removed) == 2
    texts = dict(log_lines(keyless)) | dict(journal_items())
    assert not [where for where, text in texts.items() if given["appKey"] in text or changed["appKey"] in text]


def test_without_the_parameter_the_function_is_gone_and_keys_stay(keyless: Stack, run_id: str):
    thing_name = f"keeping-{run_id}"
    deploy(NAME, {"KeysOnThings": "Keep"})
    given = attributes_of(f"70B3D5F1{run_id.upper()}", stackName=NAME)

    keyless.create_thing(thing_name, given)
    keyless.outcome(thing_name, "CREATED")
    keyless.wait_until_quiet()

    functions = boto3.client("lambda").list_functions()["Functions"]
    assert [each for each in functions if each["FunctionName"].startswith(f"{NAME}-RemoveKeys")] == []
    assert keyless.iot.describe_thing(thingName=thing_name)["attributes"] == given
