"""Puts MirrorDevice together from its settings, once per Lambda instance."""

import time
from datetime import UTC, datetime
from functools import cache
from typing import cast

from workflows.adapters import aws
from workflows.adapters.journal.births import DynamoDBBirths
from workflows.adapters.mirrored_things import IoTMirroredThings
from workflows.adapters.thing_log import CloudWatchThingLog
from workflows.assembly.journal import journal
from workflows.assembly.things_stack import the_things_stack
from workflows.domain.activity import Activity
from workflows.domain.naming import Scheme
from workflows.errors import MismatchingStackError
from workflows.observability.activity import refused, untold
from workflows.settings import JournalSettings, MirrorSettings, load
from workflows.steps.linking import Linker
from workflows.steps.mirror import DEVICES_REMEMBERED, Mirror, MirrorRules
from workflows.steps.recent import Recent
from workflows.steps.thing_telling import ThingTeller


@cache
def mirror() -> Mirror:
    settings, registry = load(MirrorSettings), the_things_stack()
    teller = ThingTeller(
        CloudWatchThingLog(aws.logs(), settings.things_log_group), registry.application_id, _now, untold
    )

    def tell_refused(error: MismatchingStackError, activity: Activity) -> None:
        refused(error, activity, stack_name=settings.stack_name)
        teller.refused(error, activity)

    return Mirror(
        registry=registry,
        things=IoTMirroredThings(aws.iot()),
        journal=DynamoDBBirths(aws.dynamodb(), load(JournalSettings).journal_table),
        linker=Linker(journal(), _now, teller.linked),
        rules=MirrorRules(settings.stack_name, settings.thing_type_name, cast("Scheme", settings.thing_name_scheme)),
        recent=Recent(time.monotonic, DEVICES_REMEMBERED),
        refused=tell_refused,
    )


def _now() -> datetime:
    return datetime.now(UTC)


def stack_name() -> str:
    return load(MirrorSettings).stack_name
