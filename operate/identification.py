"""What people call a thing ► its name: the name itself, the device's ID, or its DevEUI."""

from collections.abc import Iterable, Iterator
from functools import partial

from operate.errors import UnknownThingError
from operate.operator import Operator
from operate.views.identification import DevEuiMatch, choose, is_thing_name, not_found, read_dev_eui
from workflows.adapters.mirrored_things import IoTMirroredThings
from workflows.domain.identifiers import is_device_id
from workflows.steps.concurrency import map_concurrently


def named_thing(operator: Operator, text: str) -> str:
    """Return the name of the thing that ``text`` names: a thing name, a device ID, or a DevEUI in any spelling.

    Deleted things are found, too. A name wins over a device ID, and that over a DevEUI. Nothing reads the whole fleet.

    Raises:
        UnknownThingError: nothing has this name, ID or DevEUI.
        WrongInputError: several things have the DevEUI.
    """
    for find in (_by_name, _by_device_id, _by_dev_eui):
        if name := find(operator, text):
            return name
    raise UnknownThingError(not_found(text, operator.stack_name))


def named_things(operator: Operator, texts: Iterable[str]) -> list[str]:
    """Name each thing once; raise as ``named_thing`` for the first text that names none, before anything is done."""
    return list(dict.fromkeys(map_concurrently(partial(named_thing, operator), texts)))


def _by_name(operator: Operator, text: str) -> str | None:
    if not is_thing_name(text):
        return None
    is_known = operator.things.describe(text) is not None or any(operator.journal.named(text))
    return text if is_known else None


def _by_device_id(operator: Operator, text: str) -> str | None:
    """The journal has an owner item for the ID as long as the device is the thing's."""
    owner = operator.journal.owner(text) if is_device_id(text) else None
    return owner.thing_name if owner else None


def _by_dev_eui(operator: Operator, text: str) -> str | None:
    dev_eui = read_dev_eui(text)
    if dev_eui is None:
        return None
    # A snapshot that an earlier version wrote last is not in the index.
    return choose(dev_eui, _with_dev_eui(operator, dev_eui)) or _by_device_id(operator, f"eui-{dev_eui.lower()}")


def _with_dev_eui(operator: Operator, dev_eui: str) -> Iterator[DevEuiMatch]:
    """The journal knows it in every spelling; AWS IoT also knows things of which no event has arrived."""
    snapshots = sorted(operator.journal.with_dev_eui(dev_eui), key=lambda each: each.at, reverse=True)
    yield from map(DevEuiMatch.of_snapshot, snapshots)
    known = {each.thing_name for each in snapshots}
    for thing in IoTMirroredThings(operator.clients.iot).with_dev_eui(dev_eui):
        if thing.thing_name not in known:
            yield DevEuiMatch.of_thing(thing, operator.scope)
