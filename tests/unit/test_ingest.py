"""One queue message starts at most one run per change, and none is lost."""

import base64
import json

import pytest

from tests.fakes.executions import FakeDeadLetters, FakeExecutions
from tests.fakes.journal import FakeJournal
from tests.journal_samples import accepted, append
from tests.samples import APP_KEY, CREATE, STACK, THING_ID, registry_event
from workflows.domain.intake import IntakeResult, Message
from workflows.errors import RegistryThrottledError, RegistryUnavailableError
from workflows.schemas.event import load_event
from workflows.steps.ingest import CALLS_AT_MOST, Ingest, ensure_time_left

EVENT = registry_event()
TEXT = json.dumps(EVENT)
NAME = f"{THING_ID}-v1-CREATED"
MESSAGE = Message("0a1b2c3d-0000-4000-8000-000000000000", TEXT)
AGAIN = f"{NAME}-r0a1b2c3d"
REDRIVEN = Message(MESSAGE.message_id, TEXT, execution_arn="arn:aws:states:eu-west-1:111122223333:execution:m:run")


@pytest.fixture
def ingest():
    return Ingest(FakeExecutions(), FakeDeadLetters(), FakeJournal(), stack_name=STACK, thing_type_name="lorawan")


def ran(ingest, status, event=EVENT):
    """An earlier run of the change ended so."""
    ingest.executions.start(NAME, json.dumps(event))
    ingest.executions.end(NAME, status)


def test_a_new_change_starts_a_run_with_the_event_as_it_was_published(ingest):
    result = ingest.start_run_for(MESSAGE)

    assert result == IntakeResult("started", NAME, load_event(EVENT))
    assert ingest.executions.by_name == {NAME: (TEXT, "RUNNING")}
    assert ingest.dead_letters.messages == []


def test_the_change_in_an_error_actions_envelope_starts_a_run(ingest):
    payload = base64.b64encode(TEXT.encode()).decode()
    envelope = json.dumps({"ruleName": "created", "base64OriginalPayload": payload, "failures": []})

    ingest.start_run_for(Message("m-1", envelope))

    assert ingest.executions.by_name == {NAME: (TEXT, "RUNNING")}


def test_every_change_has_a_run_of_its_own(ingest):
    for change in ({}, {"versionNumber": 2, "operation": "UPDATED"}, {"versionNumber": 2, "operation": "DELETED"}):
        ingest.start_run_for(Message("m-1", json.dumps(registry_event(**change))))

    assert ingest.executions.by_name.keys() == {NAME, f"{THING_ID}-v2-UPDATED", f"{THING_ID}-v2-DELETED"}


@pytest.mark.parametrize("status", ["RUNNING", "SUCCEEDED", "PENDING_REDRIVE"])
def test_a_change_that_was_processed_is_a_duplicate(ingest, status):
    ran(ingest, status, registry_event(eventId="another delivery"))

    result = ingest.start_run_for(MESSAGE)

    assert (result.status, result.reason) == ("duplicate", f"{NAME} runs or has succeeded")
    assert ingest.executions.by_name.keys() == {NAME}


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "ABORTED"])
def test_a_change_whose_run_did_not_succeed_starts_another(ingest, status):
    ran(ingest, status)

    result = ingest.start_run_for(MESSAGE)

    assert (result.status, result.reason) == ("started", AGAIN)
    assert ingest.executions.by_name[AGAIN] == (TEXT, "RUNNING")


@pytest.mark.parametrize("status", ["RUNNING", "SUCCEEDED", "FAILED"])
def test_a_change_whose_run_cannot_be_looked_up_starts_another_which_dispatch_lets_wait(ingest, status):
    ran(ingest, status, registry_event(eventId="another delivery"))
    ingest.executions.not_shown.add(NAME)

    results = [ingest.start_run_for(MESSAGE) for _ in range(2)]

    assert [(result.status, result.reason) for result in results] == [("started", AGAIN)] * 2
    assert ingest.executions.by_name.keys() == {NAME, AGAIN}


@pytest.mark.parametrize("status", ["SUCCEEDED", "FAILED"])
def test_a_redriven_change_starts_another_run_whatever_became_of_the_first(ingest, status):
    ran(ingest, status)

    result = ingest.start_run_for(REDRIVEN)

    assert (result.status, result.reason) == ("started", AGAIN)


