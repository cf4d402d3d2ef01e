"""Labels and the location: what a thing says is merged into what others have written to the same record."""

import pytest

from tests.device_states import complete, holding
from tests.fakes.secrets import FakeDeviceSecrets
from tests.samples import DEVICE_ID, FINGERPRINT_KEY, IDENTITY, IDS, MARK, altered, planned, registered_device
from workflows.domain.attributes import DeviceValues
from workflows.domain.device import IdentityRecord
from workflows.domain.differences import of_values, texts, without
from workflows.domain.mark import why_no_room
from workflows.domain.updating import plan_update
from workflows.errors import DeviceConflictError
from workflows.schemas.thing import examine
from workflows.steps.identity import Identity
from workflows.steps.update import Update

SOLVED = {"frm-payload": {"latitude": 52.5, "longitude": 5.5, "source": "SOURCE_GPS"}}
OWN = {"latitude": 1.5, "longitude": 2.5, "source": "SOURCE_REGISTRY"}
THEIRS = {"site-owner": "water-board"}
BARE = IDENTITY | {"name": "Pump_7"}


def registered(method="created", **values):
    device = registered_device(planned(name="Pump_7", description=None, **values), method=method)
    return device if method == "created" else altered(device, run="")


def updated(attributes, device, *, labels=THEIRS, user=None, unfinished=()):
    """Update a device whose record has these labels, and this location beside a solved one; return its record."""
    record = IdentityRecord(
        IDS,
        DeviceValues(name="Pump_7"),
        {**labels, **(MARK.attributes() if device.is_things_own else {})},
        locations={**SOLVED, **({"user": user} if user else {})},
    )
    stack = holding(complete(planned()) | {"is": record})
    registry = stack.application()
    registry.update_identity(record, [])  # the fake derives the values
    update = plan_update(examine(BARE | attributes), DEVICE_ID, device, unfinished=unfinished)
    outcome = Update(registry, update, MARK, FakeDeviceSecrets({}), lambda: FINGERPRINT_KEY, lambda: None).run()
    return outcome, registry.identity(DEVICE_ID)


def labels_of(record):
    return {key: text for key, text in record.attributes.items() if not key.startswith("aws-")}


PLACE = {"latitude": "1.5", "longitude": "2.5"}
PLACED = {"latitude": 1.5, "longitude": 2.5}


@pytest.mark.parametrize(
    ("said", "before", "user", "expected"),
    [
        pytest.param(PLACE, {}, None, OWN, id="given"),
        pytest.param(PLACE, {}, {"altitude": 58, "source": "X"}, OWN | {"altitude": 58}, id="beside another's height"),
        pytest.param({**PLACE, "altitude": "3"}, PLACED, OWN, OWN | {"altitude": 3}, id="a height more"),
        pytest.param(PLACE, PLACED | {"altitude": 3}, OWN | {"altitude": 3}, OWN, id="a height less"),
        pytest.param({}, PLACED, OWN, None, id="gone"),
        pytest.param({}, PLACED, OWN | {"altitude": 58}, None, id="gone, and another's height with it"),
    ],
)
def test_a_location_is_merged_and_solved_ones_stay(said, before, user, expected):
    _, record = updated(said, registered(**before), user=user)

    assert record.locations == SOLVED | ({"user": expected} if expected else {})


@pytest.mark.parametrize(
    ("said", "before", "there", "unfinished", "expected"),
    [
        pytest.param({"label:room": "12"}, None, THEIRS, (), THEIRS | {"room": "12"}, id="given"),
        pytest.param({}, {"room": "12"}, THEIRS | {"room": "13"}, (), THEIRS, id="gone, also if somebody changed it"),
        pytest.param(
            {"label:room": "12"}, None, {"room": "12", "hall": "1"}, ("label:hall",), {"room": "12"}, id="unfinished"
        ),
        pytest.param({}, None, {"room": "12"}, ("label:room",), {}, id="unfinished, and never said since"),
    ],
)
def test_labels_are_merged_and_others_stay(said, before, there, unfinished, expected):
    _, record = updated(said, registered(labels=before), labels=there, unfinished=unfinished)

    assert labels_of(record) == expected


