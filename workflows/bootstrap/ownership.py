"""Puts together what decides whose a device is."""

from datetime import UTC, datetime

from workflows.adapters import aws
from workflows.adapters.runs import StepFunctionsRuns
from workflows.adapters.things import IoTThings
from workflows.bootstrap.journal import journal
from workflows.schemas.planned import Work
from workflows.settings import RunSettings, load
from workflows.steps.ownership import Ownership


def ownership(work: Work) -> Ownership:
    return Ownership(
        journal(),
        StepFunctionsRuns(aws.stepfunctions(), load(RunSettings).state_machine_arn),
        IoTThings(aws.iot()),
        work.run,
        datetime.now(UTC),
        work.decision.policies.retains,
    )