def test_a_redriven_change_whose_first_run_is_forgotten_starts_under_its_first_name(ingest):
    result = ingest.start_run_for(REDRIVEN)

    assert (result.status, result.reason) == ("started", NAME)


@pytest.mark.parametrize("status", ["SUCCEEDED", "FAILED"])
def test_a_delivery_that_was_processed_is_not_processed_again(ingest, status):
    ran(ingest, "FAILED")
    ingest.start_run_for(REDRIVEN)
    ingest.executions.end(AGAIN, status)

    result = ingest.start_run_for(REDRIVEN)

    assert (result.status, result.reason) == ("duplicate", f"{AGAIN} was started for this delivery")


def test_another_delivery_of_the_same_change_is_another_retry(ingest):
    ran(ingest, "FAILED")
    ingest.start_run_for(REDRIVEN)
    ingest.executions.end(AGAIN, "FAILED")

    result = ingest.start_run_for(Message("ffffffff-0000-4000-8000-000000000000", TEXT, REDRIVEN.execution_arn))

    assert (result.status, result.reason) == ("started", f"{NAME}-rffffffff")


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        pytest.param(registry_event(thingTypeName="lamp"), "other thing type", id="another thing type"),
        pytest.param(
            registry_event(attributes=CREATE | {"stackName": "another-stack"}), "other stack", id="another stack"
        ),
        pytest.param(
            registry_event(operation="DELETED", attributes=None, thingTypeName=None),
            "not evidently ours",
            id="deleted, with nothing left to show whose it was",
        ),
    ],
)
def test_what_is_not_ours_starts_nothing(ingest, event, reason):
    result = ingest.start_run_for(Message("m-1", json.dumps(event)))

    assert result == IntakeResult("ignored", reason, load_event(event))
    assert ingest.executions.by_name == {}
    assert ingest.dead_letters.messages == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"thingTypeName": None}, None, id="without a type"),
        pytest.param({"thingTypeName": "lamp"}, "other thing type", id="of another thing type"),
        pytest.param({"attributes": CREATE | {"stackName": "another-stack"}}, "other stack", id="of another stack"),
        pytest.param({"attributes": None}, "not evidently ours", id="that does not say whose it is"),
    ],
)
@pytest.mark.parametrize("operation", ["UPDATED", "DELETED"])
def test_a_change_of_a_thing_that_the_journal_knows_starts_a_run_though_it_may_be_anothers_now(
    ingest, operation, changes, reason
):
    body = json.dumps(registry_event(operation=operation, versionNumber=2, **changes))
    unknown = ingest.start_run_for(Message("m-1", body))
    append(ingest.journal, accepted())

    result = ingest.start_run_for(Message("m-2", body))

    assert (unknown.status, unknown.reason) == (("ignored", reason) if reason else ("started", result.reason))
    assert (result.status, result.reason) == ("started", f"{THING_ID}-v2-{operation}")


@pytest.mark.parametrize(
    ("changes", "noted"),
    [
        pytest.param({"operation": "DELETED", "attributes": None, "thingTypeName": None}, True, id="bare end"),
        pytest.param(
            {"operation": "DELETED", "attributes": CREATE | {"stackName": "another-stack"}},
            True,
            id="end of what is another stack's now",
        ),
        pytest.param({"operation": "DELETED", "attributes": None}, True, id="end of what does not say whose it was"),
        pytest.param({"operation": "DELETED", "thingTypeName": "lamp"}, False, id="end of another type"),
        pytest.param({"operation": "DELETED"}, False, id="end that a run will see to"),
        pytest.param({"operation": "UPDATED", "attributes": None}, False, id="no end"),
    ],
)
def test_the_end_of_what_is_not_evidently_ours_is_noted_since_its_beginning_may_still_come(ingest, changes, noted):
    ingest.start_run_for(Message("m-1", json.dumps(registry_event(**changes))))

    assert ingest.journal.has_tombstone(THING_ID) == noted


class AcceptedMeanwhile(FakeJournal):
    """Another run accepts the thing's CREATED between Ingest reading the snapshot and writing the tombstone."""

    def write_tombstone(self, thing_id):
        super().write_tombstone(thing_id)
        append(self, accepted())


