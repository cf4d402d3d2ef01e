"""Facts as the table's stream has them, and the events that subscribers get."""

import json
from pathlib import Path

from jsonschema import Draft202012Validator

from tests.journal_samples import entry
from tests.samples import STACK
from workflows.adapters.journal.attribute_values import from_attributes
from workflows.adapters.journal.items import fact_item
from workflows.domain.fold import ThingState
from workflows.domain.publishing import Streamed
from workflows.schemas.fact_event import load_fact_event

SCHEMA = json.loads(Path("docs/facts.schema.json").read_text())
CHECKED = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)


def streamed(fact, before=ThingState()):  # noqa: B008  # a frozen value
    """Return the fact as the stream's record 1."""
    return Streamed("1", from_attributes(fact_item(entry(before, fact))))


def event_of(fact, before=ThingState()):  # noqa: B008
    return load_fact_event(streamed(fact, before), stack_name=STACK, application_id="demo-app")


def as_subscribed(event):
    """Return what EventBridge makes of the event, as far as the schema says it."""
    return {"source": f"thingsync.{STACK}", "detail-type": event.name, "detail": dict(event.detail)}


def faults(event):
    """Return where what subscribers get is not as documented."""
    return [error.message for error in CHECKED.iter_errors(event)]
