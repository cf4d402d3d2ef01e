"""The mark: attributes of the Identity Server's record that show which thing and run a device belongs to."""

from collections.abc import Collection, Mapping

from workflows.domain.device import IdentityRecord
from workflows.domain.facts import RegisteredDevice
from workflows.values import value

# The Things Stack's limit for one record.
ATTRIBUTES_AT_MOST = 10


@value
class Mark:
    """``run`` is the name of the execution that created the record or last wrote it."""

    stack_name: str
    thing_id: str
    run: str

    def attributes(self) -> dict[str, str]:
        return {"aws-stack": self.stack_name, "aws-thing-id": self.thing_id, "aws-run": self.run}

    def why_no_room(self, attributes: Mapping[str, str], labels: Collection[str] = ()) -> str | None:
        """Return why the mark and a thing's ``labels`` do not fit beside a record's ``attributes``; None if they do."""
        return why_no_room(attributes, {**self.attributes(), **dict.fromkeys(labels, "")})

    def is_of_same_stack(self, other: "Mark") -> bool:
        return self.stack_name == other.stack_name

    def is_of_another_stacks_thing(self, other: "Mark") -> bool:
        """Return whether another stack marked the device for another thing.

        False for this very thing under another stack's mark: that stack has handed it over.
        """
        return not self.is_of_same_stack(other) and self.thing_id != other.thing_id

    def is_of_same_thing(self, other: "Mark") -> bool:
        return self.is_of_same_stack(other) and self.thing_id == other.thing_id


def why_no_room(attributes: Collection[str], added: Collection[str]) -> str | None:
    """Return why a record has no room for what is ``added`` to its ``attributes``; None if it has."""
    own = len(set(attributes) - set(added))
    too_many = own + len(added) - ATTRIBUTES_AT_MOST
    if too_many <= 0:
        return None
    return (
        f"has {own} attributes of its own. The Things Stack allows at most {ATTRIBUTES_AT_MOST}; Thingsync adds "
        f"{len(added)} ({', '.join(added)}). Remove at least {too_many} of its own in The Things Stack."
    )


def mark_in(attributes: Mapping[str, str]) -> Mark | None:
    """Return the mark in a record's attributes; None if it has none."""
    try:
        return Mark(attributes["aws-stack"], attributes["aws-thing-id"], attributes["aws-run"])
    except KeyError:
        return None


def has_lost_its_mark(device: RegisteredDevice, record: IdentityRecord) -> bool:
    """Return whether ``record`` is the very one that was made for the thing, and only its mark was taken off.

    A device that somebody deleted and registered again has the same ID and EUIs, but was made at another time.
    """
    is_same = record.ids == device.ids and record.made_at == device.made_at != ""
    return device.is_things_own and is_same and mark_in(record.attributes) is None
