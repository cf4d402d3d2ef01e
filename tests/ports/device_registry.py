"""What every ``DeviceRegistry`` does: subclasses give a ``deployment`` of The Things Stack without any device.

A deployment has ``application(application_id)`` and ``make_claimable(join_eui, dev_eui, authentication_code)``.
"""

import pytest

from tests.samples import APP_KEY, CODE, DEV_EUI, DEVICE_ID, JOIN_EUI, NWK_KEY, RADIO, identity_record, radio
from workflows.domain.attributes import NO_VALUES, DeviceKeys, DeviceValues
from workflows.domain.device import DeviceIds, IdentityRecord
from workflows.errors import (
    ClaimDeniedAnswer,
    ClaimRejectedError,
    DeviceIdTakenAnswer,
    DeviceNotFoundAnswer,
    EuisFixedAnswer,
    EuisTakenAnswer,
    ValueRefusedAnswer,
)

IDS = DeviceIds(DEVICE_ID, DEV_EUI, JOIN_EUI)
OTHER_ID = DeviceIds("pump-7", DEV_EUI, JOIN_EUI)
OTHER_EUIS = DeviceIds(DEVICE_ID, "70B3D57ED0059999", JOIN_EUI)
RECORD = identity_record(IDS, "Pump 7", "cellar", {"aws-stack": "thingsync", "aws-run": "run-1"})
WRITES = {
    "js": lambda registry, ids: registry.set_join(ids, DeviceKeys(APP_KEY)),
    "ns": lambda registry, ids: registry.set_network(ids, RADIO),
    "as": lambda registry, ids: registry.set_application(ids, NO_VALUES),
}
each_server = pytest.mark.parametrize("server", WRITES)


