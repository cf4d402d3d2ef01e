"""Thing log and shadow are written for every outcome, and a failed write never fails a run."""

from datetime import UTC, datetime

import pytest

from tests.fakes.journal import FakeJournal
from tests.fakes.notifying import FakeShadow, FakeThingLog
from tests.fakes.things import FakeThings
from tests.journal_samples import OTHER_THING_ID, accepted, append, change, device
from tests.samples import DEVICE_ID, STACK, THING_ID
from workflows.domain.facts import DeviceCreated, EventFailed, EventRejected
from workflows.domain.report import Failure, Report, Subject, is_shown, log_line, shadow_state
from workflows.errors import ShadowChangedAnswer
from workflows.steps.report import Reporter
from workflows.steps.shadow_writing import ShadowWriter

AT = datetime(2026, 11, 26, 9, 42, 30, tzinfo=UTC)
RUN = "arn:aws:states:eu-west-1:111122223333:execution:thingsync:run"


def report(status="registered", version_number=1, thing_name="pump-7", operation="CREATED", **more):
    subject = Subject(thing_name, THING_ID, version_number, operation, 1764150000123)
    return Report(status, subject, RUN, AT, **more)


REGISTERED = report(method="created", device_id=DEVICE_ID, reason="all values are the thing's own")
REJECTED = report("rejected", failure=Failure("InvalidThingError", "devEUI: is missing"))


class Desk:
    """A reporter, where it writes, and what it could not write; ``journal`` has the latest outcome."""

    def __init__(self, thing_log=None, shadow=None, things=()):
        self.thing_log, self.shadow = thing_log or FakeThingLog(), shadow or FakeShadow()
        self.errors, self.journal, self.things = [], FakeJournal(), FakeThings(*things)
        shadow_writer = ShadowWriter(self.shadow, self.things, self.journal, "demo-app")
        self.reporter = Reporter(self.thing_log, self.shadow, self.things, shadow_writer, "demo-app", self._note)

    def happened(self, outcome):
        """Write what a report is about into the journal; return whether it is the thing's latest outcome."""
        of = change(outcome.subject.operation, outcome.subject.version_number)
        if outcome.status == "registered":
            state = append(self.journal, accepted(of), DeviceCreated(of, device()))
        else:
            fact = EventRejected if outcome.status == "rejected" else EventFailed
            state = append(self.journal, fact(of, outcome.failure.name))
        return is_shown(outcome, state.settled)

    def report(self, outcome):
        """Report an outcome as its run does, once it is in the journal."""
        is_latest = outcome.status in ("registered", "rejected", "failed") and self.happened(outcome)
        self.reporter.report(outcome, update_shadow=is_latest)

    def forge(self, **reported):
        """Write into the shadow as the device may."""
        self.shadow.write("pump-7", reported, over=None)

    def _note(self, where, error):
        self.errors.append((where, type(error).__name__))

    @property
    def reported(self):
        return dict(self.shadow.shadows["pump-7"].reported)


def without_none(state):
    return {key: value for key, value in state.items() if value is not None}


@pytest.mark.parametrize("outcome", [pytest.param(REGISTERED, id="registered"), pytest.param(REJECTED, id="rejected")])
def test_an_outcome_stands_in_the_things_log_and_its_shadow(outcome):
    desk = Desk()

    desk.report(outcome)

    assert desk.thing_log.lines == {"pump-7": [log_line(outcome, "demo-app")]}
    assert desk.reported == without_none(shadow_state(outcome, "demo-app"))
    assert desk.errors == []


def test_a_skip_stands_in_the_things_log_alone():
    desk = Desk()

    desk.report(report("skipped", reason="ignored: other stack"))

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
    desk.report(REGISTERED)

    desk.report(report(status, operation="DELETED", reason="why"))

    assert (desk.shadow.shadows == {}) is is_gone
    assert [line["outcome"] for line in desk.thing_log.lines["pump-7"]] == ["registered", status]
    assert desk.errors == []


@pytest.mark.parametrize("status", ["rejected", "failed"])
def test_a_deletion_that_had_a_bad_end_stands_in_the_shadow(status):
    desk = Desk()

    desk.report(report(status, operation="DELETED", failure=Failure("AccessDeniedError", "x")))

    assert desk.reported["status"] == status


@pytest.mark.parametrize("status", ["released", "removed"])
def test_a_thing_that_is_anothers_now_keeps_its_shadow_for_that_one_to_write(status):
    desk = Desk()
    desk.report(REGISTERED)

    desk.report(report(status, version_number=2, operation="UPDATED", reason="the thing is another's now"))

    assert desk.reported["versionNumber"] == 1


def test_an_outcome_of_no_thing_is_reported_nowhere():
    desk = Desk()

    desk.report(report("failed", thing_name=None, failure=Failure("InvalidEventError", "no event")))

    assert (desk.thing_log.lines, desk.shadow.shadows, desk.errors) == ({}, {}, [])


