"""Thing log and shadow are written for every outcome, and trouble with them never fails a run."""

from datetime import UTC, datetime

import pytest

from tests.fakes.telling import FakeShadow, FakeThingLog
from tests.fakes.things import FakeThings
from tests.journal_samples import OTHER_THING_ID
from tests.samples import DEVICE_ID, STACK, THING_ID
from workflows.domain.report import Failure, Report, Subject, log_line, shadow_state
from workflows.errors import ShadowChangedAnswer
from workflows.ports import Shadow
from workflows.steps.report import Reporter

AT = datetime(2026, 11, 26, 9, 42, 30, tzinfo=UTC)
RUN = "arn:aws:states:eu-west-1:111122223333:execution:thingsync:run"


def report(status="registered", version_number=1, thing_name="pump-7", operation="CREATED", **more):
    subject = Subject(thing_name, THING_ID, version_number, operation, 1764150000123)
    return Report(status, subject, RUN, AT, **more)


REGISTERED = report(method="created", device_id=DEVICE_ID, reason="all values are the thing's own")
REJECTED = report("rejected", failure=Failure("InvalidThingError", "devEUI: is missing"))


class Desk:
    """A reporter, where it writes, and what it could not write."""

    def __init__(self, thing_log=None, shadow=None, things=()):
        self.thing_log, self.shadow = thing_log or FakeThingLog(), shadow or FakeShadow()
        self.trouble = []
        self.reporter = Reporter(self.thing_log, self.shadow, FakeThings(*things), "demo-app", self._note)

    def _note(self, where, error):
        self.trouble.append((where, type(error).__name__))

    @property
    def reported(self):
        return dict(self.shadow.shadows["pump-7"].reported)


def without_none(state):
    return {key: value for key, value in state.items() if value is not None}


@pytest.mark.parametrize("told", [pytest.param(REGISTERED, id="registered"), pytest.param(REJECTED, id="rejected")])
def test_an_outcome_stands_in_the_things_log_and_its_shadow(told):
    desk = Desk()

    desk.reporter.tell(told)

    assert desk.thing_log.lines == {"pump-7": [log_line(told, "demo-app")]}
    assert desk.reported == without_none(shadow_state(told, "demo-app"))
    assert desk.trouble == []


def test_a_skip_stands_in_the_things_log_alone():
    desk = Desk()

    desk.reporter.tell(report("skipped", reason="ignored: other stack"))

    assert [line["reason"] for line in desk.thing_log.lines["pump-7"]] == ["ignored: other stack"]
    assert desk.shadow.shadows == {}


@pytest.mark.parametrize("status", ["removed", "released", "skipped"])
@pytest.mark.parametrize(
    ("things", "is_gone"),
    [
        pytest.param([], True, id="nobody bears the name"),
        pytest.param([("pump-7", THING_ID, STACK)], True, id="the thing bears it for a moment more"),
        pytest.param([("pump-7", OTHER_THING_ID, STACK)], False, id="a new thing bears the name"),
    ],
)
def test_the_shadow_of_a_thing_that_is_gone_is_deleted_unless_a_new_thing_has_it(status, things, is_gone):
    desk = Desk(things=things)
    desk.reporter.tell(REGISTERED)

    desk.reporter.tell(report(status, operation="DELETED", reason="why"))

    assert (desk.shadow.shadows == {}) is is_gone
    assert [line["outcome"] for line in desk.thing_log.lines["pump-7"]] == ["registered", status]
    assert desk.trouble == []


@pytest.mark.parametrize("status", ["rejected", "failed"])
def test_a_deletion_that_had_a_bad_end_stands_in_the_shadow(status):
    desk = Desk()

    desk.reporter.tell(report(status, operation="DELETED", failure=Failure("AccessDeniedError", "x")))

    assert desk.reported["status"] == status


@pytest.mark.parametrize("status", ["released", "removed"])
def test_a_thing_that_is_anothers_now_keeps_its_shadow_for_that_one_to_write(status):
    desk = Desk()
    desk.reporter.tell(REGISTERED)

    desk.reporter.tell(report(status, version_number=2, operation="UPDATED", reason="the thing is another's now"))

    assert desk.reported["versionNumber"] == 1


def test_an_outcome_of_no_thing_is_told_nowhere():
    desk = Desk()

    desk.reporter.tell(report("failed", thing_name=None, failure=Failure("InvalidEventError", "no event")))

    assert (desk.thing_log.lines, desk.shadow.shadows, desk.trouble) == ({}, {}, [])


def test_a_correction_removes_the_error():
    desk = Desk()
    desk.reporter.tell(REJECTED)

    desk.reporter.tell(report(version_number=2, method="created", device_id=DEVICE_ID))

    assert "error" not in desk.reported
    assert (desk.reported["status"], desk.reported["versionNumber"]) == ("registered", 2)


def test_an_older_outcome_does_not_overwrite_a_newer_one_but_stands_in_the_log():
    desk = Desk()
    desk.reporter.tell(report("rejected", version_number=2, failure=Failure("InvalidThingError", "x")))

    desk.reporter.tell(REGISTERED)

    assert (desk.reported["status"], desk.reported["versionNumber"]) == ("rejected", 2)
    assert [line["outcome"] for line in desk.thing_log.lines["pump-7"]] == ["rejected", "registered"]


class Contested(FakeShadow):
    """Another writer is faster, ``times`` times, with an outcome of version ``version_number``."""

    def __init__(self, times, version_number):
        super().__init__()
        self._times, self._theirs = times, {"thingId": THING_ID, "versionNumber": version_number}

    def write(self, thing_name, reported, *, version):
        if self._times:
            self._times -= 1
            found = self.shadows.get(thing_name, Shadow({}, 0))
            self.shadows[thing_name] = Shadow(self._theirs, found.version + 1)
            raise ShadowChangedAnswer(thing_name)
        super().write(thing_name, reported, version=version)


def test_a_faster_writer_of_an_older_outcome_is_written_over():
    desk = Desk(shadow=Contested(2, version_number=1))

    desk.reporter.tell(report(version_number=2, method="created", device_id=DEVICE_ID))

    assert (desk.reported["versionNumber"], desk.trouble) == (2, [])


def test_a_faster_writer_of_a_newer_outcome_stays():
    desk = Desk(shadow=Contested(1, version_number=9))

    desk.reporter.tell(REGISTERED)

    assert (desk.reported["versionNumber"], desk.trouble) == (9, [])


def test_a_shadow_that_keeps_changing_is_given_up_and_noted():
    desk = Desk(shadow=Contested(3, version_number=1))

    desk.reporter.tell(REGISTERED)

    assert desk.trouble == [("shadow", "ShadowChangedAnswer")]


class OutOfOrder:
    """A thing log or shadow that AWS does not let us use."""

    def __getattr__(self, name):
        raise PermissionError(name)


def test_a_thing_log_out_of_order_is_noted_and_the_shadow_written():
    desk = Desk(thing_log=OutOfOrder())

    desk.reporter.tell(REGISTERED)

    assert desk.trouble == [("thing log", "PermissionError")]
    assert desk.reported["status"] == "registered"


def test_a_shadow_out_of_order_is_noted_and_the_log_written():
    desk = Desk(shadow=OutOfOrder())

    desk.reporter.tell(REGISTERED)

    assert desk.trouble == [("shadow", "PermissionError")]
    assert len(desk.thing_log.lines["pump-7"]) == 1