def test_an_end_whose_beginning_is_accepted_at_this_moment_starts_a_run():
    journal = AcceptedMeanwhile()
    ingest = Ingest(FakeExecutions(), FakeDeadLetters(), journal, stack_name=STACK, thing_type_name="lorawan")

    result = ingest.start_run_for(Message("m-1", json.dumps(registry_event(operation="DELETED", attributes=None))))

    assert result.status == "started"


def test_the_end_of_a_thing_that_the_journal_knows_is_not_noted_beside_it(ingest):
    append(ingest.journal, accepted())

    ingest.start_run_for(Message("m-1", json.dumps(registry_event(operation="DELETED", attributes=None))))

    assert not ingest.journal.has_tombstone(THING_ID)


def test_a_change_of_a_thing_of_which_a_newer_version_wrote_starts_the_run_that_will_say_so(ingest):
    append(ingest.journal, accepted())
    ingest.journal.snapshots[THING_ID]["state"]["version"] = 2

    result = ingest.start_run_for(Message("m-1", json.dumps(registry_event(operation="DELETED", attributes=None))))

    assert (result.status, result.reason) == ("started", f"{THING_ID}-v1-DELETED")


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"thingTypeName": "lamp"}, id="another thing type"),
        pytest.param({"attributes": CREATE | {"stackName": "another-stack"}}, id="another stack"),
    ],
)
def test_a_thing_that_was_created_for_others_is_ignored_without_asking_the_journal(changes):
    ingest = Ingest(FakeExecutions(), FakeDeadLetters(), Unasked(), stack_name=STACK, thing_type_name="lorawan")

    result = ingest.start_run_for(Message("m-1", json.dumps(registry_event(**changes))))

    assert result.status == "ignored"


class Unasked:
    """A journal that nobody may ask: each read is a request that is paid for."""

    def read(self, thing_id):
        raise LookupError(thing_id)


def test_a_change_that_is_evidently_ours_does_not_ask_the_journal():
    ingest = Ingest(FakeExecutions(), FakeDeadLetters(), Unasked(), stack_name=STACK, thing_type_name="lorawan")

    assert ingest.start_run_for(MESSAGE).status == "started"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        pytest.param("hello", "The message is no AWS IoT registry event: it is not JSON.", id="no JSON"),
        pytest.param("[]", "The message is no AWS IoT registry event: it is no JSON object.", id="no object"),
    ],
)
def test_what_nobody_can_read_waits_in_the_dead_letter_queue_with_the_reason(ingest, body, text):
    result = ingest.start_run_for(Message("m-1", body))

    assert result == IntakeResult("unreadable", text)
    assert ingest.dead_letters.messages == [(body, "InvalidEventError", text)]
    assert ingest.executions.by_name == {}


class Throttled(FakeExecutions):
    """Step Functions refuses one of its calls for rate."""

    def __init__(self, call):
        super().__init__()
        self._call = call

    def start(self, name, event_text):
        return self._unless("start", super().start, name, event_text)

    def works_or_succeeded(self, name):
        return self._unless("works_or_succeeded", super().works_or_succeeded, name)

    def _unless(self, call, ask, *arguments):
        if call == self._call:
            raise RegistryThrottledError("slow down")
        return ask(*arguments)


@pytest.mark.parametrize("call", ["start", "works_or_succeeded"])
def test_a_throttled_change_is_delivered_again(call):
    executions = Throttled(call)
    executions.by_name = {NAME: (TEXT, "FAILED")}
    ingest = Ingest(executions, FakeDeadLetters(), FakeJournal(), stack_name=STACK, thing_type_name="lorawan")

    with pytest.raises(RegistryThrottledError, match="slow down"):
        ingest.start_run_for(MESSAGE)

    assert executions.by_name == {NAME: (TEXT, "FAILED")}


@pytest.mark.parametrize("remaining_ms", [CALLS_AT_MOST * 10_000, 900_000])
def test_a_change_is_begun_with_time_for_all_its_calls(remaining_ms):
    ensure_time_left(remaining_ms, call_timeout_s=10)


@pytest.mark.parametrize("remaining_ms", [0, CALLS_AT_MOST * 10_000 - 1])
def test_a_change_is_not_begun_without(remaining_ms):
    with pytest.raises(RegistryUnavailableError, match="no time left for the event"):
        ensure_time_left(remaining_ms, call_timeout_s=10)


def test_neither_message_nor_result_prints_the_event(ingest):
    result = ingest.start_run_for(MESSAGE)

    assert APP_KEY not in repr(MESSAGE) + repr(result)