@pytest.mark.parametrize(
    ("said", "before", "there", "user", "expected"),
    [
        pytest.param({"label:room": "12"}, {}, THEIRS, OWN, (THEIRS | {"room": "12"}, OWN), id="a label more"),
        pytest.param({}, {"labels": {"room": "12"}}, {"room": "12"}, OWN, ({}, OWN), id="the thing's label"),
        pytest.param({}, {"labels": {"room": "12"}}, {"room": "5"}, OWN, ({"room": "5"}, OWN), id="another's label"),
        pytest.param({}, PLACED, THEIRS, OWN, (THEIRS, None), id="the thing's place"),
        pytest.param({}, PLACED, THEIRS, OWN | {"longitude": 9.5}, (THEIRS, OWN | {"longitude": 9.5}), id="moved"),
        pytest.param(
            PLACE, PLACED | {"altitude": 3}, THEIRS, OWN | {"altitude": 4}, (THEIRS, OWN | {"altitude": 4}), id="height"
        ),
    ],
)
def test_of_a_device_of_others_only_what_the_thing_gave_goes(said, before, there, user, expected):
    _, record = updated(said, registered("adopted", **before), labels=there, user=user)

    assert (labels_of(record), record.locations.get("user")) == expected


def test_an_update_says_which_labels_it_writes():
    outcome, _ = updated({"label:room": "13", "label:new": "1"}, registered(labels={"room": "12", "old": "1"}))

    assert outcome.reason == "written: label:new, label:old, label:room"


def test_a_label_that_is_half_written_is_named_for_the_next_update():
    update = plan_update(examine(BARE | {"label:room": "12"}), DEVICE_ID, registered(), unfinished=())

    assert (update.fields, update.may_write) == (("label:",), ("label:room",))


def test_a_record_without_room_says_how_much_to_remove():
    eight = {f"key-{number}": "v" for number in range(7)}
    said = {f"label:room-{number}": "1" for number in range(2)}

    with pytest.raises(
        DeviceConflictError, match=r"has 7 attributes of its own.*adds 5 \(.*room-1.*\)\. Remove at le"
    ) as refused:
        updated(said, registered(), labels=eight)

    assert "at least 2 of its own" in str(refused.value)


def test_labels_that_are_there_already_need_no_more_room():
    seven = {f"key-{number}": "v" for number in range(7)}

    assert why_no_room(seven, [*MARK.attributes(), "key-0"]) is None


def test_a_record_that_is_taken_over_needs_room_for_the_labels_too():
    stack = holding({})
    wanted = IdentityRecord(IDS, DeviceValues(labels={"room": "12"}), MARK.attributes())
    seven = IdentityRecord(IDS, attributes={f"key-{number}": "v" for number in range(7)})

    with pytest.raises(DeviceConflictError, match=r"adds 4 \(aws-stack, aws-thing-id, aws-run, room\)"):
        Identity(stack.application(), wanted, MARK, lambda *_: "not ours").check_room(seven)


def test_each_label_that_an_adopted_device_lacks_is_a_difference_of_its_own():
    said, there = DeviceValues(labels={"room": "12", "hall": "1"}), DeviceValues(labels={"room": "13", "hall": "1"})

    found = texts(of_values(said, there, "is"))

    assert found == ("label:room: the device has '13'",)
    assert without(found, ("label:hall",)) == found
    assert without(found, ("label:room",)) == without(found, ("label:",)) == ()


def test_what_may_be_a_key_is_not_shown():
    key = "9F3A6C0D51E27B84A0C95D1E3F7284B6"

    assert key not in str(of_values(DeviceValues(labels={"room": "12"}), DeviceValues(labels={"room": key}), "is"))
