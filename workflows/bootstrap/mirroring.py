"""Puts MirrorDevice together from its settings, once per Lambda instance."""

import time
from datetime import UTC, datetime
from functools import cache
from typing import cast

from workflows.adapters import aws
from workflows.adapters.journal.reservations import DynamoDBReservations
from workflows.adapters.mirrored_things import IoTMirroredThings
from workflows.adapters.shadow import IoTRegistrationShadow
from workflows.adapters.thing_log import CloudWatchThingLog
from workflows.adapters.things import IoTThings
from workflows.bootstrap.journal import journal
from workflows.bootstrap.things_stack import the_things_stack
from workflows.domain.activity import Activity
from workflows.domain.mirroring import MirrorRules
from workflows.domain.naming import Scheme
from workflows.errors import DeviceRefusedError
from workflows.observability.activity import refused
from workflows.observability.log import log_write_failure
from workflows.settings import JournalSettings, MirrorSettings, load
from workflows.steps.checking import CHECK_EVERY_S, CHECKS_AT_ONCE, Checker
from workflows.steps.finding import Finder
from workflows.steps.linker import Linker
from workflows.steps.mirror import DEVICES_REMEMBERED, Mirror
from workflows.steps.recent import RateLimiter, Recent
from workflows.steps.shadow_writing import ShadowWriter
from workflows.steps.thing_notifier import ThingNotifier


@cache
def mirror() -> Mirror:
    settings, registry, things = load(MirrorSettings), the_things_stack(), IoTMirroredThings(aws.iot())
    reservations = DynamoDBReservations(aws.dynamodb(), load(JournalSettings).journal_table)
    rules = MirrorRules(settings.stack_name, settings.thing_type_name, cast("Scheme", settings.thing_name_scheme))
    notifier = _notifier(settings, registry.application_id)

    def notify_refused(error: DeviceRefusedError, activity: Activity) -> None:
        refused(error, activity, stack_name=settings.stack_name)
        notifier.refused(error, activity)

    return Mirror(
        registry=registry,
        things=things,
        journal=reservations,
        finder=Finder(things, reservations),
        linker=Linker(journal(), registry, _now, notifier.linked),
        checker=Checker(
            registry,
            things,
            reservations,
            rules,
            RateLimiter(time.monotonic, every_s=CHECK_EVERY_S, most=CHECKS_AT_ONCE),
            notifier.restored,
        ),
        rules=rules,
        recent=Recent(time.monotonic, DEVICES_REMEMBERED),
        on_refused=notify_refused,
    )


def _notifier(settings: MirrorSettings, application_id: str) -> ThingNotifier:
    thing_log = CloudWatchThingLog(aws.logs(), settings.things_log_group)
    shadow_writer = ShadowWriter(IoTRegistrationShadow(aws.iot_data()), IoTThings(aws.iot()), journal(), application_id)
    return ThingNotifier(thing_log, shadow_writer, application_id, _now, log_write_failure)


def _now() -> datetime:
    return datetime.now(UTC)


def stack_name() -> str:
    return load(MirrorSettings).stack_name
