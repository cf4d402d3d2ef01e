"""What the functions of a run pass to each other through the state machine: dataclasses to JSON and back."""

from collections.abc import Mapping
from typing import Any

from workflows.domain.decision import Decision, ValidatedEvent
from workflows.domain.event import RegistryEvent
from workflows.domain.fold import ThingState
from workflows.domain.mark import Mark
from workflows.domain.outcome import ENDS, Outcome, ended_by
from workflows.domain.run import Run
from workflows.domain.thing import ExaminedThing
from workflows.schemas.codec import Plain, know, to_plain
from workflows.schemas.handed import load_handed
from workflows.schemas.journal import dump_state, load_state
from workflows.values import value


@value
class Work:
    """What Dispatch decided, for the function that carries it out. ``mark`` is this run's."""

    decision: Decision
    mark: Mark
    thing_name: str
    retries: int = 0

    @property
    def run(self) -> Run:
        return Run(self.mark.run, self.mark.thing_id, self.thing_name, self.retries)


def know_messages() -> None:
    """Be ready to read what functions pass to each other."""
    know(RegistryEvent, ExaminedThing, Decision, Outcome, ThingState)


def load_validated(message: Mapping[str, Any]) -> tuple[ValidatedEvent, Run]:
    """Read ``{validated, run, retries}``. ``validated`` is what ValidateEvent and NameDevice returned."""
    found = message["validated"]
    event = load_handed(RegistryEvent, found["event"], "the event")
    examined = {name: found[name] for name in ("thing", "problems", "missing")}
    validated = ValidatedEvent(
        operation=event.operation,
        version_number=event.version_number,
        relevance=found["relevance"],
        examined=load_handed(ExaminedThing, examined, "the examined thing"),
        device_id=found["device_id"],
        repair=event.repair,
        overwrite=event.overwrite,
        occurred_at_ms=event.occurred_at_ms,
    )
    return validated, Run(message["run"], event.thing_id, event.thing_name, _retries(message))


def dump_decision(decision: Decision) -> dict[str, Plain]:
    return to_plain(decision)


def load_work(message: Mapping[str, Any], *, stack_name: str) -> Work:
    """Read ``{event, decision, run}``, and ``retries`` where the state may meet other runs."""
    event = message["event"]
    return Work(
        decision=load_handed(Decision, message["decision"], "the decision"),
        mark=Mark(stack_name, event["thing_id"], message["run"]),
        thing_name=event["thing_name"],
        retries=_retries(message),
    )


def _retries(message: Mapping[str, Any]) -> int:
    """A run that began under an older definition does not say it."""
    return int(message.get("retries", 0))


def dump_result(outcome: Outcome, before: ThingState) -> dict[str, Plain]:
    return {"outcome": to_plain(outcome), "before": dump_state(before)}


def load_outcome(state: Mapping[str, Any]) -> tuple[Outcome, ThingState | None]:
    """Read the outcome, and the thing's state before it, of a run's ``{decision[, result]}``.

    If Dispatch left nothing to do, its decision is the outcome: a result can only be of an earlier decision of the run,
    which lost its thing since. ``dump_result`` wrote any other result. A run that began under an older definition
    brings a result alone, which a state of the machine may have written.
    """
    if state.get("decision", {}).get("kind") in ENDS:
        return ended_by(load_handed(Decision, state["decision"], "the decision")), None
    result = state["result"]
    before = load_state(result["before"], where="the state in the run") if "before" in result else None
    return load_handed(Outcome, result["outcome"], "the outcome"), before
