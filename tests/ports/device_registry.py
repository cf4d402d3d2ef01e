"""What every ``DeviceRegistry`` does: subclasses give a ``deployment`` of The Things Stack without any device.

A deployment has ``application(application_id)`` and ``make_claimable(join_eui, dev_eui, authentication_code)``.
"""

from dataclasses import replace

import pytest

from tests.samples import (
    APP_KEY,
    APP_S_KEY,
    CODE,
    DEV_ADDR,
    DEV_EUI,
    DEVICE_ID,
    JOIN_EUI,
    NWK_KEY,
    NWK_S_KEY,
    RADIO,
    identity_record,
    radio,
)
from workflows.domain.attributes import NO_KEYS, NO_VALUES, DeviceKeys, DeviceValues
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
NO_JOIN_EUI = DeviceIds(DEVICE_ID, DEV_EUI, "")
ABP = replace(RADIO, dev_addr=DEV_ADDR)
ABP_KEYS = DeviceKeys(app_s_key=APP_S_KEY, nwk_s_key=NWK_S_KEY)
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

    def test_a_record_says_when_it_was_made_however_it_is_changed(self, registry):
        made_at = registry.create_identity(RECORD).made_at

        registry.update_identity(replace(RECORD, attributes={}, values=NO_VALUES), ["name"], with_mark=True)

        assert made_at
        assert registry.identity(DEVICE_ID).made_at == made_at

    def test_a_device_that_is_registered_anew_was_made_at_another_time(self, registry):
        made_at = registry.create_identity(RECORD).made_at
        registry.delete_identity(DEVICE_ID)

        assert registry.create_identity(RECORD).made_at != made_at

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

    # A device that never joins (ABP).

    @pytest.mark.parametrize("ids", [NO_JOIN_EUI, IDS], ids=["without a JoinEUI", "with a JoinEUI"])
    def test_a_session_is_held_by_the_network_and_application_server(self, registry, ids):
        registry.set_network(ids, ABP, ABP_KEYS)
        registry.set_application(ids, ABP, ABP_KEYS)

        network = registry.network(DEVICE_ID)
        assert (network.joins, network.values.dev_addr) == (False, DEV_ADDR)
        assert registry.application(DEVICE_ID).dev_addr == DEV_ADDR
        assert not registry.has_record("js", DEVICE_ID)

    def test_the_same_session_is_set_again_and_a_part_of_it_changed(self, registry):
        registry.set_network(NO_JOIN_EUI, ABP, ABP_KEYS)
        registry.set_network(NO_JOIN_EUI, ABP, ABP_KEYS)
        registry.update_network(NO_JOIN_EUI, DeviceValues(dev_addr="00B6F064"), ["devAddr"])
        registry.update_network(NO_JOIN_EUI, DeviceValues(), [], DeviceKeys(nwk_s_key=NWK_KEY))
        registry.set_network(NO_JOIN_EUI, replace(ABP, dev_addr="00B6F064", name=None))

        network = registry.network(DEVICE_ID)
        assert (network.joins, network.values.dev_addr) == (False, "00B6F064")

    @pytest.mark.parametrize(
        ("values", "keys", "lacks"),
        [
            pytest.param(ABP, DeviceKeys(app_s_key=APP_S_KEY), "nwkSKey", id="no key"),
            pytest.param(
                replace(ABP, lorawan_version="MAC_V1_1", lorawan_phy_version="PHY_V1_1_REV_B"),
                DeviceKeys(nwk_s_key=NWK_S_KEY, s_nwk_s_int_key=NWK_S_KEY),
                "nwkSEncKey",
                id="two of three in 1.1",
            ),
        ],
    )
    def test_a_session_without_its_keys_is_refused(self, registry, values, keys, lacks):
        with pytest.raises(ValueRefusedAnswer) as refused:  # noqa: PT011 - the texts differ
            registry.set_network(NO_JOIN_EUI, values, keys)

        assert lacks in refused.value.attributes
        assert not registry.has_record("ns", DEVICE_ID)

    @pytest.mark.parametrize("abp_ids", [IDS, NO_JOIN_EUI], ids=["with a JoinEUI", "without a JoinEUI"])
    @pytest.mark.parametrize(("first", "then"), [(RADIO, ABP), (ABP, RADIO)], ids=["it joins", "it never joins"])
    def test_how_a_record_is_activated_stays(self, registry, first, then, abp_ids):
        ids = {RADIO: IDS, ABP: abp_ids}
        registry.set_network(ids[first], first, ABP_KEYS if first == ABP else NO_KEYS)

        with pytest.raises(EuisFixedAnswer, match="the record that is there "):
            registry.set_network(ids[then], then, ABP_KEYS if then == ABP else NO_KEYS)

        assert registry.network(DEVICE_ID).joins == (first == RADIO)

    @pytest.mark.parametrize("other", [IDS, NO_JOIN_EUI], ids=["with a JoinEUI", "without a JoinEUI"])
    def test_a_dev_eui_alone_is_nobodys(self, registry, other):
        other = replace(other, device_id="pump-7")
        registry.create_identity(IdentityRecord(other, without_join_server=True))
        registry.set_network(other, ABP, ABP_KEYS)

        registry.create_identity(IdentityRecord(NO_JOIN_EUI, without_join_server=True))
        registry.set_network(NO_JOIN_EUI, ABP, ABP_KEYS)

        assert registry.identity(DEVICE_ID).ids == NO_JOIN_EUI
        assert registry.has_record("ns", DEVICE_ID)

    def test_the_devices_of_a_dev_eui_are_found_in_their_application_alone(self, registry, other_application):
        records = [IdentityRecord(NO_JOIN_EUI, without_join_server=True), replace(RECORD, ids=OTHER_ID)]
        for record in records:
            registry.create_identity(record)
        registry.create_identity(IdentityRecord(DeviceIds("pump-8", "70B3D57ED0058888", JOIN_EUI)))
        other_application.create_identity(IdentityRecord(DeviceIds("theirs", DEV_EUI, "")))

        found = registry.with_dev_eui(DEV_EUI)

        assert sorted(found, key=lambda record: record.ids.device_id) == records
        assert registry.with_dev_eui("70B3D57ED0057777") == []

    @pytest.mark.parametrize("join_eui", ["", "0000000000000001"], ids=["without a JoinEUI", "with a JoinEUI"])
    def test_a_device_that_never_joins_has_no_claim_to_end(self, registry, join_eui):
        registry.create_identity(IdentityRecord(DeviceIds(DEVICE_ID, DEV_EUI, join_eui), without_join_server=True))

        registry.unclaim(DEVICE_ID)

        assert not registry.holds_claim(DEVICE_ID)
