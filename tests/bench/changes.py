"""What a change costs: counted on the real state machine, the real handlers and the simulator of The Things Stack.

Nothing here depends on the machine's speed. Each kind of change is counted in instances that work already; the first
change of an instance is a kind of its own, since the instance reads its secrets then.
"""

import contextlib
import io
import itertools
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from rich.table import Table

from tests.bench.counting import Counted, counting
from tests.samples import PERSONALIZED
from tests.simulated_stack import started
from tests.workflow.device_states import CLAIM, CREATE
from tests.workflow.harness import account, own_clients, pipeline_in, remembering_parsers
from tests.workflow.mirroring import Webhook
from tests.workflow.pipeline import Pipeline
from tests.workflow.queue import delivered, message
from workflows.domain.device import DeviceIds
from workflows.steps.door import PASSES_AT_ONCE

MODEL = {"brandID": "nordlys-sensors", "modelID": "fjord-air"}
COLUMNS = ("transitions", "dynamodb", "iot", "logs", "secretsmanager", "things_stack", "lambda")
HEADINGS = ("tr.", "DB", "IoT", "logs", "sec.", "TTS", "fn.")
_NUMBERS = itertools.count()
Kind = Callable[[Pipeline, Webhook], "Change"]  # prepares all that is not counted
Change = Callable[[], Any]  # what is counted; an event that it returns goes through Ingest and the state machine


def measured() -> dict[str, Any]:
    with working_pipeline() as pipeline:
        return {"per_change": counts(pipeline)}


def tables(found: Mapping[str, Any]) -> list[Table]:
    """Return the table of ``measured``."""
    table = Table(title="What a change costs: transitions, and requests by service", caption=_CAPTION)
    table.add_column("Change")
    for heading in HEADINGS:
        table.add_column(heading, justify="right")
    for kind, row in found["per_change"].items():
        table.add_row(kind.replace("_", " "), *(str(row[name]) for name in COLUMNS))
    return [table]


_CAPTION = (
    "tr.: state transitions. DB: DynamoDB. IoT: registry and shadow. sec.: secrets. TTS: The Things Stack. "
    "fn.: calls of functions."
)


def counts(pipeline: Pipeline) -> dict[str, dict[str, int]]:
    """Count each kind of change in a pipeline, which may have worked before."""
    webhook = Webhook(pipeline)
    return {name: _count(pipeline, kind(pipeline, webhook)) for name, kind in KINDS.items()}


def _count(pipeline: Pipeline, change: Change) -> dict[str, int]:
    called_before = len(pipeline.functions.invoked)
    with counting() as counted:
        event, called = change()
        path = _processed(pipeline, event) if event else ()
    called += len(pipeline.functions.invoked) - called_before + (1 if event else 0)  # and Ingest
    return _row(counted, len(path), called)


def _row(counted: Counted, transitions: int, called: int) -> dict[str, int]:
    return {
        "transitions": transitions,
        "dynamodb": counted.of("dynamodb"),
        "iot": counted.of("iot") + counted.of("iot-data"),
        "logs": counted.of("logs"),
        "secretsmanager": counted.of("secretsmanager") + counted.of("ssm"),
        "things_stack": counted.things_stack,
        "lambda": called,
        "sqs": counted.of("sqs"),
        "stepfunctions": counted.of("stepfunctions"),
        "reads": counted.requests["dynamodb", "GetItem"],
        "transactions": counted.requests["dynamodb", "TransactWriteItems"],
        "items": counted.items,
    }


def _processed(pipeline: Pipeline, event: Mapping[str, Any]) -> tuple[str, ...]:
    """Let Ingest start the event's run; return the states that it entered."""
    assert delivered(message(event)) == []
    machine = pipeline.cloud.state_machine_arn.replace(":stateMachine:", ":execution:")
    name = f"{event['thingId']}-v{event['versionNumber']}-{event['operation']}"
    return pipeline.ended(f"{machine}:{name}").path


def _fresh(attributes: Mapping[str, str]) -> dict[str, str]:
    """Return the attributes with a DevEUI that no other device has."""
    return {**attributes, "devEUI": f"70B3D57ED1{next(_NUMBERS):06X}"}


