"""Which thing stands for a device: AWS IoT lists things by DevEUI, the journal tells which device each of them has."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workflows.domain.fold import ThingState
from workflows.domain.mirroring import RegistryThing, WantedThing, join_eui_of, whose
from workflows.domain.mismatches import thing_of_another_stack
from workflows.errors import ThingGoneAnswer
from workflows.ports import MirroredThings
from workflows.ports.journal import Snapshots

# Several things fit one device only if they tell no JoinEUI, or by a mistake that their own events tell of.
LOOKED_AT_MOST = 2

# Two lists of things; each that may be the one described, and its snapshot read.
CALLS_AT_MOST = 2 + 2 * LOOKED_AT_MOST


@dataclass(frozen=True, slots=True)
class FoundThing:
    """``thing`` as AWS IoT describes it, with its ID; ``state`` is what the journal knows of it."""

    thing: RegistryThing
    state: ThingState

    @property
    def thing_id(self) -> str:
        return self.thing.thing_id or ""

    def has(self, wanted: WantedThing) -> bool:
        """Tell whether the thing has the device, under whatever ID."""
        return self.state.device is not None and self.state.device.ids.euis_match(wanted.ids)

    def has_another(self, wanted: WantedThing) -> bool:
        return self.state.device is not None and not self.has(wanted)


@dataclass(frozen=True, slots=True)
class Finder:
    things: MirroredThings
    journal: Snapshots

    def find(self, wanted: WantedThing, *, thing_id: str | None = None) -> FoundThing | None:
        """Return the thing that stands for the device: the one that has it, else one that has none.

        With ``thing_id`` only the thing of this ID will do.

        Raises:
            MismatchingStackError: there are things that may be the device's, and none of them is this stack's.
            ThingGoneAnswer: a thing that was listed has just been deleted.
        """
        # What tells both EUIs comes first, then by name, so that it is always the same.
        listed = sorted(
            self.things.with_dev_eui(wanted.ids.dev_eui),
            key=lambda each: (join_eui_of(each) is None, each.thing_name),
        )
        found = [each for each in self._fitting(listed, wanted) if thing_id in (None, each.thing_id)]
        if not found:
            _refuse_others(listed, wanted)
        return min(found, key=lambda each: not each.has(wanted), default=None)

    def named(self, thing_name: str) -> FoundThing | None:
        """Return the thing that bears the name now; None if none does."""
        thing = self.things.thing(thing_name)
        return FoundThing(thing, self.journal.read(thing.thing_id or "")) if thing else None

    def look(self, thing_name: str) -> FoundThing:
        """Return a thing that has just been there; raise ``ThingGoneAnswer`` if it is no more."""
        found = self.named(thing_name)
        if found is None:
            raise ThingGoneAnswer(f"Thing {thing_name} has just been deleted.")
        return found

    def _fitting(self, listed: Sequence[RegistryThing], wanted: WantedThing) -> Iterator[FoundThing]:
        """Look twice at what the things tell: a list may be older than the thing."""
        fitting = [thing for thing in listed if whose(thing, wanted) == "the device's"]
        for found in [self.look(thing.thing_name) for thing in fitting[:LOOKED_AT_MOST]]:
            _refuse_others([found.thing], wanted)
            if whose(found.thing, wanted) == "the device's" and not found.has_another(wanted):
                yield found


def _refuse_others(things: Sequence[RegistryThing], wanted: WantedThing) -> None:
    for thing in things:
        if whose(thing, wanted) == "another stack's":
            raise thing_of_another_stack(thing, wanted)
