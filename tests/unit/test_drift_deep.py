"""What only a deep reconciliation notices; and things and devices that lack what most have."""

from dataclasses import replace

import pytest

from tests.drift import LISTED, RECORD, REGISTERED, SCOPE, Registries, snapshot_of
from tests.journal_samples import accepted, change
from tests.samples import DEVICE_ID, THING_ID, planned, planned_abp, registered_device
from workflows.adapters.drift.survey import Survey
from workflows.domain.attributes import DeviceValues
from workflows.domain.device import DeviceIds, IdentityRecord, NetworkRecord
from workflows.domain.drift.comparison import ComparedSnapshot, ComparedThing, Comparison
from workflows.domain.facts import DeviceAdopted, DeviceClaimed, DeviceCreated
from workflows.domain.fold import fold
from workflows.domain.registry_things import DescribedThing, ListedThing
from workflows.steps.drift.inspection import Inspector

CLAIMED = [accepted(), DeviceClaimed(change(), registered_device(method="claimed"))]
FACTS = {"created": REGISTERED, "claimed": CLAIMED}


class Servers(Registries):
    """``claimed``: whether the Join Server holds the claim of every device."""

    def __init__(self, method, *, absent=(), claimed=True):
        record = replace(RECORD, without_join_server=method == "claimed")
        described = DescribedThing("pump-7", THING_ID, 1, "lorawan", {"stackName": "thingsync"})
        super().__init__(
            thing=described,
            snapshots=[snapshot_of(*FACTS[method])],
            records=[record],
        )
        self.absent, self.claimed = set(absent), claimed
        self.comparison = Comparison(LISTED, ComparedSnapshot(THING_ID, "pump-7", fold(FACTS[method])), record)

    def holds_claim(self, device_id):
        return self.claimed

    def differences(self, *, deep):
        return [found.text for found in Inspector(SCOPE, self, self, self, deep=deep).findings([self.comparison])]


@pytest.mark.parametrize(
    ("claimed", "deep", "expected"),
    [
        pytest.param(False, True, ["its claim is lost"], id="lost"),
        pytest.param(False, False, [], id="lost, which no list shows"),
        pytest.param(True, True, [], id="held"),
    ],
)
def test_a_lost_claim_is_noticed_by_a_deep_reconciliation(claimed, deep, expected):
    assert Servers("claimed", claimed=claimed).differences(deep=deep) == expected


@pytest.mark.parametrize(
    ("method", "absent", "expected"),
    [
        ("created", "js", ["the Join Server does not know the device"]),
        ("claimed", "js", []),
        ("claimed", "ns", ["the Network Server does not know the device"]),
        ("claimed", "as", ["the Application Server does not know the device"]),
    ],
)
def test_a_device_is_expected_on_the_servers_that_its_method_writes(method, absent, expected):
    assert Servers(method, absent=[absent]).differences(deep=True) == expected


VALVE = registered_device(planned(supports_class_c=True, payload_formatter="FORMATTER_NONE", brand_id="own-brand"))
METER = registered_device(planned_abp())


def found_of(device, *, network, application, record=None, method="created"):
    """What a deep reconciliation says of a thing's device; ``network`` and ``application`` are what these have."""
    facts = [accepted(), DeviceCreated(change(), device)]
    if method == "adopted":
        facts = [accepted(), DeviceAdopted(change(), replace(device, method="adopted", run=""))]
    registries = Registries(
        thing=DescribedThing("pump-7", THING_ID, 1, "lorawan", {"stackName": "thingsync"}),
        snapshots=[snapshot_of(*facts)],
        records=[record or record_of(device, without_join_server=device.is_abp)],
    )
    registries.radios, registries.applications = {DEVICE_ID: network}, {DEVICE_ID: application}
    return [
        each.text for each in Inspector(SCOPE, registries, registries, registries, deep=True).of_thing("pump-7", [])
    ]


