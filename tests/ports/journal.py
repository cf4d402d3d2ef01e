"""What every ``Journal`` does: subclasses give an empty ``journal`` and its ``storage``.

A storage breaks what the journal keeps: ``forget_snapshot(thing_id)``, ``forget_fact(thing_id, number)``, and
``newer_snapshot(thing_id)``, ``newer_fact(thing_id, number)`` as a newer version of Thingsync could have written them.
"""

import pytest

from tests.journal_samples import (
    CREATED,
    DELETION,
    ONE_OF_EACH,
    OTHER_DEVICE_ID,
    OTHER_THING_ID,
    START,
    accepted,
    append,
    change,
    device,
    entry,
)
from tests.ports.journal_owners import OwnerContract
from tests.ports.journal_reservations import ReservationContract
from tests.samples import DEVICE_ID, THING_ID
from workflows.domain.facts import (
    DeviceCreated,
    DeviceRemoved,
    EventFailed,
    EventSkipped,
)
from workflows.domain.fold import ThingState, fold
from workflows.errors import JournalMovedAnswer, JournalSequenceError, UnknownFactError
from workflows.ports.journal import Recorded

OTHERS = {"thing_id": OTHER_THING_ID, "thing_name": "pump-8"}
REMOVED = DeviceRemoved(DELETION, DEVICE_ID)


class TombstoneContract:
    def test_the_tombstone_of_a_thing_is_written_once_and_for_all(self, journal):
        before = journal.has_tombstone(THING_ID)
        journal.write_tombstone(THING_ID)
        journal.write_tombstone(THING_ID)

        assert (before, journal.has_tombstone(THING_ID), journal.has_tombstone(OTHER_THING_ID)) == (False, True, False)

    def test_a_thing_of_which_only_the_tombstone_is_known_has_no_facts(self, journal):
        journal.write_tombstone(THING_ID)

        assert (journal.read(THING_ID), list(journal.facts(THING_ID))) == (ThingState(), [])


class StreamContract:
    def test_a_thing_without_facts_has_an_empty_state_and_an_empty_stream(self, journal):
        assert journal.read(THING_ID) == ThingState()
        assert list(journal.facts(THING_ID)) == []

    @pytest.mark.parametrize("fact", ONE_OF_EACH, ids=lambda fact: type(fact).__name__)
    def test_a_fact_is_read_as_it_was_written(self, journal, fact):
        append(journal, fact)

        assert list(journal.facts(THING_ID)) == [Recorded(0, START, fact)]

    @pytest.mark.parametrize("fact", ONE_OF_EACH, ids=lambda fact: type(fact).__name__)
    def test_the_state_that_is_read_is_the_fold_of_the_facts(self, journal, fact):
        appended = append(journal, accepted(), fact)

        assert journal.read(THING_ID) == appended == fold([accepted(), fact])

    def test_facts_come_in_the_order_in_which_they_were_appended(self, journal):
        facts = [EventSkipped(change(version_number=number), "duplicate") for number in range(11)]
        append(journal, *facts)

        recorded = list(journal.facts(THING_ID))

        assert [(each.number, each.fact) for each in recorded] == list(enumerate(facts))
        assert sorted(recorded, key=lambda each: each.at) == recorded

    def test_the_stream_is_read_from_its_end_too(self, journal):
        facts = [EventSkipped(change(version_number=number), "duplicate") for number in range(11)]
        append(journal, *facts)

        assert [each.fact for each in journal.recent(THING_ID)] == facts[::-1]

    def test_streams_of_two_things_do_not_touch(self, journal):
        append(journal, accepted())
        append(journal, EventSkipped(change(), "ignored"), **OTHERS)

        assert journal.read(THING_ID).busy == change()
        assert journal.read(OTHER_THING_ID).busy is None

    @pytest.mark.parametrize("facts", [pytest.param((), id="first"), pytest.param((accepted(), CREATED), id="later")])
    def test_of_two_that_append_after_the_same_fact_the_second_has_to_read_again(self, journal, facts):
        before = append(journal, *facts) if facts else ThingState()
        winner, loser = accepted(change("UPDATED", 3)), accepted(change("UPDATED", 4), OTHER_DEVICE_ID)
        won = journal.append(entry(before, winner))

        with pytest.raises(JournalMovedAnswer, match="has grown"):
            journal.append(entry(before, loser))

        assert journal.read(THING_ID) == won
        assert [each.fact for each in journal.facts(THING_ID)] == [*facts, winner]
        assert journal.owner(OTHER_DEVICE_ID) is None

    def test_one_who_has_read_more_facts_than_there_are_has_to_read_again(self, journal):
        ahead = fold([accepted(), CREATED])

        with pytest.raises(JournalMovedAnswer, match="has grown"):
            journal.append(entry(ahead, REMOVED))

        assert list(journal.facts(THING_ID)) == []


