"""The outcome of an event goes into the journal once, no matter who else writes there."""

from dataclasses import replace

import pytest

from tests.fakes.journal import FakeJournal
from tests.journal_samples import (
    CREATED,
    DELETION,
    OTHER_DEVICE_ID,
    OTHER_THING_ID,
    START,
    UPDATE,
    accepted,
    append,
    change,
    device,
    entry,
)
from tests.samples import DEVICE_ID, THING_ID
from workflows.domain.facts import (
    DeviceAdopted,
    DeviceCreated,
    DeviceRemoved,
    DeviceUpdated,
    EventFailed,
    EventRejected,
    EventSkipped,
)
from workflows.domain.fold import ThingState, evolve
from workflows.domain.report import Report, ReportRecord, Subject
from workflows.errors import DeviceConflictError, JournalMovedAnswer, SupersededError, ThingBusyError
from workflows.ports.journal import Owner
from workflows.steps.record_outcome import record_outcome

SUBJECT = Subject("pump-7", THING_ID, 1, "CREATED", None)
REJECTED = EventRejected(change(), "InvalidThingError")
FAILED = EventFailed(change(), "RegistryUnavailableError")
SKIPPED = EventSkipped(change(), "ignored: other stack")
OTHER = Owner(OTHER_THING_ID, "valve-3")


def record_of(fact, before=None, subject=SUBJECT):
    return ReportRecord(Report("registered", subject, "arn:run", START), fact, before)


def stream(journal):
    return [recorded.fact for recorded in journal.facts(THING_ID)]


class Unread(FakeJournal):
    """A state that was read before need not be read, and paid for, again."""

    def read(self, thing_id):
        raise LookupError(thing_id)


@pytest.mark.parametrize("fact", [CREATED, REJECTED, FAILED, SKIPPED], ids=["done", "rejected", "failed", "skipped"])
def test_an_outcome_of_the_run_that_holds_the_thing_is_written(fact):
    journal = FakeJournal()
    append(journal, accepted())

    record_outcome(journal, record_of(fact))

    assert stream(journal) == [accepted(), fact]
    assert journal.snapshots[THING_ID]["at"] == START


def test_the_state_that_the_run_has_read_is_not_read_again():
    journal = Unread()
    before = evolve(ThingState(), 0, accepted())
    FakeJournal.append(journal, entry(ThingState(), accepted()))

    record_outcome(journal, record_of(CREATED, before))

    assert stream(journal) == [accepted(), CREATED]


@pytest.mark.parametrize("fact", [CREATED, REJECTED, FAILED, SKIPPED], ids=["done", "rejected", "failed", "skipped"])
@pytest.mark.parametrize("remembers", [True, False], ids=["with the state it read", "without"])
def test_an_outcome_that_was_written_by_a_call_whose_answer_was_lost_is_found(fact, remembers):
    journal = FakeJournal()
    before = append(journal, accepted())
    record_outcome(journal, record_of(fact, before))

    record_outcome(journal, record_of(fact, before if remembers else None))

    assert stream(journal) == [accepted(), fact]


def test_a_fact_of_another_run_in_between_does_not_keep_it_out():
    journal = FakeJournal()
    before = append(journal, accepted(UPDATE))
    append(journal, SKIPPED)

    record_outcome(journal, record_of(updated := DeviceUpdated(UPDATE, device()), before))

    assert stream(journal) == [accepted(UPDATE), SKIPPED, updated]


NOTHING_CHANGED = EventSkipped(change(), "no change concerns the device")


@pytest.mark.parametrize("fact", [CREATED, NOTHING_CHANGED], ids=["done", "nothing to do"])
@pytest.mark.parametrize(
    "meanwhile",
    [
        pytest.param(accepted(UPDATE), id="another run took it over"),
        pytest.param(EventFailed(change(), "UnreportedRunError", found_by=UPDATE.run), id="another run found it dead"),
    ],
)
def test_a_run_that_lost_its_thing_before_it_could_report_must_decide_again(fact, meanwhile):
    journal = FakeJournal()
    before = append(journal, accepted())
    append(journal, meanwhile)

    with pytest.raises(
        SupersededError, match=f"Another run took the thing over before run {change().run} could report"
    ):
        record_outcome(journal, record_of(fact, before))

    assert stream(journal) == [accepted(), meanwhile]


class Moving(FakeJournal):
    """Other runs are always faster."""

    def append(self, entry):
        raise JournalMovedAnswer(entry.thing_id)


def test_a_stream_that_keeps_growing_is_tried_again_later():
    journal = Moving()
    FakeJournal.append(journal, entry(ThingState(), accepted()))

    with pytest.raises(ThingBusyError, match="Other runs keep writing to the journal of thing pump-7"):
        record_outcome(journal, record_of(CREATED))


