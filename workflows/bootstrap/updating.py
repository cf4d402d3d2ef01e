"""Puts Update together from its settings."""

from workflows.bootstrap.registration import device_secrets, fingerprint_secret, models, registration
from workflows.bootstrap.things_stack import the_things_stack
from workflows.errors import UnexpectedDecisionError
from workflows.schemas.handover import Work
from workflows.steps.update import Update


def update(work: Work) -> Update:
    planned = work.decision.update
    if planned is None:
        raise UnexpectedDecisionError("Dispatch decided on an update without saying which.")
    return Update(
        the_things_stack(),
        models().lay_update(planned),
        work.mark,
        device_secrets(),
        fingerprint_secret(),
        register_again=lambda: registration(work).create_or_claim(),
    )
