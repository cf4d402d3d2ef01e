"""Finds the thing of a device: AWS IoT lists things by DevEUI; the journal knows the device of each."""

from collections.abc import Iterator, Sequence

from workflows.domain.fold import ThingState
from workflows.domain.mirroring import RegistryThing, WantedThing, join_eui_of, match_thing
from workflows.domain.mismatches import thing_of_another_stack
from workflows.errors import ThingGoneAnswer
from workflows.ports.journal import Snapshots
from workflows.ports.mirroring import MirroredThings
from workflows.values import value

# Several things match one device only without a JoinEUI, or by a mistake; their own events report such a mistake.
INSPECTED_AT_MOST = 2

# List things twice; for each candidate: describe the thing, read its snapshot.
CALLS_AT_MOST = 2 + 2 * INSPECTED_AT_MOST


@value
class FoundThing:
    """``thing`` is what AWS IoT has, with its ID; ``state`` is what the journal has."""

    thing: RegistryThing
    state: ThingState

    @property
    def thing_id(self) -> str:
        return self.thing.thing_id or ""

    def has_device(self, wanted: WantedThing) -> bool:
        """Return whether the thing has a device with the wanted EUIs; its device ID may differ."""
        return self.state.device is not None and self.state.device.ids.euis_match(wanted.ids)

    def has_another_device(self, wanted: WantedThing) -> bool:
        return self.state.device is not None and not self.has_device(wanted)


@value
class Finder:
    things: MirroredThings
    journal: Snapshots

    def find(self, wanted: WantedThing, *, thing_id: str | None = None) -> FoundThing | None:
        """Return the device's thing: the one that already has the device, else one that has no device.

        With ``thing_id``, return only the thing with this ID.

        Raises:
            MismatchingStackError: things match the device, but none of them belongs to this stack.
            ThingGoneAnswer: a thing was listed and has just been deleted.
        """
        # Things with both EUIs come first, then the order of names: every call finds the same thing.
        listed = sorted(
            self.things.with_dev_eui(wanted.ids.dev_eui),
            key=lambda each: (join_eui_of(each) is None, each.thing_name),
        )
        found = [each for each in self._candidates(listed, wanted) if thing_id in (None, each.thing_id)]
        if not found:
            _refuse_others(listed, wanted)
        return min(found, key=lambda each: not each.has_device(wanted), default=None)

    def find_by_name(self, thing_name: str) -> FoundThing | None:
        """Return the thing that has this name now; None if no thing has it."""
        thing = self.things.thing(thing_name)
        return FoundThing(thing, self.journal.read(thing.thing_id or "")) if thing else None

    def find_existing(self, thing_name: str) -> FoundThing:
        """Return a thing that existed a moment ago; raise ``ThingGoneAnswer`` if it is gone."""
        found = self.find_by_name(thing_name)
        if found is None:
            raise ThingGoneAnswer(f"Thing {thing_name} has just been deleted.")
        return found

    def _candidates(self, listed: Sequence[RegistryThing], wanted: WantedThing) -> Iterator[FoundThing]:
        """Match each thing twice, as listed and as described: the list may be older than the thing."""
        matching = [thing for thing in listed if match_thing(thing, wanted) == "the device's"]
        for found in [self.find_existing(thing.thing_name) for thing in matching[:INSPECTED_AT_MOST]]:
            _refuse_others([found.thing], wanted)
            if match_thing(found.thing, wanted) == "the device's" and not found.has_another_device(wanted):
                yield found


def _refuse_others(things: Sequence[RegistryThing], wanted: WantedThing) -> None:
    for thing in things:
        if match_thing(thing, wanted) == "another stack's":
            raise thing_of_another_stack(thing, wanted)