def _registered(pipeline: Pipeline, attributes: Mapping[str, str] = CREATE) -> Any:
    event = pipeline.event("created", attributes=_fresh(attributes))
    _processed(pipeline, event)
    return event


def _changes(event: Any) -> Change:
    """The event's thing was changed already; what is counted is its way through the pipeline."""
    return lambda: (event, 0)


def _creates(attributes: Mapping[str, str], *, first: bool = False, warmed_by: Mapping[str, str] = CREATE) -> Any:
    def kind(pipeline: Pipeline, _webhook: Webhook) -> Change:
        _registered(pipeline, warmed_by)
        if first:
            pipeline.deploy()  # new instances
        return _changes(pipeline.event("created", attributes=_fresh(attributes)))

    return kind


def _claims(pipeline: Pipeline, _webhook: Webhook) -> Change:
    return _changes(pipeline.event("created", attributes=CLAIM))


def _updates(**attributes: str | None) -> Any:
    def kind(pipeline: Pipeline, _webhook: Webhook) -> Change:
        return _changes(pipeline.updated(_registered(pipeline), **attributes))

    return kind


def _deletes(pipeline: Pipeline, _webhook: Webhook) -> Change:
    return _changes(pipeline.deleted(_registered(pipeline)))


def _mirrors(_pipeline: Pipeline, webhook: Webhook) -> Change:
    def joined(ids: DeviceIds) -> tuple[Any, int]:
        assert webhook.call(ids, joins=True) == 202
        assert webhook.mirror() == []  # reads the queue with a client of the tests' own, as Lambda does
        return webhook.event_of(ids.dev_eui), 2

    joined(webhook.register())  # so that the instance works already
    ids = webhook.register()
    return lambda: joined(ids)


def _uplinks(*, remembered: bool) -> Any:
    """An uplink of a device that has its thing, in an instance that has let its few devices pass."""

    def kind(pipeline: Pipeline, webhook: Webhook) -> Change:
        devices = [webhook.register() for _ in range(PASSES_AT_ONCE + 2)]
        for ids in devices:
            webhook.sent(ids)
            _processed(pipeline, webhook.event_of(ids.dev_eui))
        for ids in devices if remembered else devices[:-1]:
            webhook.call(ids)

        def change() -> tuple[None, int]:
            webhook.call(devices[-1])
            return None, 1

        return change

    return kind


# In instances that work already, unless it says "new instance": such a one reads its secrets and models first.
KINDS: Mapping[str, Kind] = {
    "create": _creates(CREATE),
    "create_new_instance": _creates(CREATE, first=True),
    "create_by_model": _creates(CREATE | MODEL, warmed_by=CREATE | MODEL),
    "create_by_model_and_firmware_new_instance": _creates(CREATE | MODEL | {"firmwareVersion": "1.1"}, first=True),
    "create_by_model_new_instance": _creates(CREATE | MODEL, first=True),
    "create_abp": _creates(PERSONALIZED),
    "claim": _claims,
    "update": _updates(name="North.Field"),
    "update_of_versions": _updates(lorawanVersion="1.0.2", regionalParametersVersion="1.0.2-b"),
    "no_op_update": _updates(appKey=None, site="rotterdam"),
    "no_op_update_with_keys": _updates(site="rotterdam"),
    "delete": _deletes,
    "reject": _creates(CREATE | {"joinEUI": "1"}),
    "reject_after_calls": _creates(CREATE | {"frequencyPlanID": "EU_1"}),
    "mirror": _mirrors,
    "known_uplink": _uplinks(remembered=False),
    "known_uplink_remembered": _uplinks(remembered=True),
}


@contextlib.contextmanager
def working_pipeline() -> Iterator[Pipeline]:
    """Yield a pipeline in an account of its own; what the functions print is thrown away."""
    printed = io.StringIO()
    with (
        tempfile.TemporaryDirectory() as folder,
        started(Path(folder, "state.sqlite")) as simulator,
        account(own_clients(), remembering_parsers()) as cloud,
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
    ):
        yield pipeline_in(cloud, simulator, None, patch)
