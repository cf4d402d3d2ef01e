"""What one event asks for, given all that happened to its thing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.journal_samples import CREATED, DELETION, OTHER_DEVICE_ID, UPDATE, accepted, change
from tests.journal_streams import streams
from tests.samples import CLAIM, CREATE, CREATE_1_1, DEVICE_ID, STACK, altered, planned, registered_device
from workflows.domain.decision import Decision, Policies, StackRules, ValidatedEvent, decide, why_outdated
from workflows.domain.facts import (
    DeviceAdopted,
    DeviceClaimed,
    DeviceCreated,
    DeviceMirrored,
    DeviceReleased,
    DeviceRemoved,
    EventFailed,
    EventRejected,
    EventSkipped,
)
from workflows.domain.fold import Settled, ThingState, fold, order_of
from workflows.domain.naming import device_id_for
from workflows.domain.planning import StackDefaults
from workflows.errors import ImmutableChangeError, InvalidThingError, StackConfigurationError
from workflows.schemas.thing import examine

DEFAULTS = StackDefaults("EU_863_870_TTN", "1.0.3", "1.0.3-a")
RULES = StackRules(STACK, DEFAULTS)
RETAIN = altered(RULES, policies=Policies(retains=True))
DEVICE = registered_device(planned(name=None, description=None))
MADE = DeviceCreated(change(), DEVICE)
FAILED = EventFailed(change(), "RegistryUnavailableError")
RENAMED = CREATE | {"name": "Pump_7"}


def event_of(attributes=CREATE, operation="CREATED", version_number=1, relevance="ours"):
    examined = examine(attributes)
    return ValidatedEvent(operation, version_number, relevance, examined, device_id_for(examined.thing))


def updated(attributes=RENAMED, version_number=2, **more):
    return event_of(attributes, "UPDATED", version_number, **more)


def deleted(version_number=1, **more):
    """As AWS may send it: without anything that shows what the thing was."""
    return event_of({}, "DELETED", version_number, **{"relevance": "not evidently ours"} | more)


def settled(operation, version_number, verdict):
    return ThingState(facts=1, settled=Settled(operation, version_number, verdict))


def decided(event, stream=(), rules=RULES):
    return decide(event, fold(stream), rules)


@pytest.mark.parametrize(
    ("event", "latest"),
    [
        pytest.param(event_of(), ("UPDATED", 2), id="created, after an update"),
        pytest.param(updated(version_number=9), ("UPDATED", 10), id="updated, after a later update"),
        pytest.param(updated(version_number=9), ("DELETED", 2), id="updated, after the deletion, whatever its number"),
        pytest.param(event_of(), ("DELETED", 1), id="created, after the deletion of the same number"),
        pytest.param(deleted(1), ("DELETED", 2), id="deleted, after a later deletion"),
    ],
)
@pytest.mark.parametrize("verdict", ["done", "skipped", "rejected", "failed"])
def test_what_comes_too_late_is_superseded_whatever_became_of_the_later_one(event, latest, verdict):
    operation, version_number = latest

    decision = decide(event, settled(operation, version_number, verdict), RULES)

    assert decision == Decision("skip", f"superseded: {operation} of version {version_number} is settled")


@pytest.mark.parametrize("event", [event_of(), updated(), deleted()], ids=lambda event: event.operation)
@pytest.mark.parametrize("verdict", ["done", "skipped"])
def test_what_had_a_good_end_is_a_duplicate(event, verdict):
    decision = decide(event, settled(event.operation, event.version_number, verdict), RULES)

    assert decision == Decision("skip", f"duplicate: {event.operation} of version {event.version_number} is settled")


@pytest.mark.parametrize("verdict", ["done", "skipped"])
def test_a_repair_of_what_had_a_good_end_is_no_duplicate(verdict):
    event = altered(updated(), repair=True)

    assert why_outdated(event, settled("UPDATED", 2, verdict).settled) is None


def test_a_repair_of_what_has_changed_since_is_superseded():
    event = altered(updated(), repair=True)

    assert why_outdated(event, settled("UPDATED", 3, "done").settled) == "superseded: UPDATED of version 3 is settled"


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        pytest.param(CREATE, "to repair: name, description, frequencyPlanID, lorawanVersion, ", id="its own device"),
        pytest.param(RENAMED, "to repair: name, description, frequencyPlanID, lorawanVersion, ", id="changed, too"),
    ],
)
def test_a_repair_of_a_registered_thing_writes_its_device_whole_or_again(attributes, reason):
    event = altered(updated(attributes, version_number=1), repair=True)

    decision = decide(event, fold([accepted(), MADE]), RULES)

    assert (decision.kind, decision.update.repair, decision.device.device_id) == ("update", True, DEVICE_ID)
    assert decision.reason.startswith(reason)


def test_a_repair_of_what_was_adopted_checks_whether_it_is_there():
    stream = [accepted(), DeviceAdopted(change(), altered(DEVICE, method="adopted"))]

    decision = decide(altered(updated(CREATE, version_number=1), repair=True), fold(stream), RULES)

    assert (decision.kind, decision.update.fields) == ("update", ())
    assert decision.reason == "to repair: the device, if The Things Stack lost it"


def test_a_repair_of_a_thing_without_a_device_registers_it():
    stream = [EventSkipped(change(), "ignored")]

    decision = decide(altered(updated(CREATE, version_number=1), repair=True), fold(stream), RULES)

    assert (decision.kind, decision.device_id) == ("create", DEVICE_ID)


@pytest.mark.parametrize("event", [event_of(), updated(), deleted()], ids=lambda event: event.operation)
@pytest.mark.parametrize("verdict", ["rejected", "failed"])
def test_what_had_a_bad_end_runs_again(event, verdict):
    before = fold([accepted()])
    state = altered(before, busy=None, settled=Settled(event.operation, event.version_number, verdict))

    assert decide(event, state, RULES).kind == ("remove" if event.operation == "DELETED" else "create")


@given(streams, st.sampled_from(["CREATED", "UPDATED", "DELETED"]), st.integers(0, 4))
def test_nothing_is_done_for_what_is_older_than_what_is_settled(stream, operation, version_number):
    state = fold(stream)
    event = event_of(CREATE, operation, version_number)
    latest = order_of(state.settled.operation, state.settled.version_number) if state.settled else (False, -1)

    if order_of(operation, version_number) < latest:
        assert decide(event, state, RULES).kind == "skip"
    else:
        assert "superseded" not in (why_outdated(event, state.settled) or "")


@pytest.mark.parametrize("event", [event_of(), updated(CREATE)], ids=lambda event: event.operation)
@pytest.mark.parametrize(
    "stream",
    [
        pytest.param([], id="unknown to the journal"),
        pytest.param([EventSkipped(change(version_number=0), "ignored")], id="skipped before"),
        pytest.param([EventRejected(change(), "InvalidThingError")], id="rejected before anything was made"),
        pytest.param([accepted(), FAILED], id="half-made"),
    ],
)
def test_a_thing_without_a_device_is_registered(event, stream):
    decision = decided(event, stream)

    expected = planned(name=None, description=None, from_stack=("frequencyPlanID",))
    assert decision == Decision("create", "the thing has root keys", DEVICE_ID, expected)


def test_a_thing_with_a_code_is_claimed():
    decision = decided(event_of(CLAIM))

    assert (decision.kind, decision.device_id) == ("claim", DEVICE_ID)
    assert decision.device.authentication_code == CLAIM["claimAuthenticationCode"]


@pytest.mark.parametrize(
    ("stream", "leftovers"),
    [
        pytest.param([accepted(device_id=OTHER_DEVICE_ID), FAILED], (OTHER_DEVICE_ID,), id="under another ID"),
        pytest.param(
            [accepted(), FAILED, accepted(device_id=OTHER_DEVICE_ID), FAILED], (OTHER_DEVICE_ID,), id="under both"
        ),
        pytest.param([accepted(), FAILED], (), id="under this ID, which is completed"),
        pytest.param(
            [accepted(device_id=OTHER_DEVICE_ID), EventRejected(change(), "ClaimRejectedError", undone=True)],
            (),
            id="undone",
        ),
    ],
)
def test_a_registration_knows_what_earlier_attempts_may_have_left_under_other_ids(stream, leftovers):
    decision = decided(updated(CREATE), stream)

    assert (decision.kind, decision.device_id, decision.leftovers) == ("create", DEVICE_ID, leftovers)


@pytest.mark.parametrize("stream", [[], [accepted(), FAILED]], ids=["new", "half-made"])
def test_a_registration_needs_all_that_is_missing_and_none_of_what_is_wrong(stream):
    with pytest.raises(InvalidThingError, match="devEUI: must be") as refused:
        decided(updated({"devEUI": "xyz", "stackName": STACK}), stream)

    assert refused.value.problems.keys() >= {"devEUI", "joinEUI", "appKey", "claimAuthenticationCode"}


def test_a_registration_by_wrong_defaults_is_the_operators_affair():
    rules = altered(RULES, defaults=StackDefaults("", "1.0.3", "1.0.3-a"))

    with pytest.raises(StackConfigurationError, match="FrequencyPlanId"):
        decided(event_of(), rules=rules)


@pytest.mark.parametrize("relevance", ["other stack", "other thing type", "not evidently ours"])
def test_what_is_not_ours_and_unknown_is_ignored(relevance):
    assert decided(updated({}, relevance=relevance)) == Decision("skip", f"ignored: {relevance}")


def test_an_update_that_does_not_say_whose_it_is_counts_for_a_thing_that_the_journal_knows():
    with pytest.raises(InvalidThingError, match="stackName: is missing"):
        decided(updated({"devEUI": DEVICE.dev_eui}, relevance="not evidently ours"), [MADE])


@pytest.mark.parametrize("whose", ["other stack", "other thing type"])
class TestAThingThatIsAnothersNow:
    @pytest.mark.parametrize("kind", [DeviceCreated, DeviceClaimed, DeviceAdopted, DeviceMirrored])
    def test_releases_its_device(self, whose, kind):
        decision = decided(updated({}, relevance=whose), [kind(change(), DEVICE)])

        reason = f"the thing no longer belongs to this stack ({whose})"
        assert decision == Decision("release", reason, DEVICE_ID, release_reason="other stack")

    def test_removes_what_is_half_made(self, whose):
        stream = [accepted(), FAILED, accepted(device_id=OTHER_DEVICE_ID), FAILED]

        decision = decided(updated({}, relevance=whose), stream)

        reason = f"half-made, and the thing no longer belongs to this stack ({whose})"
        assert decision == Decision("remove", reason, DEVICE_ID, device_ids=(DEVICE_ID, OTHER_DEVICE_ID))

    @pytest.mark.parametrize("stream", [[], [MADE, DeviceReleased(UPDATE, DEVICE_ID, "other stack")]])
    def test_is_ignored_if_it_has_nothing_here(self, whose, stream):
        decision = decided(updated({}, version_number=3, relevance=whose), stream)

        assert decision == Decision("skip", f"ignored: {whose}")


@pytest.mark.parametrize("relevance", ["ours", "other stack", "other thing type", "not evidently ours"])
class TestADeletion:
    @pytest.mark.parametrize("method", ["created", "claimed", "mirrored"])
    def test_removes_the_device_that_the_journal_knows_and_nothing_else_decides(self, relevance, method):
        device = altered(DEVICE, method=method)

        decision = decided(deleted(relevance=relevance), [DeviceCreated(change(), device)])

        expected = Decision("remove", "the thing was deleted", DEVICE_ID, device_ids=(DEVICE_ID,), known=device)
        assert decision == expected

    @pytest.mark.parametrize("rules", [pytest.param(RULES, id="Delete"), pytest.param(RETAIN, id="Retain")])
    def test_releases_an_adopted_device(self, relevance, rules):
        adopted = DeviceAdopted(change(), altered(DEVICE, method="adopted"))

        decision = decided(deleted(relevance=relevance), [adopted], rules)

        reason = "the device existed before its thing, so it stays"
        assert decision == Decision("release", reason, DEVICE_ID, release_reason="adopted")

    @pytest.mark.parametrize("rules", [pytest.param(RULES, id="Delete"), pytest.param(RETAIN, id="Retain")])
    @pytest.mark.parametrize(
        "end", [[EventRejected(UPDATE, "InvalidThingError")], [altered(FAILED, change=UPDATE)], []]
    )
    def test_checks_whether_a_run_half_made_an_adopted_device_again(self, relevance, end, rules):
        adopted = altered(DEVICE, method="adopted")
        stream = [DeviceAdopted(change(), adopted), accepted(UPDATE), *end]

        decision = decided(deleted(2, relevance=relevance), stream, rules)

        expected = Decision("remove", "the thing was deleted", DEVICE_ID, device_ids=(DEVICE_ID,), known=adopted)
        assert decision == expected

    @pytest.mark.parametrize("method", ["created", "claimed", "mirrored"])
    def test_releases_any_device_if_the_stack_retains(self, relevance, method):
        made = DeviceCreated(change(), altered(DEVICE, method=method))

        decision = decided(deleted(relevance=relevance), [made], RETAIN)

        reason = "the stack's DeletePolicy is Retain"
        assert decision == Decision("release", reason, DEVICE_ID, release_reason="retained")

    @pytest.mark.parametrize("rules", [pytest.param(RULES, id="Delete"), pytest.param(RETAIN, id="Retain")])
    @pytest.mark.parametrize("end", [[FAILED], [EventRejected(change(), "InvalidThingError")], []])
    def test_removes_what_is_half_made_whatever_the_policy(self, relevance, end, rules):
        stream = [accepted(), FAILED, accepted(device_id=OTHER_DEVICE_ID), *end]

        decision = decided(deleted(relevance=relevance), stream, rules)

        ids = (DEVICE_ID, OTHER_DEVICE_ID)
        assert decision == Decision("remove", "the thing was deleted", DEVICE_ID, device_ids=ids)

    def test_removes_the_device_and_what_is_half_made_beside_it(self, relevance):
        stream = [MADE, accepted(UPDATE, OTHER_DEVICE_ID), altered(FAILED, change=UPDATE)]

        decision = decided(deleted(2, relevance=relevance), stream)

        assert (decision.device_ids, decision.known) == ((DEVICE_ID, OTHER_DEVICE_ID), DEVICE)

    @pytest.mark.parametrize(
        "stream",
        [
            pytest.param([], id="unknown to the journal"),
            pytest.param([EventSkipped(change(), "ignored")], id="skipped"),
            pytest.param([EventRejected(change(), "InvalidThingError")], id="rejected at once"),
            pytest.param([accepted(), EventRejected(change(), "ClaimRejectedError", undone=True)], id="undone"),
            pytest.param([MADE, DeviceReleased(UPDATE, DEVICE_ID, "other stack")], id="released"),
            pytest.param([MADE, DeviceRemoved(UPDATE, DEVICE_ID)], id="removed"),
        ],
    )
    def test_of_a_thing_that_has_no_device_is_a_skip(self, relevance, stream):
        decision = decided(deleted(2, relevance=relevance), stream)

        assert decision == Decision("skip", "the thing never had a device")


def test_a_removal_that_failed_runs_again():
    stream = [MADE, accepted(DELETION), altered(FAILED, change=DELETION)]

    decision = decided(deleted(2), stream)

    assert (decision.kind, decision.device_ids, decision.known) == ("remove", (DEVICE_ID,), DEVICE)


def test_a_change_of_a_registered_thing_is_an_update_that_can_register_it_again():
    decision = decided(updated(), [MADE])

    assert (decision.kind, decision.device_id, decision.reason) == ("update", DEVICE_ID, "to write: name")
    assert decision.update.fields == ("name",)
    filled, written = ("frequencyPlanID",), ("name", "appKey")
    assert decision.device == planned(name="Pump_7", description=None, from_stack=filled, unfinished=written)


def test_a_thing_that_has_lost_what_a_registration_needs_can_still_be_updated():
    attributes = {name: RENAMED[name] for name in ("devEUI", "stackName", "name")}

    decision = decided(updated(attributes), [MADE])

    assert (decision.kind, decision.device) == ("update", None)
    assert decision.update.missing.keys() == {"joinEUI", "appKey"}


def test_a_device_that_was_adopted_under_its_own_id_is_registered_again_under_that():
    adopted = altered(DEVICE, method="adopted", device_id="pump-7")

    decision = decided(updated(), [DeviceAdopted(change(), adopted)])

    assert (decision.device_id, decision.device.device_id) == ("pump-7", "pump-7")


def test_keys_that_may_have_changed_are_for_the_step_to_compare():
    decision = decided(updated(CREATE), [MADE])

    assert (decision.kind, decision.reason) == ("update", "to write: keys, if they changed")
    assert decision.update.fields == ()


def test_an_update_that_concerns_no_device_is_a_skip():
    attributes = {name: CREATE[name] for name in ("devEUI", "stackName", "joinEUI")} | {"site": "cellar"}

    decision = decided(updated(attributes), [MADE])

    assert decision == Decision("skip", "no change concerns the device")


@pytest.mark.parametrize(
    "bad_end",
    [
        pytest.param(EventRejected(UPDATE, "ImmutableChangeError"), id="rejected"),
        pytest.param(EventFailed(UPDATE, "AccessDeniedError"), id="failed"),
    ],
)
@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        pytest.param(CREATE, "to write: keys, if they changed", id="with keys"),
        pytest.param(
            {name: CREATE[name] for name in ("devEUI", "stackName")},
            "nothing to write: the thing matches its device again",
            id="without",
        ),
    ],
)
def test_that_a_change_which_could_not_be_made_was_taken_back_is_no_skip(bad_end, attributes, reason):
    decision = decided(updated(attributes, version_number=3), [MADE, bad_end])

    assert (decision.kind, decision.reason, decision.device_id) == ("update", reason, DEVICE_ID)
    assert (decision.update.device, decision.update.fields, decision.update.corrects) == (DEVICE, (), True)


@pytest.mark.parametrize("fields", [("name",), ("name", "appKey")])
def test_what_a_broken_off_update_set_out_to_write_is_written_though_it_has_changed_back(fields):
    broken_off = [MADE, accepted(UPDATE, fields=fields), altered(FAILED, change=UPDATE)]

    decision = decided(updated(CREATE, version_number=3), broken_off)

    assert (decision.kind, decision.update.fields) == ("update", ("name",))
    assert decision.update.rewrite_keys is ("appKey" in fields)


def test_a_created_event_that_comes_again_after_its_run_failed_finds_the_device_of_a_later_one():
    stream = [accepted(), FAILED, MADE]

    assert decided(event_of(), stream) == Decision("skip", "duplicate: CREATED of version 1 is settled")


@pytest.mark.parametrize(
    "attributes",
    [
        pytest.param(CREATE | {"devEUI": "70B3D57ED0059999"}, id="another DevEUI"),
        pytest.param(CREATE | {"deviceID": "valve-3"}, id="another device ID"),
        pytest.param(CLAIM, id="a code"),
    ],
)
def test_what_cannot_change_says_what_to_do(attributes):
    with pytest.raises(ImmutableChangeError, match=r"Delete the thing and create it again\."):
        decided(updated(attributes), [MADE])


def test_a_thing_that_was_released_is_registered_again_when_it_comes_back():
    stream = [CREATED, DeviceReleased(UPDATE, DEVICE_ID, "other stack")]

    assert decided(updated(CREATE_1_1, version_number=3), stream).kind == "create"
