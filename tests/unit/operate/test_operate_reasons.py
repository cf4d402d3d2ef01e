"""Which failures have an equal reason."""

import pytest

from operate.views.failures import FailedThing
from operate.views.reasons import NO_REASON, by_error_and_reason
from tests.journal_samples import START, change

FIRST_EUI, SECOND_EUI = "70B3D57ED0051234", "70B3D57ED0059999"


def failed(message, thing_name="pump-7", error_name="DeviceConflictError", **more):
    given = {"device_id": None, "dev_eui": ""} | more
    return FailedThing(
        thing_name, f"id-{thing_name}", "rejected", error_name, change(), START, message=message, **given
    )


def reasons(*failures):
    return [(each.reason(), len(each.failures)) for group in by_error_and_reason(failures) for each in group.reasons]


@pytest.mark.parametrize(
    ("text", "first", "second", "shown"),
    [
        pytest.param("Thing {} has no plan.", "pump-1", "pump-2", "Thing … has no plan.", id="things"),
        pytest.param("Device {} is taken.", "eui-70b3d57ed0051234", "d-2", "Device … is taken.", id="devices"),
        pytest.param("belong to device {} of", "pump-4", "pump-5", "belong to device … of", id="holders"),
        pytest.param("DevEUI {} is taken.", FIRST_EUI, SECOND_EUI.lower(), "DevEUI … is taken.", id="EUIs"),
        pytest.param("deviceID: no; use {}", "pump-1", "pump-2", "deviceID: no", id="suggestions"),
        pytest.param("no [404 pkg/{}]", "a:b", "c:d", "no", id="codes of The Things Stack"),
    ],
)
def test_reasons_that_differ_in_a_name_alone_are_equal(text, first, second, shown):
    found = reasons(failed(text.replace("{}", first)), failed(text.replace("{}", second)))

    assert found == [(shown, 2)]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("{} is gone.", "… is gone.", id="name"),
        pytest.param("Name {} of id-{}.", "Name … of ….", id="ID"),
        pytest.param("{} has 3 to 36 characters", "… has 3 to 36 characters", id="no numbers"),
    ],
)
def test_the_names_of_the_thing_itself_make_no_difference(text, shown):
    assert reasons(*[failed(text.replace("{}", name), name) for name in ("Pump", "valve")]) == [(shown, 2)]


@pytest.mark.parametrize(
    ("field", "first", "second"),
    [
        pytest.param("device_id", "north", "south", id="device ID"),
        pytest.param("dev_eui", FIRST_EUI, SECOND_EUI, id="DevEUI"),
    ],
)
def test_the_device_itself_makes_no_difference(field, first, second):
    found = reasons(*[failed(f"({each.lower()})", **{field: each}) for each in (first, second)])

    assert found == [("(…)", 2)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param("appKey: is missing", "nwkKey: is missing", id="attributes"),
        pytest.param("must be 16 hex digits", "must be 32 hex digits", id="numbers"),
        pytest.param("LoRaWAN 1.0.2", "LoRaWAN 1.0.3", id="versions"),
        pytest.param("the device in the way", "the device on the way", id="words behind a device"),
    ],
)
def test_other_reasons_are_not_equal(first, second):
    assert len(reasons(failed(first), failed(second))) == 2


def test_a_name_within_a_word_is_no_name():
    assert reasons(failed("musty", "must"), failed("musty", "mus")) == [("musty", 2)]


def test_the_things_of_a_reason_are_sorted_by_name():
    [group] = by_error_and_reason([failed("no", name) for name in ("pump-3", "pump-1", "pump-2")])

    assert [each.thing_name for each in group.reasons[0].failures] == ["pump-1", "pump-2", "pump-3"]


def test_a_single_thing_keeps_all_names_in_its_reason():
    assert reasons(failed("Device d-1 belongs to thing pump-9.")) == [("Device d-1 belongs to thing pump-9.", 1)]


def test_the_most_frequent_come_first():
    found = by_error_and_reason(
        [
            failed("a", error_name="AccessDeniedError"),
            *[failed("b")] * 2,
            *[failed("c")] * 3,
        ]
    )

    assert [(group.error_name, group.count) for group in found] == [
        ("DeviceConflictError", 5),
        ("AccessDeniedError", 1),
    ]
    assert [len(each.failures) for each in found[0].reasons] == [3, 2]


def test_an_error_without_a_text_says_where_it_is():
    assert reasons(failed("")) == [(NO_REASON, 1)]
