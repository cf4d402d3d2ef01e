"""The ways of one change through the pipeline, each from where it begins to what is left at its end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from tests.fakes.things_stack import Held
from tests.model.crashing import serve
from tests.model.functions import AT
from tests.model.specs import KEYS, NOWHERE, OTHER_STACK, Spec
from tests.samples import STACK, identity_record
from workflows.domain.attributes import LOCATION, DeviceValues
from workflows.domain.device import IdentityRecord, NetworkRecord
from workflows.domain.facts import Method
from workflows.domain.mark import Mark

NAME = "pump-1"
KEYED, CODED = Spec(name="Pump"), Spec(way="code", name="Pump")
NAMED = replace(KEYED, named="pump-a")
SET, SET_CODED = replace(KEYED, settings="given"), replace(CODED, settings="given")
ABP, ABP_ALONE = Spec(way="abp", name="Pump"), Spec(way="abp alone", name="Pump")
NEW = {"name": "Valve", "description": "in the cellar", "plan": "US_902_928_FSB_2"}


@dataclass(frozen=True)
class Way:
    """``before`` leads to where ``change`` begins; ``left`` is the device at the end, None if there is none.

    ``method``: how the journal knows the device then, None if it does not. ``identity`` is somebody else's record of
    the device, where it is theirs. ``parameters`` are the stack's.
    """

    change: Callable
    status: str
    before: Callable = lambda _world: None
    left: Spec | None = None
    method: Method | None = None
    identity: IdentityRecord | None = None
    parameters: Mapping = field(default_factory=dict)

    def servers(self, mark):
        """What the four servers hold of the device, with this run's mark."""
        spec = self.left
        no_join_server = spec.activation != "keys"
        record = identity_record(spec.ids, spec.name, spec.description, mark.attributes(), claimed=no_join_server)
        record = as_said(record, spec.said)
        join = {"js": Held(spec.ids, spec.root_keys)} if spec.root_keys else {}
        return {
            "is": self.identity or record,
            **join,
            "ns": Held(spec.ids, NetworkRecord(spec.said.at("ns").over(spec.radio), joins=not spec.is_abp)),
            "as": Held(spec.ids, spec.said.over(spec.radio).at("as")),
        }


def as_said(record, said):
    """Return the Identity Server's record with its label and its place."""
    place = {name: value for name, value in said.given().items() if name in LOCATION}
    whole = DeviceValues.of(dict.fromkeys(LOCATION, 0) | place if place else {})
    return replace(
        record,
        values=replace(whole, name=record.values.name, description=record.values.description, labels=said.labels),
        attributes={**record.attributes, **(said.labels or {})},
        locations={"user": place | {"source": "SOURCE_REGISTRY"}} if place else {},
    )


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


def takes_over_abp(world):
    """The same of a device that never joins."""
    world.things.delete(NAME, with_attributes=True)
    world.create_thing(NAME, replace(ABP_ALONE, name="Again", app_key=KEYS[1], dev_addr="00B6F064"))
    world.queue.reverse()


def deleted_and_held(spec):
    """Deleted when the hour's removals were used up, so that the deletion waits for the operator."""

    def hold(world):
        made(spec)(world)
        world.permits.take(AT, per_hour=1)
        world.things.delete(NAME, with_attributes=True)
        serve(world)

    return hold


def restores(spec):
    """Make the thing again without keys, and redrive its held deletion; the new thing's event comes first."""

    def restore(world):
        world.restore_thing(NAME, spec)
        for message in list(world.dead_letters):
            world.redrive(message)

    return restore


def released(spec):
    def release(world):
        made(spec)(world)
        world.things.delete(NAME, with_attributes=True)
        world.settle()

    return release


ONE_AN_HOUR, RETAIN = {"deletions_per_hour": 1}, {"delete_policy": "Retain"}
RETAINED = identity_record(KEYED.ids, "Pump", None, Mark(STACK, "thing-1", "thing-1-v1-CREATED").attributes())
THEIRS = identity_record(KEYED.ids, "Theirs", "", {})