class DeviceRegistryContract:
    @pytest.fixture
    def registry(self, deployment):
        return deployment.application("demo-app")

    @pytest.fixture
    def other_application(self, deployment):
        return deployment.application("other-app")

    @pytest.fixture
    def claimable(self, deployment, registry):
        deployment.make_claimable(JOIN_EUI, DEV_EUI, CODE)
        registry.create_identity(IdentityRecord(IDS, without_join_server=True))
        return registry

    def test_it_names_its_application(self, registry):
        assert registry.application_id == "demo-app"

    @pytest.mark.parametrize("claimed", [pytest.param(False, id="created"), pytest.param(True, id="claimed")])
    def test_an_identity_reads_as_it_was_created(self, registry, claimed):
        record = identity_record(IDS, "Pump 7", "cellar", {"aws-stack": "thingsync"}, claimed=claimed)

        registry.create_identity(record)

        assert registry.identity(DEVICE_ID) == record

    def test_an_identity_that_is_not_there_is_none(self, registry):
        assert registry.identity(DEVICE_ID) is None

    @pytest.mark.parametrize("ids", [pytest.param(IDS, id="same-euis"), pytest.param(OTHER_EUIS, id="other-euis")])
    def test_a_device_id_is_taken_whatever_its_euis(self, registry, ids):
        registry.create_identity(RECORD)

        with pytest.raises(DeviceIdTakenAnswer, match="the application has a device of this ID"):
            registry.create_identity(IdentityRecord(ids))

        assert registry.identity(DEVICE_ID) == RECORD

    def test_taken_euis_name_the_device_that_has_them(self, registry):
        registry.create_identity(IdentityRecord(OTHER_ID))

        with pytest.raises(EuisTakenAnswer, match="belong to device pump-7 of application demo-app") as taken:
            registry.create_identity(RECORD)

        assert (taken.value.device_id, taken.value.application_id) == ("pump-7", "demo-app")

    def test_euis_are_taken_across_applications_and_device_ids_are_not(self, registry, other_application):
        other_application.create_identity(RECORD)

        with pytest.raises(EuisTakenAnswer, match="of application other-app"):
            registry.create_identity(RECORD)

        registry.create_identity(IdentityRecord(OTHER_EUIS))
        assert registry.identity(DEVICE_ID).ids == OTHER_EUIS

    def test_a_reserved_device_id_is_refused(self, registry):
        with pytest.raises(ValueRefusedAnswer, match="reserved word") as refused:
            registry.create_identity(IdentityRecord(DeviceIds("test", DEV_EUI, JOIN_EUI)))

        assert refused.value.attributes == ("deviceID",)

    def test_an_update_writes_what_it_names_and_attributes_as_a_whole(self, registry):
        registry.create_identity(RECORD)

        registry.update_identity(
            IdentityRecord(IDS, DeviceValues("Pump 8"), {"aws-run": "run-2"}), ["description"], with_mark=True
        )

        assert registry.identity(DEVICE_ID) == identity_record(IDS, "Pump 7", None, {"aws-run": "run-2"})

    def test_an_update_of_no_device_says_so(self, registry):
        with pytest.raises(DeviceNotFoundAnswer, match=DEVICE_ID):
            registry.update_identity(IdentityRecord(IDS, DeviceValues("Pump 8")), ["name"])

    def test_deleting_an_identity_leaves_the_other_servers_and_repeats(self, registry):
        registry.create_identity(RECORD)
        registry.set_application(IDS, NO_VALUES)

        registry.delete_identity(DEVICE_ID)
        registry.delete_identity(DEVICE_ID)

        assert registry.identity(DEVICE_ID) is None
        assert registry.has_record("as", DEVICE_ID)

    @each_server
    def test_a_record_is_there_once_written_and_until_deleted(self, registry, server):
        before = registry.has_record(server, DEVICE_ID)
        WRITES[server](registry, IDS)
        WRITES[server](registry, IDS)
        written = registry.has_record(server, DEVICE_ID)
        registry.delete_record(server, DEVICE_ID)
        registry.delete_record(server, DEVICE_ID)
        after = registry.has_record(server, DEVICE_ID)

        assert (before, written, after) == (False, True, False)

    @each_server
    def test_a_record_is_of_one_server_alone(self, registry, server):
        WRITES[server](registry, IDS)

        assert [other for other in WRITES if registry.has_record(other, DEVICE_ID)] == [server]
        assert registry.identity(DEVICE_ID) is None

    @each_server
    def test_the_euis_of_a_record_stay(self, registry, server):
        WRITES[server](registry, OTHER_EUIS)

        with pytest.raises(EuisFixedAnswer, match="the record that is there has other EUIs"):
            WRITES[server](registry, IDS)

    @each_server
    def test_the_euis_of_a_record_are_no_other_devices(self, registry, other_application, server):
        WRITES[server](other_application, OTHER_ID)

        with pytest.raises(EuisTakenAnswer, match="belong to device pump-7 of application other-app") as taken:
            WRITES[server](registry, IDS)

        assert (taken.value.device_id, taken.value.application_id) == ("pump-7", "other-app")

    @each_server
    def test_deleting_a_record_frees_its_euis(self, registry, server):
        WRITES[server](registry, OTHER_ID)
        registry.delete_record(server, "pump-7")

        WRITES[server](registry, IDS)

        assert registry.has_record(server, DEVICE_ID)

    def test_a_device_of_lorawan_1_1_takes_both_keys(self, registry):
        registry.set_join(IDS, DeviceKeys(APP_KEY, NWK_KEY))

        assert registry.has_record("js", DEVICE_ID)

    def test_an_unknown_frequency_plan_is_refused_and_nothing_written(self, registry):
        settings = radio("EU_1_2", RADIO.lorawan_version, RADIO.lorawan_phy_version)

        with pytest.raises(ValueRefusedAnswer, match="no frequency plan of this ID") as refused:
            registry.set_network(IDS, settings)

        assert refused.value.attributes == ("frequencyPlanID",)
        assert not registry.has_record("ns", DEVICE_ID)

    def test_a_claim_holds_until_it_is_taken_back_and_both_repeat(self, claimable):
        before = claimable.holds_claim(DEVICE_ID)
        claimable.claim(IDS, CODE)
        claimable.claim(IDS, CODE)
        claimed = claimable.holds_claim(DEVICE_ID)
        claimable.unclaim(DEVICE_ID)
        claimable.unclaim(DEVICE_ID)
        after = claimable.holds_claim(DEVICE_ID)

        assert (before, claimed, after) == (False, True, False)

    def test_a_wrong_code_is_denied_whether_the_device_is_claimed_or_not(self, claimable):
        with pytest.raises(ClaimDeniedAnswer, match="is wrong, or the device is claimed already"):
            claimable.claim(IDS, "WR0NGC0DE")
        claimable.claim(IDS, CODE)
        with pytest.raises(ClaimDeniedAnswer, match="is wrong, or the device is claimed already"):
            claimable.claim(IDS, "WR0NGC0DE")

        assert claimable.holds_claim(DEVICE_ID)

    def test_another_applications_claim_is_not_ours_to_take_back(self, claimable, other_application):
        other_application.claim(OTHER_ID, CODE)

        claimable.unclaim(DEVICE_ID)

        with pytest.raises(ClaimDeniedAnswer, match="is wrong, or the device is claimed already"):
            claimable.claim(IDS, CODE)
        assert not claimable.holds_claim(DEVICE_ID)

    def test_a_device_that_the_join_server_does_not_know_cannot_be_claimed(self, claimable):
        with pytest.raises(ClaimRejectedError, match="the Join Server does not know this dev"):
            claimable.claim(DeviceIds("pump-8", "70B3D57ED0058888", JOIN_EUI), CODE)

    @pytest.mark.parametrize("ask", ["unclaim", "holds_claim"])
    def test_a_claim_is_not_found_without_an_identity(self, registry, ask):
        with pytest.raises(DeviceNotFoundAnswer, match=DEVICE_ID):
            getattr(registry, ask)(DEVICE_ID)
