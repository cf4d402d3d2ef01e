"""The ways of one change through the pipeline, each from where it begins to what is left at its end."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.fakes.things_stack import Held
from tests.model.specs import KEYS, NOWHERE, OTHER_STACK, Spec
from tests.samples import identity_record
from workflows.domain.device import IdentityRecord, NetworkRecord
from workflows.domain.facts import Method

NAME = "pump-1"
KEYED, CODED = Spec(name="Pump"), Spec(way="code", name="Pump")
NEW = {"name": "Valve", "description": "in the cellar", "plan": "US_902_928_FSB_2"}


@dataclass(frozen=True)
class Way:
    """``before`` leads to where ``change`` begins; ``left`` is the device at the end, None if there is none.

    ``method``: how the journal knows the device then, None if it does not. ``identity`` is somebody else's record of
    the device, where it is theirs.
    """

    change: Callable
    status: str
    before: Callable = lambda _world: None
    left: Spec | None = None
    method: Method | None = None
    identity: IdentityRecord | None = None

    def servers(self, mark):
        """What the four servers hold of the device, with this run's mark."""
        spec = self.left
        record = identity_record(spec.ids, spec.name, spec.description, mark.attributes(), claimed=spec.way == "code")
        join = {"js": Held(spec.ids, spec.root_keys)} if spec.root_keys else {}
        return {
            "is": self.identity or record,
            **join,
            "ns": Held(spec.ids, NetworkRecord(spec.radio)),
            "as": Held(spec.ids),
        }


def creates(spec):
    return lambda world: world.create_thing(NAME, spec)


def updates(spec):
    return lambda world: world.update_thing(world.things.things[NAME], spec)


def deletes(*, with_attributes=True):
    return lambda world: world.things.delete(NAME, with_attributes=with_attributes)


def made(spec):
    def make(world):
        world.create_thing(NAME, spec)
        world.settle()

    return make


def lost(spec):
    """Registered once, and then removed in The Things Stack by somebody."""

    def lose(world):
        made(spec)(world)
        world.lose(("demo-app", spec.ids.device_id), whole=True)

    return lose


def takes_over(world):
    """The thing is deleted and made again, and the event of the new one comes first."""
    world.things.delete(NAME, with_attributes=True)
    world.create_thing(NAME, replace(KEYED, name="Again", app_key=KEYS[1]))
    world.queue.reverse()


THEIRS = identity_record(KEYED.ids, "Theirs", "", {})

WAYS = {
    "create": Way(creates(KEYED), "registered", left=KEYED, method="created"),
    "create-1.1": Way(
        creates(replace(KEYED, way="keys 1.1")), "registered", left=replace(KEYED, way="keys 1.1"), method="created"
    ),
    "claim": Way(creates(CODED), "registered", left=CODED, method="claimed"),
    "adopt": Way(
        creates(KEYED),
        "registered",
        before=lambda world: world.plant("demo-app", THEIRS, parts="identity"),
        left=KEYED,
        method="adopted",
        identity=THEIRS,
    ),
    "take-over": Way(
        takes_over,
        "registered",
        before=made(KEYED),
        left=replace(KEYED, name="Again", app_key=KEYS[1]),
        method="created",
    ),
    "update": Way(
        updates(replace(KEYED, **NEW, app_key=KEYS[1])),
        "registered",
        before=made(KEYED),
        left=replace(KEYED, **NEW, app_key=KEYS[1]),
        method="created",
    ),
    "update-of-a-claimed-device": Way(
        updates(replace(CODED, **NEW)), "registered", before=made(CODED), left=replace(CODED, **NEW), method="claimed"
    ),
    "update-that-registers-again": Way(
        updates(replace(KEYED, **NEW)), "registered", before=lost(KEYED), left=replace(KEYED, **NEW), method="created"
    ),
    "release-to-another-stack": Way(
        updates(replace(KEYED, stack=OTHER_STACK)), "removed", before=made(KEYED), left=KEYED
    ),
    "remove": Way(deletes(), "removed", before=made(KEYED)),
    "remove-by-an-event-without-attributes": Way(deletes(with_attributes=False), "removed", before=made(KEYED)),
    "remove-a-claimed-device": Way(deletes(), "removed", before=made(CODED)),
    "reject-and-undo-a-create": Way(creates(replace(KEYED, plan=NOWHERE)), "rejected"),
    "reject-and-undo-a-claim": Way(creates(replace(CODED, plan=NOWHERE)), "rejected"),
}