WAYS = {
    "create": Way(creates(SET), "registered", left=SET, method="created"),
    "create-1.1": Way(
        creates(replace(KEYED, way="keys 1.1")), "registered", left=replace(KEYED, way="keys 1.1"), method="created"
    ),
    "claim": Way(creates(SET_CODED), "registered", left=SET_CODED, method="claimed"),
    "create-abp": Way(creates(ABP), "registered", left=ABP, method="created"),
    "create-abp-without-a-join-eui": Way(creates(ABP_ALONE), "registered", left=ABP_ALONE, method="created"),
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
        before=made(SET),
        left=replace(KEYED, name="Again", app_key=KEYS[1]),
        method="created",
    ),
    "take-up-of-a-held-device": Way(
        restores(replace(KEYED, plan=NEW["plan"], settings="otherwise")),
        "registered",
        before=deleted_and_held(SET),
        left=replace(KEYED, plan=NEW["plan"], settings="otherwise"),
        method="created",
        parameters=ONE_AN_HOUR,
    ),
    "take-up-of-a-held-claimed-device": Way(
        restores(CODED),
        "registered",
        before=deleted_and_held(SET_CODED),
        left=CODED,
        method="claimed",
        parameters=ONE_AN_HOUR,
    ),
    "take-over-of-abp": Way(
        takes_over_abp,
        "registered",
        before=made(ABP_ALONE),
        left=replace(ABP_ALONE, name="Again", app_key=KEYS[1], dev_addr="00B6F064"),
        method="created",
    ),
    "take-up-of-a-held-abp-device": Way(
        restores(replace(ABP_ALONE, plan=NEW["plan"], dev_addr="00B6F064")),
        "registered",
        before=deleted_and_held(ABP_ALONE),
        left=replace(ABP_ALONE, plan=NEW["plan"], dev_addr="00B6F064"),
        method="created",
        parameters=ONE_AN_HOUR,
    ),
    "take-up-under-another-id": Way(
        restores(KEYED),
        "registered",
        before=deleted_and_held(NAMED),
        left=NAMED,
        method="created",
        parameters=ONE_AN_HOUR,
    ),
    "take-up-of-a-retained-device": Way(
        restores(KEYED),
        "registered",
        before=released(KEYED),
        left=KEYED,
        method="adopted",
        identity=RETAINED,
        parameters=RETAIN,
    ),
    "take-up-of-a-retained-device-to-write": Way(
        restores(KEYED),
        "registered",
        before=released(KEYED),
        left=KEYED,
        method="created",
        parameters=RETAIN | {"adopted_devices": "Write"},
    ),
    "reject-and-undo-without-keys": Way(creates(replace(KEYED, way="nothing")), "rejected"),
    "update": Way(
        updates(replace(KEYED, **NEW, app_key=KEYS[1], settings="otherwise")),
        "registered",
        before=made(SET),
        left=replace(KEYED, **NEW, app_key=KEYS[1], settings="otherwise"),
        method="created",
    ),
    "update-of-a-claimed-device": Way(
        updates(replace(CODED, **NEW)),
        "registered",
        before=made(SET_CODED),
        left=replace(CODED, **NEW),
        method="claimed",
    ),
    "update-that-registers-again": Way(
        updates(replace(SET, **NEW)), "registered", before=lost(KEYED), left=replace(SET, **NEW), method="created"
    ),
    "update-of-an-abp-device": Way(
        updates(replace(ABP_ALONE, **NEW, app_key=KEYS[1], dev_addr="00B6F064")),
        "registered",
        before=made(ABP_ALONE),
        left=replace(ABP_ALONE, **NEW, app_key=KEYS[1], dev_addr="00B6F064"),
        method="created",
    ),
    "update-that-registers-abp-again": Way(
        updates(replace(ABP_ALONE, **NEW)),
        "registered",
        before=lost(ABP_ALONE),
        left=replace(ABP_ALONE, **NEW),
        method="created",
    ),
    "release-to-another-stack": Way(
        updates(replace(KEYED, stack=OTHER_STACK)), "removed", before=made(KEYED), left=KEYED
    ),
    "remove": Way(deletes(), "removed", before=made(KEYED)),
    "remove-by-an-event-without-attributes": Way(deletes(with_attributes=False), "removed", before=made(KEYED)),
    "remove-a-claimed-device": Way(deletes(), "removed", before=made(CODED)),
    "remove-an-abp-device": Way(deletes(), "removed", before=made(ABP)),
    "remove-an-abp-device-without-a-join-eui": Way(deletes(), "removed", before=made(ABP_ALONE)),
    "reject-and-undo-abp": Way(creates(replace(ABP_ALONE, plan=NOWHERE)), "rejected"),
    "reject-and-undo-a-create": Way(creates(replace(KEYED, plan=NOWHERE)), "rejected"),
    "reject-and-undo-a-claim": Way(creates(replace(CODED, plan=NOWHERE)), "rejected"),
}