def test_a_device_that_became_anothers_while_it_was_adopted_is_a_conflict():
    journal = FakeJournal()
    append(journal, accepted())
    journal.owners[OTHER_DEVICE_ID] = OTHER
    adopted = DeviceAdopted(change(), device(device_id=OTHER_DEVICE_ID))

    with pytest.raises(DeviceConflictError, match=f"{OTHER_DEVICE_ID} belongs to thing valve-3"):
        record_outcome(journal, record_of(adopted))

    assert stream(journal) == [accepted()]


@pytest.mark.parametrize(
    ("fact", "left"),
    [
        pytest.param(DeviceRemoved(DELETION, DEVICE_ID), {OTHER_DEVICE_ID: OTHER}, id="removed"),
        pytest.param(
            DeviceCreated(DELETION, device()),
            {OTHER_DEVICE_ID: OTHER, DEVICE_ID: Owner(THING_ID, "pump-7")},
            id="registered under another ID",
        ),
    ],
)
def test_what_others_have_taken_of_what_the_thing_releases_stays_theirs(fact, left):
    journal = FakeJournal()
    append(journal, accepted(device_id=OTHER_DEVICE_ID), FAILED, accepted(DELETION))
    journal.owners[OTHER_DEVICE_ID] = OTHER

    record_outcome(journal, record_of(fact))

    assert stream(journal)[-1] == fact
    assert journal.owners == left


def test_all_that_others_have_taken_stays_theirs():
    journal = FakeJournal()
    append(journal, accepted(device_id=OTHER_DEVICE_ID), FAILED, accepted(DELETION))
    journal.owners = dict.fromkeys(journal.owners, OTHER)

    record_outcome(journal, record_of(DeviceRemoved(DELETION, DEVICE_ID)))

    assert journal.owners == {DEVICE_ID: OTHER, OTHER_DEVICE_ID: OTHER}


@pytest.mark.parametrize("fact", [REJECTED, FAILED], ids=["rejected", "failed"])
@pytest.mark.parametrize("facts", [[], [accepted(UPDATE)]], ids=["of an unknown thing", "while another run works"])
def test_that_an_event_was_refused_counts_once(fact, facts):
    journal = FakeJournal()
    append(journal, *facts)

    record_outcome(journal, record_of(fact))
    record_outcome(journal, record_of(fact))

    assert stream(journal) == [*facts, fact]


def test_that_a_change_was_superseded_counts_once():
    journal = FakeJournal()
    updated = DeviceUpdated(UPDATE, device())
    append(journal, updated)

    record_outcome(journal, record_of(SKIPPED))
    record_outcome(journal, record_of(SKIPPED))

    assert stream(journal) == [updated, SKIPPED]


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param([], id="of a thing that the journal does not know"),
        pytest.param([EventSkipped(change(run="another"), "nothing changed")], id="that is settled as it is"),
        pytest.param([SKIPPED, accepted(UPDATE)], id="that Dispatch has written, and a later one is at work"),
    ],
)
def test_a_skip_is_no_news(facts):
    journal = FakeJournal()
    append(journal, *facts)

    record_outcome(journal, record_of(SKIPPED))

    assert stream(journal) == facts


@pytest.mark.parametrize("fact", [CREATED, DeviceRemoved(DELETION, DEVICE_ID)], ids=["created", "removed"])
def test_work_that_was_never_accepted_is_not_written(fact):
    journal = FakeJournal()

    with pytest.raises(SupersededError, match="Another run took the thing over"):
        record_outcome(journal, record_of(fact))

    assert journal.streams == {}


@pytest.mark.parametrize(
    ("fact", "subject"),
    [
        pytest.param(None, SUBJECT, id="the input was no registry event"),
        pytest.param(REJECTED, replace(SUBJECT, thing_id=None), id="no thing ID"),
        pytest.param(REJECTED, replace(SUBJECT, thing_name=None), id="no thing name"),
    ],
)
def test_what_is_about_no_thing_is_not_written(fact, subject):
    journal = FakeJournal()

    shows = record_outcome(journal, record_of(fact, subject=subject))

    assert (shows, journal.streams) == (False, {})


@pytest.mark.parametrize(
    ("facts", "shows"),
    [
        pytest.param([accepted()], True, id="it holds the thing"),
        pytest.param([accepted(), CREATED], True, id="written already, by a call whose answer was lost"),
        pytest.param([accepted(), DeviceUpdated(UPDATE, device())], False, id="a later change is settled"),
        pytest.param([accepted(), EventRejected(UPDATE, "InvalidThingError")], False, id="a later one was rejected"),
    ],
)
def test_the_shadow_shows_an_outcome_that_is_the_latest_in_the_journal(facts, shows):
    journal = FakeJournal()
    append(journal, *facts)

    assert record_outcome(journal, record_of(CREATED)) is shows


def test_the_shadow_does_not_show_a_late_failure_of_an_older_change():
    journal = FakeJournal()
    append(journal, DeviceUpdated(UPDATE, device()))

    assert record_outcome(journal, ReportRecord(Report("failed", SUBJECT, "arn:run", START), FAILED)) is False
