"""The functions of the state machine on ports in memory: what the handlers and the bootstrap do, without AWS."""

from datetime import UTC, datetime

from functions import name_device
from tests.samples import FINGERPRINT_KEY, STACK
from workflows.domain.event import relevance
from workflows.schemas.event import load_event
from workflows.schemas.handed import dump_validated
from workflows.schemas.handover import dump_decision, dump_result, load_validated, load_work
from workflows.schemas.report import load_failure, load_outcome, load_rejection
from workflows.schemas.thing import examine
from workflows.steps.fence import held_state
from workflows.steps.ownership import Ownership
from workflows.steps.record_outcome import record_outcome
from workflows.steps.registration import Registration
from workflows.steps.removal import Removal
from workflows.steps.take_up import TakeUp
from workflows.steps.undo import undo_if_held
from workflows.steps.update import Update

AT = datetime(2026, 1, 1, tzinfo=UTC)


class Functions:
    """``dispatcher``, ``registry`` and ``journal`` speak with the world; ``secrets`` reads references."""

    def __init__(self, *, dispatcher, registry, journal, secrets):
        self.dispatcher, self.registry, self.journal, self.secrets = dispatcher, registry, journal, secrets

    def by_state(self):
        return {
            "ValidateEvent": self.validate_event,
            "NameDevice": lambda message: name_device.handler(message, None),
            "Dispatch": self.dispatch,
            "CreateDevice": lambda message: self.fenced_work(message, self.create),
            "ClaimDevice": lambda message: self.fenced_work(message, self.claim),
            "UpdateDevice": lambda message: self.fenced_work(message, self.update),
            "RemoveDevice": lambda message: self.fenced_work(message, self.remove),
            "UndoDevice": self.undo,
            "ReportOutcome": lambda message: record_outcome(self.journal, load_outcome(message, at=AT)),
            "ReportRejection": lambda message: record_outcome(self.journal, load_rejection(message, at=AT)),
            "ReportFailure": lambda message: record_outcome(self.journal, load_failure(message, at=AT)),
        }

    def validate_event(self, message):
        event = load_event(message)
        whose = relevance(event, stack_name=STACK, thing_type_name="lorawan")
        return dump_validated(event, whose, examine(event.attributes, event.thing_name))

    def dispatch(self, message):
        validated, run = load_validated(message)
        return dump_decision(self.dispatcher.dispatch(validated, run, AT))

    def fenced_work(self, message, do):
        work = load_work(message, stack_name=STACK)
        before = held_state(self.journal, work.mark)
        return dump_result(do(work), before)

    def create(self, work):
        device, leftovers = work.decision.device, work.decision.leftovers
        if not device.lacks:
            return self._registration(work).create(leftovers)
        rewrites = work.decision.policies.writes_adopted
        take_up = TakeUp(self.registry, device, work.mark, self._ownership(work), rewrites_retained=rewrites)
        return take_up.create(leftovers)

    def claim(self, work):
        return self._registration(work).claim(work.decision.leftovers)

    def update(self, work):
        update = Update(
            self.registry,
            work.decision.update,
            work.mark,
            self.secrets,
            lambda: FINGERPRINT_KEY,
            register_again=lambda: self._registration(work).create_or_claim(),
        )
        return update.run()

    def remove(self, work):
        removal = Removal(self.registry, work.mark, work.decision.known)
        return removal.remove_all(work.decision.device_ids, work.decision.reason)

    def undo(self, message):
        work = load_work(message, stack_name=STACK)
        return {"undone": undo_if_held(self.journal, self.registry, work.decision.device_id or "", work.mark)}

    def _registration(self, work):
        device, update = work.decision.device, work.decision.update
        return Registration(
            self.registry,
            device,
            work.mark,
            self.secrets,
            lambda: FINGERPRINT_KEY,
            resolve_owner=self._ownership(work).resolve,
            left_by=self._ownership(work).left_by,
            registered_before=update.device if update else None,
            rewrites_retained=work.decision.policies.writes_adopted,
        )

    def _ownership(self, work):
        ports = self.journal, self.dispatcher.runs, self.dispatcher.things
        return Ownership(*ports, work.run, AT, work.decision.policies.retains)
