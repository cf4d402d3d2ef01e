"""Whose device it is: the mark that Thingsync leaves in the attributes of the Identity Server's record."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """``run`` is the name of the execution that made the record, or last took it up to complete it."""

    stack_name: str
    thing_id: str
    run: str

    def attributes(self) -> dict[str, str]:
        return {"aws-stack": self.stack_name, "aws-thing-id": self.thing_id, "aws-run": self.run}

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
