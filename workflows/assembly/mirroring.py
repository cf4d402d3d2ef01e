"""Puts MirrorDevice together from its settings, once per Lambda instance."""

import time
from datetime import UTC, datetime
from functools import cache
from typing import cast

from workflows.adapters import aws
from workflows.adapters.journal.births import DynamoDBBirths
from workflows.adapters.mirrored_things import IoTMirroredThings
from workflows.adapters.shadow import IoTRegistrationShadow
from workflows.adapters.thing_log import CloudWatchThingLog
from workflows.adapters.things import IoTThings
from workflows.assembly.journal import journal
from workflows.assembly.things_stack import the_things_stack
from workflows.domain.activity import Activity
from workflows.domain.mirroring import MirrorRules
from workflows.domain.naming import Scheme
from workflows.errors import DeviceRefusedError
from workflows.observability.activity import refused, untold
from workflows.settings import JournalSettings, MirrorSettings, load
from workflows.steps.checking import LOOK_EVERY_S, LOOKS_AT_ONCE, Checker
from workflows.steps.finding import Finder
from workflows.steps.linking import Linker
from workflows.steps.mirror import DEVICES_REMEMBERED, Mirror
from workflows.steps.recent import Allowance, Recent
from workflows.steps.shadow_writing import ShadowWriter
from workflows.steps.thing_telling import ThingTeller


@cache
def mirror() -> Mirror:
    settings, registry, things = load(MirrorSettings), the_things_stack(), IoTMirroredThings(aws.iot())
    births = DynamoDBBirths(aws.dynamodb(), load(JournalSettings).journal_table)
    rules = MirrorRules(settings.stack_name, settings.thing_type_name, cast("Scheme", settings.thing_name_scheme))
    teller = _teller(settings, registry.application_id)

    def tell_refused(error: DeviceRefusedError, activity: Activity) -> None:
        refused(error, activity, stack_name=settings.stack_name)
        teller.refused(error, activity)

    return Mirror(
        registry=registry,
        things=things,
        journal=births,
        finder=Finder(things, births),
        linker=Linker(journal(), registry, _now, teller.linked),
        checker=Checker(
            registry,
            things,
            births,
            rules,
            Allowance(time.monotonic, every_s=LOOK_EVERY_S, most=LOOKS_AT_ONCE),
            teller.restored,
        ),
        rules=rules,
        recent=Recent(time.monotonic, DEVICES_REMEMBERED),
        refused=tell_refused,
    )


def _teller(settings: MirrorSettings, application_id: str) -> ThingTeller:
    thing_log = CloudWatchThingLog(aws.logs(), settings.things_log_group)
    shows = ShadowWriter(IoTRegistrationShadow(aws.iot_data()), IoTThings(aws.iot()), journal(), application_id)
    return ThingTeller(thing_log, shows, application_id, _now, untold)


def _now() -> datetime:
    return datetime.now(UTC)


def stack_name() -> str:
    return load(MirrorSettings).stack_name
