"""Puts together what decides whose a device is."""

from datetime import UTC, datetime

from workflows.adapters import aws
from workflows.adapters.runs import StepFunctionsRuns
from workflows.adapters.things import IoTThings
from workflows.assembly.journal import journal
from workflows.domain.work import Run
from workflows.settings import RunSettings, load
from workflows.steps.ownership import Ownership


def ownership(run: Run) -> Ownership:
    return Ownership(
        journal(),
        StepFunctionsRuns(aws.stepfunctions(), load(RunSettings).state_machine_arn),
        IoTThings(aws.iot()),
        run,
        datetime.now(UTC),
    )
