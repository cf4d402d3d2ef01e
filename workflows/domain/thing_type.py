"""The stack's thing type: which attributes its things can be searched by, and whether ours fit beside the others."""

from collections.abc import Mapping
from dataclasses import field

from workflows.values import value

# MirrorDevice finds a device's thing by it (ListThings).
SEARCHED_BY_US = "devEUI"
# People find the things of one stack by it.
SEARCHED_BY_PEOPLE = "stackName"
SEARCHABLE_ATTRIBUTES = (SEARCHED_BY_US, SEARCHED_BY_PEOPLE)
# Source: AWS General Reference, AWS IoT Core endpoints and quotas, "Maximum number of searchable attributes".
SEARCHABLE_AT_MOST = 3


@value
class ThingType:
    """``properties``: all that AWS IoT keeps of the type beside its name, to be written back with a change."""

    is_deprecated: bool = False
    searchable: tuple[str, ...] = ()
    properties: Mapping[str, object] = field(default_factory=dict, repr=False)

    def wanted(self) -> tuple[str, ...]:
        """Return what should be searchable: all that is, and of ours what there is room for, ``devEUI`` first."""
        ours = (name for name in SEARCHABLE_ATTRIBUTES if name not in self.searchable)
        room = max(0, SEARCHABLE_AT_MOST - len(self.searchable))
        return (*self.searchable, *list(ours)[:room])

    @property
    def is_full(self) -> bool:
        """Return whether ``devEUI`` is not searchable and cannot become so."""
        return SEARCHED_BY_US not in self.wanted()


def deprecated_problem(name: str) -> str:
    return f"The thing type {name} is deprecated, so no thing can get it."


def full_problem(name: str, found: ThingType) -> str:
    """Say why ``devEUI`` has no room, of a type that is full."""
    return (
        f"The thing type {name} has the searchable attributes {', '.join(found.searchable)}. AWS IoT allows "
        f"{SEARCHABLE_AT_MOST}, so {SEARCHED_BY_US} has no room, and without it Thingsync does not find the things of "
        "devices."
    )


def full_fix(name: str, found: ThingType) -> str:
    """Say what to do about a type that is full. The command leaves out the last attribute, as an example."""
    properties = f"searchableAttributes={','.join((*found.searchable[:-1], SEARCHED_BY_US))}"
    return (
        "Deploy with another ThingTypeName, or, if nobody searches by one of these attributes, take it out: "
        f"aws iot update-thing-type --thing-type-name {name} --thing-type-properties {properties}"
    )


def undo_deprecation(name: str) -> str:
    """Return the command that makes a deprecated type usable again."""
    return f"aws iot deprecate-thing-type --thing-type-name {name} --undo-deprecate"
