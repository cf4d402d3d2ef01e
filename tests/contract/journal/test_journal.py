"""The journal in DynamoDB does what the fake of the unit tests does."""

import pytest

from tests.fakes.journal import FakeJournal
from tests.ports.journal import JournalContract


class FakeStorage:
    def __init__(self, journal):
        self._journal = journal

    def forget_snapshot(self, thing_id):
        del self._journal.snapshots[thing_id]

    def forget_fact(self, thing_id, number):
        del self._journal.streams[thing_id][number]

    def newer_snapshot(self, thing_id):
        self._journal.snapshots[thing_id]["state"]["version"] = 2

    def newer_fact(self, thing_id, number):
        self._journal.streams[thing_id][number]["fact"]["version"] = 2


class TestJournalInMemory(JournalContract):
    @pytest.fixture
    def journal(self):
        return FakeJournal()

    @pytest.fixture
    def storage(self, journal):
        return FakeStorage(journal)


class TestJournalInDynamoDB(JournalContract):
    pass
