"""Whose device it is: the mark that Thingsync leaves in the attributes of the Identity Server's record."""

from collections.abc import Mapping
from dataclasses import dataclass

# Of one record, in The Things Stack's rules.
ATTRIBUTES_AT_MOST = 10


@dataclass(frozen=True, slots=True)
class Mark:
    """``run`` is the name of the execution that made the record, or last took it up to complete it."""

    stack_name: str
    thing_id: str
    run: str

    def attributes(self) -> dict[str, str]:
        return {"aws-stack": self.stack_name, "aws-thing-id": self.thing_id, "aws-run": self.run}

    def why_no_room(self, attributes: Mapping[str, str]) -> str | None:
        """Tell which of a record's attributes stand in the mark's way; None if it fits beside them."""
        own = len(attributes.keys() - self.attributes().keys())
        added = len(self.attributes())
        too_many = own + added - ATTRIBUTES_AT_MOST
        if too_many <= 0:
            return None
        return (
            f"has {own} attributes of its own; The Things Stack takes at most {ATTRIBUTES_AT_MOST}, and Thingsync adds "
            f"{added} ({', '.join(self.attributes())}). Remove at least {too_many} of its own in The Things Stack."
        )

    def is_of_same_stack(self, other: "Mark") -> bool:
        return self.stack_name == other.stack_name

    def is_of_another_stacks_thing(self, other: "Mark") -> bool:
        """Tell another stack's thing from this very thing, which that stack has handed over with its ``stackName``."""
        return not self.is_of_same_stack(other) and self.thing_id != other.thing_id

    def is_of_same_thing(self, other: "Mark") -> bool:
        return self.is_of_same_stack(other) and self.thing_id == other.thing_id


def mark_in(attributes: Mapping[str, str]) -> Mark | None:
    """Return the mark in a record's attributes; None if nobody marked it."""
    try:
        return Mark(attributes["aws-stack"], attributes["aws-thing-id"], attributes["aws-run"])
    except KeyError:
        return None