def test_a_correction_removes_the_error():
    desk = Desk()
    desk.report(REJECTED)

    desk.report(report(version_number=2, method="created", device_id=DEVICE_ID))

    assert "error" not in desk.reported
    assert (desk.reported["status"], desk.reported["versionNumber"]) == ("registered", 2)


def test_an_older_outcome_does_not_overwrite_a_newer_one_but_stands_in_the_log():
    desk = Desk()
    desk.report(report("rejected", version_number=2, failure=Failure("InvalidThingError", "x")))

    desk.report(REGISTERED)

    assert (desk.reported["status"], desk.reported["versionNumber"]) == ("rejected", 2)
    assert [line["outcome"] for line in desk.thing_log.lines["pump-7"]] == ["rejected", "registered"]


class Contested(FakeShadow):
    """Another writer is faster, ``times`` times, with what it ``reported``; ``meanwhile`` is what happens before."""

    def __init__(self, times, meanwhile=lambda: None, **reported):
        super().__init__()
        self._times, self._meanwhile, self._theirs = times, meanwhile, reported

    def write(self, thing_name, reported, *, over):
        if self._times:
            self._times -= 1
            self._meanwhile()
            super().write(thing_name, self._theirs, over=None)
            raise ShadowChangedAnswer(thing_name)
        super().write(thing_name, reported, over=over)


def test_a_faster_writer_of_an_older_outcome_is_written_over():
    desk = Desk(shadow=Contested(2, thingId=THING_ID, versionNumber=1))

    desk.report(report(version_number=2, method="created", device_id=DEVICE_ID))

    assert (desk.reported["versionNumber"], desk.errors) == (2, [])


def test_a_faster_run_with_a_newer_outcome_stays():
    newer = report("failed", version_number=9, operation="UPDATED", failure=Failure("AccessDeniedError", "x"))
    desk: Desk = Desk(shadow=Contested(1, lambda: desk.happened(newer), thingId=THING_ID, versionNumber=9))

    desk.report(REGISTERED)

    assert (desk.reported["versionNumber"], desk.errors) == (9, [])


@pytest.mark.parametrize(
    "forged",
    [
        pytest.param({"thingId": THING_ID, "versionNumber": 10**15}, id="a version that never comes"),
        pytest.param({"versionNumber": 10**15, "eventAt": 10**15}, id="of no thing"),
        pytest.param({"thingId": "another", "eventAt": 10**15}, id="another thing of this name, of the far future"),
        pytest.param({"thingId": {"a": 1}, "versionNumber": [3]}, id="nothing that makes sense"),
    ],
)
def test_what_a_device_writes_into_the_shadow_keeps_no_outcome_away(forged):
    desk = Desk(things=[("pump-7", THING_ID, STACK)])
    desk.forge(**forged)

    desk.report(REJECTED)

    assert desk.reported == without_none(shadow_state(REJECTED, "demo-app"))


def test_a_version_that_never_comes_costs_nothing_where_no_thing_is_left_of_the_name():
    desk = Desk()
    desk.forge(thingId="another", versionNumber=10**15)

    desk.report(REJECTED)

    assert desk.reported["thingId"] == THING_ID


def test_the_outcome_of_an_earlier_thing_leaves_the_shadow_to_the_thing_that_bears_the_name():
    desk = Desk(things=[("pump-7", OTHER_THING_ID, STACK)])
    desk.forge(thingId=OTHER_THING_ID, versionNumber=1)

    desk.report(report("failed", operation="DELETED", failure=Failure("AccessDeniedError", "x")))

    assert (desk.reported["thingId"], desk.things.asked) == (OTHER_THING_ID, ["pump-7"])


def test_a_shadow_that_reports_this_thing_alone_gives_no_reason_to_ask_aws_iot():
    desk = Desk()
    desk.report(REJECTED)

    desk.report(report(version_number=2, method="created", device_id=DEVICE_ID))

    assert desk.things.asked == []


def test_a_shadow_that_keeps_changing_is_left_and_logged():
    desk = Desk(shadow=Contested(3, thingId=THING_ID, versionNumber=1))

    desk.report(REGISTERED)

    assert desk.errors == [("shadow", "ShadowChangedAnswer")]


class OutOfOrder:
    """A thing log or shadow that AWS does not let us use."""

    def __getattr__(self, name):
        raise PermissionError(name)


def test_a_thing_log_out_of_order_is_noted_and_the_shadow_written():
    desk = Desk(thing_log=OutOfOrder())

    desk.report(REGISTERED)

    assert desk.errors == [("thing log", "PermissionError")]
    assert desk.reported["status"] == "registered"


def test_a_shadow_out_of_order_is_noted_and_the_log_written():
    desk = Desk(shadow=OutOfOrder())

    desk.report(REGISTERED)

    assert desk.errors == [("shadow", "PermissionError")]
    assert len(desk.thing_log.lines["pump-7"]) == 1
