"""What Dispatch decided goes through the state machine as JSON and comes back to the step that does it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from workflows.domain.decision import Decision, Policies, ValidatedEvent
from workflows.domain.facts import RegisteredDevice
from workflows.domain.fold import ThingState
from workflows.domain.mark import Mark
from workflows.domain.outcome import Outcome
from workflows.domain.planning import PlannedDevice
from workflows.domain.thing import ExaminedThing, Thing
from workflows.domain.updating import PlannedUpdate
from workflows.domain.work import Run
from workflows.schemas.journal import dump_state


@dataclass(frozen=True, slots=True)
class Work:
    """A decision to carry out; ``mark`` is this run's."""

    decision: Decision
    mark: Mark
    thing_name: str

    @property
    def run(self) -> Run:
        return Run(self.mark.run, self.mark.thing_id, self.thing_name)


def load_validated(message: Mapping[str, Any]) -> tuple[ValidatedEvent, Run]:
    """Read ``{validated, run}``, validated being what ValidateEvent and NameDevice found."""
    found = message["validated"]
    event = found["event"]
    validated = ValidatedEvent(
        operation=event["operation"],
        version_number=event["version_number"],
        relevance=found["relevance"],
        examined=ExaminedThing(Thing(**found["thing"]), found["problems"], found["missing"]),
        device_id=found["device_id"],
        # Runs that ValidateEvent began before these fields were there go on without them.
        repair=event.get("repair", False),
        overwrite=event.get("overwrite", False),
    )
    return validated, Run(message["run"], event["thing_id"], event["thing_name"])


def load_work(message: Mapping[str, Any], *, stack_name: str) -> Work:
    """Read ``{event, decision, run}``."""
    decision, event = message["decision"], message["event"]
    return Work(
        decision=Decision(
            **{
                **decision,
                "device": decision["device"] and _planned(decision["device"]),
                "update": decision["update"] and _update(decision["update"]),
                "device_ids": tuple(decision["device_ids"]),
                "known": decision["known"] and registered_device(decision["known"]),
                "leftovers": tuple(decision["leftovers"]),
                "policies": Policies(**decision.get("policies", {})),
            }
        ),
        mark=Mark(stack_name, event["thing_id"], message["run"]),
        thing_name=event["thing_name"],
    )


def dump_worked(outcome: Outcome, before: ThingState) -> dict[str, Any]:
    return {"outcome": asdict(outcome), "before": dump_state(before)}


def _planned(device: Mapping[str, Any]) -> PlannedDevice:
    return PlannedDevice(**{**device, "from_stack": tuple(device["from_stack"])})


def _update(update: Mapping[str, Any]) -> PlannedUpdate:
    return PlannedUpdate(**{**update, "device": registered_device(update["device"]), "fields": tuple(update["fields"])})


def registered_device(device: Mapping[str, Any]) -> RegisteredDevice:
    """Read a device that went through the state machine, which has no tuples."""
    return RegisteredDevice(**{**device, "differences": tuple(device.get("differences", ()))})
