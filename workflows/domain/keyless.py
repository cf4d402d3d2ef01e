"""Which keys and codes may go from a thing: KeysOnThings is Remove, and the device has them."""

from collections.abc import Mapping

from workflows.domain.attributes import ATTRIBUTES
from workflows.domain.fold import ThingState, status_of
from workflows.domain.identifiers import is_well_formed_reference
from workflows.domain.registry_things import DescribedThing
from workflows.values import value

_SECRET = tuple(row.name for row in ATTRIBUTES if row.is_secret)


@value
class KeyRemoval:
    """``removed``: the keys and codes that went from a thing.

    ``error_name``: why its keys stay, whatever is tried for this fact; ``left`` are those, if they are known.
    """

    removed: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    error_name: str = ""


def is_registered_as_it_is(thing: DescribedThing, state: ThingState) -> bool:
    """Return whether the thing's present version is settled, and its device registered.

    A later version may give other keys, and its own event needs them.
    """
    settled = state.settled
    is_settled = settled is not None and settled.version_number == thing.version_number
    return is_settled and status_of(state) == "registered"


def without_secrets(attributes: Mapping[str, str], join_eui: str) -> dict[str, str]:
    """Return what to write to a thing with ``attributes``, so that it has no key and no code; empty if it has none.

    An empty text removes its attribute. References stay: they are no keys. A QR code also says the JoinEUI, which stays
    on the thing, because things are found and compared by it.
    """
    given = [name for name in _SECRET if name in attributes and not is_well_formed_reference(attributes[name])]
    changes = dict.fromkeys(given, "")
    if "qrCode" in changes and join_eui and attributes.keys().isdisjoint(("joinEUI", "appEUI")):
        changes["joinEUI"] = join_eui
    return changes