class IndexContract:
    def test_things_are_found_by_their_name_the_latest_first(self, journal):
        append(journal, accepted())
        created = DeviceCreated(change(), device(device_id=OTHER_DEVICE_ID))
        latest = append(journal, accepted(device_id=OTHER_DEVICE_ID), created, thing_id=OTHER_THING_ID)
        append(journal, EventSkipped(change(), "ignored"), thing_id="another", thing_name="pump-9")

        found = list(journal.named("pump-7"))

        assert [snapshot.thing_id for snapshot in found] == [OTHER_THING_ID, THING_ID]
        assert (found[0].state, found[0].status, found[0].thing_name) == (latest, "registered", "pump-7")
        assert found[1].at == START

    def test_things_are_found_by_their_status_the_latest_first(self, journal):
        append(journal, EventFailed(change(), "Timeout"), thing_id="early", thing_name="pump-1")
        append(journal, *[EventFailed(change(), "Timeout")] * 2, thing_id="late", thing_name="pump-2")
        append(journal, accepted())

        assert [snapshot.thing_id for snapshot in journal.by_status("failed")] == ["late", "early"]
        assert [snapshot.thing_id for snapshot in journal.by_status("in flight")] == [THING_ID]

    def test_a_thing_has_one_status_alone(self, journal):
        append(journal, accepted(), CREATED, accepted(DELETION), REMOVED)

        assert [snapshot.state.facts for snapshot in journal.by_status("removed")] == [4]
        assert [snapshot.state.facts for snapshot in journal.named("pump-7")] == [4]
        assert list(journal.by_status("in flight")) == []
        assert list(journal.by_status("registered")) == []

    def test_nothing_is_found_by_a_name_that_no_thing_bears(self, journal):
        append(journal, accepted())

        assert list(journal.named("pump")) == []


class BrokenStorageContract:
    def test_a_stream_whose_snapshot_is_lost_is_not_begun_again(self, journal, storage):
        append(journal, accepted(), CREATED)
        storage.forget_snapshot(THING_ID)

        with pytest.raises(JournalSequenceError, match=r"Fact 0 .* Nothing was overwritten"):
            append(journal, EventSkipped(change(), "duplicate"))

        assert [each.fact for each in journal.facts(THING_ID)] == [accepted(), CREATED]
        assert journal.read(THING_ID) == ThingState()

    def test_a_missing_fact_is_reported(self, journal, storage):
        append(journal, accepted(), CREATED, accepted(DELETION), REMOVED)
        storage.forget_fact(THING_ID, 2)
        stream = journal.facts(THING_ID)

        assert [next(stream).number, next(stream).number] == [0, 1]
        with pytest.raises(JournalSequenceError, match=r"Fact 2 of thing .* is missing"):
            next(stream)

    @pytest.mark.parametrize(
        "read",
        [
            pytest.param(lambda journal: journal.read(THING_ID), id="read"),
            pytest.param(lambda journal: list(journal.named("pump-7")), id="named"),
            pytest.param(lambda journal: list(journal.by_status("in flight")), id="status"),
        ],
    )
    def test_a_state_that_a_newer_version_wrote_is_refused(self, journal, storage, read):
        append(journal, accepted())
        storage.newer_snapshot(THING_ID)

        with pytest.raises(UnknownFactError, match=r"SNAPSHOT of .* is of version 2.* Deploy the newer version"):
            read(journal)

    def test_a_newer_version_s_state_is_not_overwritten_by_one_who_read_before(self, journal, storage):
        before = append(journal, accepted())
        append(journal, EventFailed(change(), "Timeout"))
        storage.newer_snapshot(THING_ID)

        with pytest.raises(JournalMovedAnswer, match="has grown"):
            journal.append(entry(before, CREATED))

        with pytest.raises(UnknownFactError, match="is of version 2"):
            journal.read(THING_ID)

    def test_a_fact_that_a_newer_version_wrote_is_refused(self, journal, storage):
        append(journal, accepted(), CREATED)
        storage.newer_fact(THING_ID, 1)

        with pytest.raises(UnknownFactError, match=r"(?i)fact.* is of version 2.* Deploy the newer version"):
            list(journal.facts(THING_ID))


class JournalContract(
    TombstoneContract, StreamContract, OwnerContract, ReservationContract, IndexContract, BrokenStorageContract
):
    pass
