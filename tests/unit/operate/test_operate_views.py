"""What the command makes of what it has found: plans, kinds of messages, times, links."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from operate.connection import global_options_first, read_exports
from operate.errors import WrongInputError
from operate.views.events import is_processed
from operate.views.history import console_link, fact_in_words
from operate.views.messages import classify, count_kinds, expected_outcomes
from operate.views.replay import PlannedReplay, plan_replays, result_without_fact
from operate.views.times import age, duration
from tests.journal_samples import CREATED, DELETION, ONE_OF_EACH, START, UPDATE, accepted, change
from tests.samples import (
    CREATE,
    DEV_EUI,
    DEVICE_ID,
    JOIN_EUI,
    NWK_KEY,
    STACK,
    THING_ID,
    altered,
    planned,
    registered_device,
    registry_event,
)
from workflows.domain.event import RegistryEvent
from workflows.domain.facts import (
    DeviceCreated,
    DeviceReleased,
    DeviceRemoved,
    DeviceUpdated,
    EventFailed,
    EventRejected,
    EventSkipped,
    ReleaseReason,
)
from workflows.domain.fold import Settled, ThingState, fold, status_of
from workflows.domain.report import Failure, advice
from workflows.domain.scope import StackScope
from workflows.errors import OperatorError, leaf_names
from workflows.ports.journal import Snapshot
from workflows.schemas.event import dump_event, load_event

FAILED = EventFailed(change(), "AccessDeniedError")
ARN = "arn:aws:states:eu-west-1:111122223333:execution:thingsync:run"


def snapshot(*facts, thing_id=THING_ID):
    state = fold(facts)
    return Snapshot(thing_id, "pump-7", START, status_of(state), state)


def rules(*, running=False):
    return {"scope": StackScope(STACK, "lorawan"), "is_running": lambda run: running}


def current(version_number=1, thing_id=THING_ID, **attributes):
    return RegistryEvent("UPDATED", thing_id, "pump-7", version_number, "lorawan", attributes={**CREATE, **attributes})


@pytest.mark.parametrize(
    ("found", "snapshots", "planned"),
    [
        pytest.param(current(), [snapshot(accepted(), FAILED)], [("send", "UPDATED", 1)], id="failed"),
        pytest.param(
            current(),
            [snapshot(accepted(), EventRejected(change(), "ClaimRejectedError"))],
            [("send", "UPDATED", 1)],
            id="rejected",
        ),
        pytest.param(current(), [], [("send", "UPDATED", 1)], id="no-event-came"),
        pytest.param(current(3), [snapshot(accepted(), CREATED)], [("send", "UPDATED", 3)], id="an-update-was-missed"),
        pytest.param(current(), [snapshot(accepted(), CREATED)], [("settled", None, None)], id="settled"),
        pytest.param(current(stackName="other"), [], [("not ours", None, None)], id="another-stacks"),
        pytest.param(None, [], [("unknown", None, None)], id="nobody-knows-it"),
        pytest.param(None, [snapshot(accepted(), CREATED)], [("send", "DELETED", 1)], id="its-deletion-was-missed"),
        pytest.param(
            None,
            [snapshot(accepted(), CREATED, accepted(DELETION), EventFailed(DELETION, "AccessDeniedError"))],
            [("send", "DELETED", 2)],
            id="its-deletion-failed",
        ),
        pytest.param(
            None,
            [snapshot(accepted(), CREATED, accepted(DELETION), DeviceRemoved(DELETION, DEVICE_ID))],
            [("settled", None, None)],
            id="deleted-and-settled",
        ),
        pytest.param(
            current(thing_id="new"),
            [snapshot(accepted(), FAILED, thing_id="old")],
            [("send", "DELETED", 1), ("send", "UPDATED", 1)],
            id="the-name-was-given-again",
        ),
    ],
)
def test_a_replay_sends_what_the_journal_has_not_settled_and_nothing_else(found, snapshots, planned):
    result = plan_replays("pump-7", found, snapshots, **rules())

    assert [
        (each.verdict, each.event and each.event.operation, each.event and each.event.version_number) for each in result
    ] == planned


@pytest.mark.parametrize(("running", "verdict"), [(True, "in flight"), (False, "send")], ids=["runs", "dead"])
def test_a_thing_that_a_run_works_on_is_waited_for_unless_the_run_is_dead(running, verdict):
    [planned] = plan_replays("pump-7", current(), [snapshot(accepted())], **rules(running=running))

    assert planned.verdict == verdict


RUN = change().run
BUSY, GOOD = fold([accepted()]), fold([accepted(), CREATED])


@pytest.mark.parametrize(
    ("state", "status", "run", "outcome"),
    [
        pytest.param(GOOD, "SUCCEEDED", "again", ("registered", None), id="there-was-nothing-to-do"),
        pytest.param(ThingState(), "SUCCEEDED", "again", ("skipped", None), id="of-an-unknown-thing"),
        pytest.param(GOOD, "FAILED", "again", ("failed", "UnreportedRunError"), id="it-failed-and-reported-nothing"),
        pytest.param(BUSY, "ABORTED", RUN, ("failed", "UnreportedRunError"), id="somebody-stopped-it"),
        pytest.param(BUSY, "FAILED", "again", ("in flight", None), id="another-is-at-work"),
        pytest.param(BUSY, "SUCCEEDED", "again", ("in flight", None), id="another-has-begun"),
    ],
)
def test_a_run_of_which_the_journal_has_no_outcome_is_reported_by_its_end(state, status, run, outcome):
    result = result_without_fact(PlannedReplay("pump-7", "send", "as before", current()), state, run, status=status)

    assert (result.outcome, result.error_name) == outcome


def test_an_event_that_is_sent_is_one_that_ingest_reads():
    at = datetime(2025, 11, 26, tzinfo=UTC)

    updated = load_event(json.loads(dump_event(current(2), at)))
    deleted = load_event(json.loads(dump_event(snapshot(accepted(), CREATED).deleted_event, at)))

    assert (updated.operation, updated.version_number, updated.attributes) == ("UPDATED", 2, CREATE)
    assert (deleted.operation, deleted.thing_id, deleted.attributes) == ("DELETED", THING_ID, {})


@pytest.mark.parametrize(
    ("event", "event_id"),
    [
        (current(2), f"replay-{THING_ID}-v2-UPDATED"),
        (snapshot(accepted(), CREATED).deleted_event, f"replay-{THING_ID}-v1-DELETED"),
    ],
    ids=["updated", "deleted"],
)
def test_an_event_that_is_sent_bears_the_time_of_sending_and_an_id_of_its_change(event, event_id):
    message = json.loads(dump_event(event, datetime(2025, 11, 26, 0, 0, 0, 250_000, tzinfo=UTC)))

    assert (message["timestamp"], message["eventId"]) == (1_764_115_200_250, event_id)


def test_a_thing_s_keys_do_not_show_in_a_plan():
    assert CREATE["appKey"] not in repr(plan_replays("pump-7", current(), [], **rules()))


@pytest.mark.parametrize(
    ("settled", "operation", "version_number", "processed"),
    [
        pytest.param(None, "UPDATED", 1, False, id="nothing-settled"),
        pytest.param(Settled("UPDATED", 3, "done"), "UPDATED", 2, True, id="a-later-one-is"),
        pytest.param(Settled("UPDATED", 3, "failed"), "UPDATED", 2, True, id="a-later-one-failed"),
        pytest.param(Settled("UPDATED", 2, "done"), "UPDATED", 2, True, id="this-one-is"),
        pytest.param(Settled("UPDATED", 2, "failed"), "UPDATED", 2, False, id="this-one-failed"),
        pytest.param(Settled("CREATED", 1, "rejected"), "UPDATED", 1, False, id="the-creation-was-rejected"),
        pytest.param(Settled("DELETED", 4, "done"), "UPDATED", 9, True, id="it-is-deleted"),
        pytest.param(Settled("DELETED", 4, "done"), "DELETED", 9, True, id="deleted-whatever-the-number"),
        pytest.param(Settled("DELETED", 4, "failed"), "DELETED", 4, False, id="the-deletion-failed"),
        pytest.param(Settled("UPDATED", 4, "done"), "DELETED", 4, False, id="not-yet-deleted"),
    ],
)
def test_an_event_is_processed_if_the_pipeline_would_skip_it(settled, operation, version_number, processed):
    assert is_processed(operation, version_number, settled) is processed


EVENT = json.dumps(registry_event())
ENVELOPE = json.dumps(
    {
        "ruleName": "ChangeRule",
        "base64OriginalPayload": base64.b64encode(EVENT.encode()).decode(),
        "failures": [{"errorMessage": "throttled"}],
    }
)
FAILED_RUN = {"ErrorName": "AccessDeniedError", "ExecutionArn": ARN}


@pytest.mark.parametrize(
    ("body", "attributes", "kind", "error_name", "helps"),
    [
        pytest.param(EVENT, FAILED_RUN, "failed run", "AccessDeniedError", "after the fix", id="failed-run"),
        pytest.param(EVENT, {}, "not started", "received 5 times", "yes", id="received-too-often"),
        pytest.param(ENVELOPE, {}, "rule failure", "throttled", "yes", id="rule"),
        pytest.param("<html>", {}, "no event", "InvalidEventError", "no", id="not-json"),
        pytest.param("[]", {"ErrorName": "InvalidEventError"}, "no event", "InvalidEventError", "no", id="no-object"),
        pytest.param("{}", FAILED_RUN, "no event", "AccessDeniedError", "no", id="a-failed-run-of-no-event"),
    ],
)
def test_the_kinds_of_messages_are_distinguished(body, attributes, kind, error_name, helps):
    message = classify("1", body, attributes, START)

    assert (message.kind, message.error_name, message.redrive_helps(ThingState())) == (kind, error_name, helps)


def test_a_message_whose_change_is_settled_since_needs_no_redrive():
    message = classify("1", EVENT, FAILED_RUN, START)

    assert message.redrive_helps(fold([accepted(), FAILED])) == "after the fix"
    assert message.redrive_helps(fold([accepted(), CREATED])) == "no need"


@pytest.mark.parametrize("error_name", sorted(leaf_names(OperatorError) - {"InvalidEventError"}))
def test_a_message_says_what_to_do_as_the_thing_s_log_does(error_name):
    message = classify("1", EVENT, {"ErrorName": error_name, "ExecutionArn": ARN}, START)

    assert message.what_to_do == advice(Failure(error_name, None))


def test_a_redrive_waits_for_each_thing_once_and_for_none_that_is_settled():
    failed, settled = fold([accepted(), FAILED]), fold([accepted(), CREATED])
    messages = [
        (classify("1", EVENT, FAILED_RUN, START), failed),
        (classify("2", EVENT, FAILED_RUN, START), failed),
        (classify("3", json.dumps(registry_event(thingId="other")), FAILED_RUN, START), settled),
        (classify("4", "<html>", {}, START), ThingState()),
    ]

    assert [(each.event.thing_id, each.facts, each.messages) for each in expected_outcomes(messages)] == [
        (THING_ID, 2, 2)
    ]
    assert count_kinds(messages)[0] == ("failed run", "AccessDeniedError", "after the fix", 2)


def message_of(operation, version_number, **more):
    event = registry_event(operation=operation, versionNumber=version_number, **more)
    return classify(f"{operation}-{version_number}", json.dumps(event), FAILED_RUN, START)


@pytest.mark.parametrize(
    ("messages", "waited_for"),
    [
        pytest.param([("CREATED", 1), ("UPDATED", 2), ("UPDATED", 3)], ("UPDATED", 3, 1), id="the-oldest-first"),
        pytest.param([("UPDATED", 3), ("CREATED", 1), ("UPDATED", 2)], ("UPDATED", 3, 1), id="the-latest-first"),
        pytest.param([("DELETED", 1), ("UPDATED", 9), ("CREATED", 1)], ("DELETED", 1, 1), id="its-deletion"),
        pytest.param([("CREATED", 1), ("UPDATED", 1)], ("CREATED", 1, 2), id="a-creation-that-was-replayed"),
        pytest.param([("UPDATED", 2), ("UPDATED", 1), ("UPDATED", 2)], ("UPDATED", 2, 2), id="the-latest-twice"),
        pytest.param([("UPDATED", 10), ("UPDATED", 9)], ("UPDATED", 10, 1), id="numbers-are-no-text"),
    ],
)
def test_of_a_thing_with_several_messages_the_latest_change_is_waited_for(messages, waited_for):
    state = fold([accepted(), FAILED])

    [planned] = expected_outcomes([(message_of(*each), state) for each in messages])

    assert (planned.event.operation, planned.event.version_number, planned.messages) == waited_for


def test_a_repair_is_waited_for_rather_than_the_change_that_it_repeats():
    [planned] = expected_outcomes(
        [(message_of("UPDATED", 1), ThingState()), (message_of("UPDATED", 1, repair=True), ThingState())]
    )

    assert (planned.event.repair, planned.messages) == (True, 2)


def test_a_message_of_a_repair_is_not_processed_by_what_went_well_before():
    state = fold([accepted(), CREATED])

    assert message_of("UPDATED", 1).redrive_helps(state) == "no need"
    assert message_of("UPDATED", 1, repair=True).redrive_helps(state) == "after the fix"


@pytest.mark.parametrize(
    ("operation", "relevance", "facts", "ignored"),
    [
        pytest.param("CREATED", "ours", [], False, id="ours"),
        pytest.param("CREATED", "other stack", [], True, id="another-stack-s"),
        pytest.param("CREATED", "other thing type", [accepted()], True, id="a-creation-that-is-not-ours"),
        pytest.param("UPDATED", "other stack", [accepted()], False, id="ours-till-now"),
        pytest.param("DELETED", "not evidently ours", [accepted()], False, id="the-end-of-one-of-ours"),
        pytest.param("DELETED", "not evidently ours", [], True, id="the-end-of-a-stranger"),
    ],
)
def test_nobody_waits_for_what_ingest_ignores(operation, relevance, facts, ignored):
    message, state = replace(message_of(operation, 1), relevance=relevance), fold(facts)

    assert message.is_ignored(state) is ignored
    assert (expected_outcomes([(message, state)]) == []) is ignored


def test_what_is_no_event_is_not_waited_for():
    assert not classify("4", "<html>", {}, START).is_ignored(ThingState())


@pytest.mark.parametrize("fact", ONE_OF_EACH, ids=lambda fact: type(fact).__name__)
def test_every_fact_is_reported_in_words_of_its_own(fact):
    others = {fact_in_words(other) for other in ONE_OF_EACH if type(other) is not type(fact)}

    assert fact_in_words(fact)
    assert fact_in_words(fact) not in others


def test_a_run_that_was_found_dead_says_who_found_it():
    assert fact_in_words(EventFailed(UPDATE, "UnreportedRunError", found_by="later")) == (
        "failed: UnreportedRunError (found by later)"
    )
    assert fact_in_words(EventSkipped(UPDATE, "nothing changed")) == "skipped: nothing changed"


@pytest.mark.parametrize("reason", get_args(ReleaseReason))
def test_every_reason_of_a_release_is_said(reason):
    assert fact_in_words(DeviceReleased(DELETION, DEVICE_ID, reason)).startswith(f"released device {DEVICE_ID}: ")


@pytest.mark.parametrize(
    ("fields", "aim"),
    [
        pytest.param((), "", id="a registration"),
        pytest.param(("name", "description"), ", to write name, description", id="what changed"),
        pytest.param(("name", "appKey"), ", to write name, and keys if they changed", id="a thing with its keys"),
        pytest.param(("appKey",), ", to write keys if they changed", id="keys alone"),
        pytest.param(
            ("modelID", "template", "appKey"),
            ", to write modelID, what the model gives, and keys if they changed",
            id="another model",
        ),
    ],
)
def test_an_update_says_what_it_sets_out_to_write(fields, aim):
    assert fact_in_words(accepted(UPDATE, fields=fields)) == f"accepted, for device {DEVICE_ID}{aim}"


VALVE = registered_device(
    planned(
        supports_class_c=True,
        ping_slot_periodicity="PING_EVERY_32S",
        labels={"room-no": "12", "hall": "1"},
        latitude=52.37,
        longitude=4.89,
        rx1_delay=5,
    ),
    from_model=("rx1Delay",),
)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        pytest.param({"labels": {"room-no": "13", "hall": "1"}}, "label room-no=13", id="a label"),
        pytest.param({"labels": None}, "no label room-no, no label hall", id="no labels"),
        pytest.param({"altitude": 58}, "location 52.37, 4.89, altitude 58 m", id="a height"),
        pytest.param({"latitude": None, "longitude": None}, "no location", id="no place"),
        pytest.param({"supports_class_c": False}, "no class C", id="a class less"),
        pytest.param({"supports_class_c": None, "name": None}, "no name, no class C", id="no word of a class"),
        pytest.param({"class_b_timeout": "60s"}, "class B timeout 60 s", id="a timeout"),
        pytest.param({"rx1_delay": 7}, "rx1Delay 7", id="any other"),
        pytest.param({"labels": {"room-no": NWK_KEY, "hall": "1"}}, "label room-no=(not shown)", id="a key"),
    ],
)
def test_an_update_says_what_changed(changes, text):
    after = altered(VALVE, **changes)

    assert fact_in_words(DeviceUpdated(UPDATE, after), VALVE) == f"updated device {DEVICE_ID}: {text}"


def test_a_registration_and_a_removal_say_what_the_thing_itself_gave():
    said = "location 52.37, 4.89, label room-no=12, label hall=1, class C, ping slot every 32 s"
    euis = f"DevEUI {DEV_EUI}, JoinEUI {JOIN_EUI}"
    radio = "frequencyPlanID EU_863_870_TTN, lorawanVersion 1.0.3, regionalParametersVersion 1.0.3-a"

    assert fact_in_words(DeviceCreated(change(), VALVE)) == f"created device {DEVICE_ID}: {said}"
    assert fact_in_words(DeviceRemoved(DELETION, DEVICE_ID), VALVE) == (
        f"removed device {DEVICE_ID} ({euis}, {radio}, {said})"
    )
    absent = fact_in_words(DeviceRemoved(DELETION, DEVICE_ID, "new-app"), VALVE)
    assert absent.startswith(f"application new-app had no device {DEVICE_ID} any more. If you moved it")
    assert "removed" not in absent


@pytest.mark.parametrize(("undone", "left"), [(True, "; nothing of it is left in The Things Stack"), (False, "")])
def test_a_rejection_says_what_is_left_whether_or_not_anything_was_made(undone, left):
    rejected = EventRejected(change(), "InvalidThingError", undone, message="appKey: is missing")

    assert fact_in_words(rejected) == f"rejected: InvalidThingError: appKey: is missing{left}"


def test_an_update_that_changed_nothing_that_is_known_says_no_more():
    assert fact_in_words(DeviceUpdated(UPDATE, VALVE), VALVE) == f"updated device {DEVICE_ID}"


@pytest.mark.parametrize(
    ("before", "text"),
    [
        pytest.param({"appKey": "f1", "nwkKey": "f2"}, "another nwkKey", id="another key"),
        pytest.param({}, "another appKey, another nwkKey", id="keys that were not known"),
    ],
)
def test_an_update_of_keys_names_those_that_are_others(before, text):
    had, has = (replace(VALVE, fingerprints=each) for each in (before, {"appKey": "f1", "nwkKey": "f3"}))

    assert fact_in_words(DeviceUpdated(UPDATE, has), had) == f"updated device {DEVICE_ID}: {text}"


@pytest.mark.parametrize(
    ("text", "length"),
    [("30s", timedelta(seconds=30)), ("15m", timedelta(minutes=15)), ("2h", timedelta(hours=2)), ("3D", timedelta(3))],
)
def test_lengths_of_time_are_read_as_people_write_them(text, length):
    assert duration(text) == length


@pytest.mark.parametrize("text", ["", "2", "h", "2 h", "-2h", "2y", "123456h"])
def test_what_is_no_length_of_time_is_refused_with_an_example(text):
    with pytest.raises(WrongInputError, match="such as 30m, 2h or 3d"):
        duration(text)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (11520, "3 h 12 min"), (86400, "1 d"), (90000, "1 d 1 h"), (-5, "0 s")],
)
def test_ages_are_reported_in_two_units(seconds, text):
    assert age(seconds) == text


@pytest.mark.parametrize(
    ("partition", "account", "link"),
    [
        ("aws", "111122223333", "https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1"),
        ("aws-cn", "111122223333", "https://eu-west-1.console.amazonaws.cn/states/home?region=eu-west-1"),
        ("aws-us-gov", "111122223333", "https://eu-west-1.console.amazonaws-us-gov.com/states/home?region=eu-west-1"),
        ("aws-iso", "111122223333", None),
        ("aws", "000000000000", None),
    ],
)
def test_a_run_is_linked_in_the_console_of_its_partition(partition, account, link):
    arn = f"arn:{partition}:states:eu-west-1:{account}:execution:thingsync:run"

    assert console_link(arn) == (None if link is None else f"{link}#/v2/executions/details/{arn}")


@pytest.mark.parametrize(
    ("arguments", "ahead"),
    [
        (["status", "--local"], ["--local", "status"]),
        (["status", "--stack", "x", "--json"], ["--stack", "x", "status", "--json"]),
        (["status", "--region=eu-west-1"], ["--region=eu-west-1", "status"]),
        (["replay", "--", "--local"], ["replay", "--", "--local"]),
        (["status", "--stack"], ["--stack", "status"]),
        ([], []),
    ],
)
def test_options_that_say_where_come_first_wherever_they_stood(arguments, ahead):
    assert global_options_first(arguments) == ahead


def test_the_local_cloud_s_exports_are_read_as_a_shell_reads_them():
    text = "export TTS_URL=http://127.0.0.1:1885/api/v3\n# a comment\nexport TTS_API_KEY='NNSXS.a=b c'\n"

    assert read_exports(text) == {"TTS_URL": "http://127.0.0.1:1885/api/v3", "TTS_API_KEY": "NNSXS.a=b c"}
