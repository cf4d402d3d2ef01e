"""What ValidateEvent hands to the functions after it: pure functions load no more of a run than this."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from workflows.domain.event import RegistryEvent, Relevance
from workflows.domain.thing import ExaminedThing, Thing
from workflows.errors import UnexpectedDecisionError
from workflows.schemas.codec import Plain, UnfitError, from_plain, to_plain

Record = TypeVar("Record")


def dump_validated(event: RegistryEvent, relevance: Relevance, examined: ExaminedThing) -> dict[str, Plain]:
    """Write the event without its attributes: they may hold keys, and ``examined`` has what the next steps need."""
    return {"event": to_plain(replace(event, attributes={})), "relevance": relevance, **to_plain(examined)}


def load_thing(found: Mapping[str, Any]) -> Thing:
    """Read the thing in what ``dump_validated`` wrote."""
    return load_handed(Thing, found["thing"], "the thing")


def load_handed(kind: type[Record], stored: object, where: str) -> Record:
    """Read what another function of this run wrote.

    Raises:
        UnexpectedDecisionError: that function was of another version.
    """
    try:
        return from_plain(kind, stored, where)
    except UnfitError as unfit:
        raise UnexpectedDecisionError(
            f"{unfit}: functions of two versions met while a deployment was under way. Redrive the event."
        ) from unfit
