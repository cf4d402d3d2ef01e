"""What only a deep reconciliation notices; and things and devices that lack what most have."""

from dataclasses import replace

import pytest

from operate.adapters.things import DescribedThing, ListedThing
from operate.drift.comparison import ComparedSnapshot, ComparedThing, Comparison
from operate.drift.inspection import Inspector
from operate.drift.survey import Survey
from tests.drift import LISTED, RECORD, REGISTERED, SCOPE, Registries, snapshot_of
from tests.journal_samples import accepted, change
from tests.samples import DEVICE_ID, THING_ID, registered_device
from workflows.domain.device import DeviceIds, IdentityRecord
from workflows.domain.facts import DeviceClaimed
from workflows.domain.fold import fold

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


def test_a_thing_without_attributes_and_a_device_without_euis_are_compared():
    bare = IdentityRecord(DeviceIds(DEVICE_ID, "", ""))
    with Survey.opened() as survey:
        survey.add_listed(ListedThing("pump-7", 1, {}))
        survey.add_record(bare)

        assert list(survey.comparisons("lorawan")) == [
            Comparison(ComparedThing("pump-7", 1, "lorawan", None), None, None),
            Comparison(None, None, bare),
        ]