def record_of(device, *, without_join_server):
    values = device.values.at("is")
    return replace(RECORD, ids=device.ids, values=values, without_join_server=without_join_server)


def like(device, **changes):
    return {
        "network": NetworkRecord(replace(device.values.at("ns"), **changes), joins=not device.is_abp),
        "application": device.values.at("as"),
    }


def test_what_every_server_has_as_the_thing_says_is_no_difference():
    assert found_of(VALVE, **like(VALVE)) == []
    assert found_of(METER, **like(METER)) == []


@pytest.mark.parametrize(
    ("device", "there", "expected"),
    [
        pytest.param(
            VALVE,
            like(VALVE, supports_class_c=False),
            "supportsClassC: false instead of true",
            id="a class turned off",
        ),
        pytest.param(
            VALVE,
            like(VALVE) | {"application": DeviceValues(payload_formatter="FORMATTER_JAVASCRIPT")},
            "brandID: none instead of own-brand at the Application Server; payloadFormatter: FORMATTER_JAVASCRIPT "
            "instead of none",
            id="at the Application Server",
        ),
        pytest.param(
            VALVE,
            like(VALVE, brand_id="other-brand"),
            "brandID: other-brand instead of own-brand at the Network Server",
            id="a model at the Network Server alone",
        ),
        pytest.param(
            METER,
            like(METER) | {"application": DeviceValues(dev_addr="00B6F0FF")},
            f"devAddr: 00B6F0FF instead of {METER.values.dev_addr} at the Application Server",
            id="a session of another address",
        ),
        pytest.param(
            METER,
            like(METER) | {"network": NetworkRecord(METER.values.at("ns"), joins=True)},
            "it is a device that joins (OTAA) at the Network Server, though it was registered otherwise",
            id="ABP, joins",
        ),
        pytest.param(
            VALVE,
            like(VALVE) | {"network": NetworkRecord(VALVE.values.at("ns"), joins=False)},
            "it is activated by personalization (ABP) at the Network Server, though it was registered otherwise",
            id="OTAA, never joins",
        ),
    ],
)
def test_every_server_is_compared_with_what_the_thing_says(device, there, expected):
    assert found_of(device, **there) == [expected]


def test_a_device_that_never_joins_is_neither_claimed_nor_expected_on_the_join_server():
    assert found_of(METER, **like(METER), record=record_of(METER, without_join_server=False)) == [
        "it has a Join Server, though it is activated by personalization (ABP)"
    ]


def test_two_servers_with_two_sessions_differ_though_the_thing_says_nothing_of_them():
    linked = registered_device(planned())
    network = NetworkRecord(replace(linked.values.at("ns"), dev_addr="00B6F063"), joins=False)

    (text,) = found_of(linked, network=network, application=DeviceValues(), method="adopted")

    assert text.startswith("devAddr: 00B6F063 at the Network Server, but none at the Application Server; ")
    same = found_of(linked, network=network, application=DeviceValues(dev_addr="00B6F063"), method="adopted")
    assert same == []


def test_a_record_with_places_and_labels_comes_from_the_disk_with_what_is_compared():
    values = DeviceValues(latitude=1.5, longitude=-2.0, labels={"room": "12"}, serial_number="sn-1")
    record = replace(RECORD, values=values, locations={"frm-payload": {"latitude": 2}, "user": {"latitude": 1.5}})
    with Survey.opened() as survey:
        survey.add_record(record)

        (found,) = survey.comparisons("lorawan")

    assert found.record == replace(record, locations={})


def test_a_thing_without_attributes_and_a_device_without_euis_are_compared():
    bare = IdentityRecord(DeviceIds(DEVICE_ID, "", ""))
    with Survey.opened() as survey:
        survey.add_listed(ListedThing("pump-7", 1, {}))
        survey.add_record(bare)

        assert list(survey.comparisons("lorawan")) == [
            Comparison(ComparedThing("pump-7", 1, "lorawan", None), None, None),
            Comparison(None, None, bare),
        ]
