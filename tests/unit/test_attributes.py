"""What follows from the table of attributes: whatever a row says is read, written, compared and documented."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from operate.bulk.columns import columns_of
from operate.bulk.exporting import COLUMNS
from tests.device_states import complete, holding
from tests.fakes.secrets import FakeDeviceSecrets
from tests.samples import DEV_EUI, DEVICE_ID, FINGERPRINT_KEY, IDS, MARK, planned, planned_abp, registered_device
from workflows.adapters.things_stack.calls import Calls
from workflows.adapters.things_stack.fields import thing_attributes, values_in
from workflows.domain import labels
from workflows.domain.attributes import (
    ATTRIBUTES,
    NO_KEYS,
    NO_VALUES,
    RADIO,
    VALUES,
    DeviceKeys,
    DeviceValues,
    apart,
    differing,
)
from workflows.domain.device import IdentityRecord
from workflows.domain.thing import ExaminedThing, Thing
from workflows.domain.updating import plan_update
from workflows.schemas.codec import from_plain, to_plain
from workflows.steps.update import Update

PAGE = Path("docs/things.md").read_text()
CALLS = Calls("demo-app", "eu1.example.com")
SAMPLES = {
    str: "a text",
    int: 5,
    float: 5.5,
    bool: True,
    tuple[str, ...]: ("868100000",),
    Mapping[str, str]: {"room": "12"},
}
SAMPLE = {row.name: SAMPLES[kind] for row, kind in zip(VALUES, DeviceValues.kinds().values(), strict=True)}
SAMPLE |= {"payloadFormatter": "FORMATTER_CAYENNELPP"}
WRITES = {
    "is": [
        lambda values: CALLS.create_identity(IdentityRecord(IDS).saying(values, values.given())),
        lambda values: CALLS.update_identity(IdentityRecord(IDS).saying(values, values.given()), list(values.given())),
    ],
    "ns": [
        lambda values: CALLS.set_network(IDS, values),
        lambda values: CALLS.update_network(IDS, values, values.given()),
    ],
    "as": [
        lambda values: CALLS.set_application(IDS, values),
        lambda values: CALLS.update_application(IDS, values, values.given()),
    ],
}
READS = {
    "is": CALLS.read_identity(DEVICE_ID).path,
    "ns": CALLS.read_network(DEVICE_ID).path,
    "as": CALLS.read_application(DEVICE_ID).path,
}
each_attribute = pytest.mark.parametrize("row", ATTRIBUTES, ids=lambda row: row.name)
each_value = pytest.mark.parametrize("row", VALUES, ids=lambda row: row.name)
each_place = pytest.mark.parametrize(
    ("row", "server"),
    [pytest.param(row, server, id=f"{row.name}-{server}") for row in VALUES for server in row.servers],
)


def saying(row):
    return DeviceValues.of({row.name: SAMPLE[row.name]})


# The page's word ► what a row says.
CHANGES = {
    "never": "never",
    "now": "now",
    "next join": "at the next join",
    "next session": "with the next session",
    "another stack takes over": "another stack takes over",
}
ABSENCES = {"stays": "stays", "cleared": "is cleared", "goes": "goes"}
AT_CREATION = "creation only"


def tables(part):
    """The rows of each table in a part of the page, as column ► cell."""
    for table in re.findall(r"(?:^\|.*\n)+", part, re.MULTILINE):
        header, _, *rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()]
        yield from (dict(zip(header, row, strict=True)) for row in rows)


def section(title):
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def quoted(cell):
    return re.findall(r"`([^`<]+)(?:<key>)?`", cell)


LISTED = [row for row in tables(section("Attributes")) if "attribute" in row]
LEGEND = list(tables(section("Changing a thing")))
CELLS = {name: row for row in LISTED for name in quoted(row["attribute"])}


def test_the_page_lists_each_attribute_once():
    listed = [name for row in LISTED for name in quoted(row["attribute"])]

    assert sorted(listed) == sorted(row.name for row in ATTRIBUTES)


@each_attribute
def test_the_page_says_what_becomes_of_it(row):
    cells = CELLS[row.name]

    assert cells["change"] == AT_CREATION if row.is_once else CHANGES[cells["change"]] == row.changes
    assert "removed" not in cells or ABSENCES[cells["removed"]] == row.absence


@pytest.mark.parametrize("row", [row for row in ATTRIBUTES if row.field], ids=lambda row: row.name)
def test_the_page_says_where_it_goes(row):
    fields, _, servers = CELLS[row.name]["in The Things Stack"].partition(": ")

    assert row.field in quoted(fields)
    assert servers.lower().split() == list(row.servers)


@pytest.mark.parametrize("listed", LISTED, ids=lambda listed: listed["attribute"])
def test_the_page_names_the_limits_of_what_is_accepted(listed):
    limits = {limit for pair in re.findall(r"(\d+) to -?(\d+)", listed["accepted"]) for limit in pair}
    rows = [row for row in ATTRIBUTES if row.name in quoted(listed["attribute"])]

    assert limits <= {number for row in rows for number in re.findall(r"\d+", row.accepted)}


def test_the_page_explains_each_word_for_what_becomes_of_an_attribute():
    assert {row["change"] for row in LEGEND if "change" in row} == {*CHANGES, AT_CREATION}
    assert {row["removed"] for row in LEGEND if "removed" in row} == {*ABSENCES}


@each_attribute
def test_it_is_read_from_a_file_by_either_name(row):
    for name in (f"{row.name}room",) if row.name == labels.PREFIX else filter(None, (row.name, row.column)):
        meaning = columns_of((name, *(() if row.name == "devEUI" else ("devEUI",)))).meanings[0]
        assert meaning == (name if row.name == labels.PREFIX else row.name)


@each_attribute
def test_it_is_exported_unless_it_can_only_be_a_secret(row):
    schema = json.loads(Path("operate/json_schemas/export.json").read_text())
    names = schema["patternProperties"] if row.name == labels.PREFIX else schema["properties"]
    name = f"^{row.name}" if row.name == labels.PREFIX else row.name

    assert (name in COLUMNS) == (name in names and row.name != labels.PREFIX)
    assert (name in names) == (row.takes_reference or not row.is_secret)


@each_attribute
def test_the_field_that_holds_it_names_it_when_it_is_refused(row):
    assert not row.field or row.name in thing_attributes(row.field)


@each_place
def test_it_is_sent_to_each_of_its_servers_and_read_from_there(row, server):
    for write in WRITES[server]:
        body: Any = write(saying(row)).body
        assert row.is_once or values_in(body["end_device"], server).given()[row.name] == SAMPLE[row.name]
        assert row.masked in body.get("field_mask", {"paths": [row.masked]})["paths"]
    assert row.is_once or row.masked in READS[server].partition("field_mask=")[2].split(",")


@each_place
def test_another_value_there_is_a_difference(row, server):
    assert set(differing(saying(row), NO_VALUES, server)) == (set() if row.is_once else set(apart(saying(row))))


@each_value
def test_it_goes_through_the_journal(row):
    assert from_plain(DeviceValues, json.loads(json.dumps(to_plain(saying(row)))), "a device") == saying(row)


def changed(row, device):
    thing = Thing(dev_eui=DEV_EUI, values=saying(row).over(device.values))
    return plan_update(ExaminedThing(thing, {}, {}), DEVICE_ID, device, unfinished=())


@each_value
def test_a_change_of_it_is_an_update_of_it_alone(row):
    device = registered_device(method="adopted")

    update = changed(row, device)

    assert (update.fields, update.device.values) == ((row.name,), saying(row).over(device.values))


@pytest.mark.parametrize(
    "row", [row for row in VALUES if row.name not in RADIO and not row.is_once], ids=lambda row: row.name
)
def test_an_update_of_it_reaches_the_device(row):
    device = planned_abp() if row.name == "devAddr" else planned()
    stack = holding(complete(device))
    update = changed(row, registered_device(device))

    Update(stack.application(), update, MARK, FakeDeviceSecrets({}), lambda: FINGERPRINT_KEY, lambda: None).run()

    held = stack.held(DEVICE_ID)
    found = {"is": held["is"].values, "ns": held["ns"].settings.values, "as": held["as"].settings}
    assert {server: found[server].given()[row.name] for server in row.servers} == dict.fromkeys(
        row.servers, SAMPLE[row.name]
    )


def test_keys_are_never_shown():
    assert [row.name for row in DeviceKeys.rows().values() if row.show is not None or not row.is_secret] == []
    assert NO_KEYS.given() == {}
