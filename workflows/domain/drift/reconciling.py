"""A run that reconciles the registries: what was ordered, and what it did."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from workflows.domain.drift.findings import Finding
from workflows.values import value

Mode = Literal["Report", "Repair"]
# What the run does, in this order; it may stop after any page of a phase and go on later.
Phase = Literal["devices", "journal", "things", "scrub", "compare", "await", "repair", "look again", "report"]
# What became of a finding. held back: by the brake. linked: the thing has a device that was there before, to which
# nothing was written. still differs: although its repair was sent. sent: nobody could look at what the repair did.
Done = Literal["reported", "held back", "sent", "repaired", "linked", "still differs"]
SENT: tuple[Done, ...] = ("sent", "repaired", "linked", "still differs")
Ended = Literal["done", "out of time", "superseded"]


@value
class Order:
    """``scrub`` is how many devices are also compared on all servers.

    ``parts``: so many parts of its notebook an earlier invocation of the run has left; 0 for the first.
    """

    run: str
    mode: Mode
    scrub: int
    parts: int = 0


@value
class Reconciled:
    """What a run has found and done so far. ``unrepaired``: of this stack's. ``foreign``: others'.

    ``complete``: the run is at its end. ``waiting``: so many things were not compared, because events are still in the
    queue, and theirs may be among them.
    """

    things: int
    devices: int
    missing: int
    differing: int
    orphaned: int
    foreign: int
    repairs: int
    held_back: int
    unrepaired: int
    scrubbed: int
    complete: bool
    waiting: int = 0


@value
class RunRecord:
    """What is stored of a run. ``heard``: its latest invocation began. ``ended`` is None while it works, or if it died.

    ``error`` is why it ended before its time; ``found`` what it did, if it came to its end.
    """

    run: str
    mode: Mode
    scrub: int
    begun: datetime
    heard: datetime
    ended: datetime | None = None
    error: str | None = None
    found: Reconciled | None = None


@value
class StoredRuns:
    """``latest`` is the current run, or the last one; ``before`` the last that had ended before it began.

    ``completed``: when a run came to its end last.
    """

    latest: RunRecord | None = None
    before: RunRecord | None = None
    completed: datetime | None = None


def waiting_in_words(waiting: int) -> str:
    return f"{waiting:,} {'thing waits' if waiting == 1 else 'things wait'} for events that are in the queue"


def finding_json(finding: Finding) -> Mapping[str, object]:
    """Return what people and programs read of it; a text of a finding holds no key."""
    return {
        "kind": finding.kind,
        "thingName": finding.thing_name,
        "thingId": finding.thing_id,
        "deviceId": finding.device_id,
        "text": finding.text,
        "repair": finding.repair,
    }


def finding_line(finding: Finding, done: Done) -> Mapping[str, object]:
    """Return the line of the log."""
    return {**finding_json(finding), "done": done}
