"""An event of every function, and all that AWS and The Things Stack told it: recorded from runs of the real pipeline.

AWS is moto and The Things Stack the simulator, each too slow to be measured beside. So they are asked once; what they
said is replayed (see ``replaying``).
"""

import contextlib
import io
import json
import os
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils

from functions import (
    authorize_activity,
    configure,
    ingest,
    mirror_device,
    publish_facts,
    receive_activity,
    reconcile,
    reconfigure,
    remove_keys,
)
from tests.bench.replaying import Recorded, proxied, request_keys
from tests.bench.serving import Answer
from tests.canned_server import Reply
from tests.configuring import UP_TO_THE_WEBHOOK, asked_of_us, surroundings
from tests.configuring import Context as ConfigureContext
from tests.simulated_stack import Simulator, started
from tests.state_machine import REGION
from tests.workflow.device_states import CLAIM, CREATE
from tests.workflow.harness import account, own_clients, pipeline_in, remembering_parsers
from tests.workflow.lambda_service import Context
from tests.workflow.mirroring import Webhook
from tests.workflow.pipeline import Pipeline
from tests.workflow.queue import Runs, delivered, message
from tests.workflow.surroundings import Written, forget_instances, wait_until
from workflows.adapters import aws
from workflows.bootstrap import reconciling
from workflows.observability.log import logger

RECONCILE_LOG_GROUP = "/thethings/lorawan/thingsync/reconcile"
CLAIMABLE = {
    "join_eui": CLAIM["joinEUI"],
    "dev_eui": CLAIM["devEUI"],
    "authentication_code": CLAIM["claimAuthenticationCode"],
}
_CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
}


class _Output:
    """Stands in for what pytest captures."""

    def readouterr(self) -> tuple[str, str]:
        return "", ""


class Recorder:
    """``function``: the one that is at work, whose requests these are."""

    def __init__(self) -> None:
        self.function, self.found = "", {}
        self._asked: tuple[str, ...] = ()
        self._answers: dict[str, dict[str, list[Answer]]] = defaultdict(lambda: defaultdict(list))

    def listen(self) -> None:
        """Hear what AWS is asked by clients that are not made yet."""
        events = aws.session().get_component("event_emitter")
        events.register_first("before-send", self._heard)
        events.register("response-received", self._answered)

    def handled(self, function: str, event: Any, handle: Any) -> Any:
        """Let ``handle`` take the event. Of each function the first event counts."""
        if function in self.found:
            return handle()
        given = json.loads(json.dumps(event))
        self.found[function] = Recorded(given, dict(os.environ), self._answers[function])
        self.function = function
        forget_instances()  # as a new one, it reads what an older one knows
        try:
            return handle()
        finally:
            self.function = ""

    def note(self, keys: tuple[str, ...], answer: Answer) -> None:
        for key in keys if self.function else ():
            self._answers[self.function][key].append(answer)

    def _heard(self, request: Any, **_: object) -> None:
        target = request.headers.get("X-Amz-Target", b"")
        self._asked = request_keys(request.method, request.url, target, request.body or b"")

    def _answered(self, response_dict: Mapping[str, Any], **_: object) -> None:
        if response_dict:
            headers = dict(response_dict["headers"])
            headers.pop("Content-Length", headers.pop("content-length", None))
            self.note(self._asked, Answer(response_dict["status_code"], _whole(response_dict["body"]), headers))


def _whole(body: Any) -> bytes:
    """Read a body that is a stream, and put the stream back to its begin."""
    if isinstance(body, bytes):
        return body
    content: bytes = body.read()
    body.__init__(io.BytesIO(content), len(content))
    return content


@contextmanager
def recorded() -> Iterator[dict[str, Recorded]]:
    """Yield what each function needs, by its module's name. The environments hold no addresses of servers."""
    recorder = Recorder()
    with ExitStack() as around, contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        monkeypatch = around.enter_context(pytest.MonkeyPatch.context())
        monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
        for name, text in _CREDENTIALS.items():
            monkeypatch.setenv(name, text)
        _record_pipeline(recorder, around, monkeypatch)
        _record_configuration(recorder, monkeypatch)
        yield recorder.found


def _record_pipeline(recorder: Recorder, around: ExitStack, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = around.enter_context(tempfile.TemporaryDirectory())
    simulator = around.enter_context(started(Path(folder, "state.sqlite")))
    proxy = around.enter_context(proxied(simulator.address, recorder.note))
    cloud = around.enter_context(account(own_clients(), remembering_parsers()))
    recorder.listen()
    pipeline = pipeline_in(cloud, Simulator(proxy.rpartition(":")[2]), Written(_Output()), monkeypatch)
    monkeypatch.setattr(logger.handlers[0], "stream", io.StringIO())
    invoke = pipeline.functions.invoke

    def invoked(parameters: Mapping[str, Any], **more: object) -> Any:
        state = parameters["FunctionName"].rpartition(":")[2].removesuffix("Function")
        function = re.sub(r"(?<!^)(?=[A-Z])", "_", state).lower()
        return recorder.handled(function, json.loads(parameters["Payload"]), lambda: invoke(parameters, **more))

    monkeypatch.setattr(lambda_eval_utils, "_invoke_lambda_function", invoked)
    monkeypatch.setattr(reconciling, "LOOK_EVERY_S", 0)
    _run_machine(pipeline)
    _call_others(recorder, pipeline, monkeypatch)


def _run_machine(pipeline: Pipeline) -> None:
    """Let every state's function work once."""
    created = pipeline.registered()
    pipeline.run(pipeline.updated(created, name="north"))
    pipeline.run(pipeline.deleted(created))
    pipeline.simulator.control("POST", "claimable", **CLAIMABLE)
    pipeline.run(pipeline.event("created", attributes=CLAIM))
    pipeline.run(pipeline.event("created", attributes={**CREATE, "frequencyPlanID": "EU_1"}))
    pipeline.deploy(APPLICATION_ID="no-such-application")
    pipeline.run(pipeline.event("created"))
    pipeline.deploy(APPLICATION_ID="demo-app")


def _call_others(recorder: Recorder, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (authorize_activity, ingest, mirror_device, publish_facts, receive_activity, reconcile, remove_keys):
        _listened_to(recorder, monkeypatch, module)
    webhook = Webhook(pipeline)
    webhook.sent(webhook.register())
    pipeline.cloud.clients["logs"].create_log_group(logGroupName=RECONCILE_LOG_GROUP)
    pipeline.deploy(
        REGISTRY_EVENTS_URL=webhook.queue_url,
        RECONCILE_SCHEDULE="rate(1 day)",
        RECONCILE_MODE="Report",
        RECONCILE_SCRUB="0",
        RECONCILE_LOG_GROUP=RECONCILE_LOG_GROUP,
    )
    items = [each["Attributes"] for each in pipeline.cloud.journal_items(pipeline.journal_table)]
    claimed = next(item for item in items if "DeviceClaimed" in json.dumps(item))
    records = {"Records": [{"eventName": "INSERT", "dynamodb": {"SequenceNumber": "1", "NewImage": claimed}}]}
    for module in (publish_facts, remove_keys):
        module.handler(records, Context("any"))
    reconcile.handler({}, Context("thingsync-Reconcile", remaining_ms=900_000))
    event, runs = (
        pipeline.event("created"),
        Runs(pipeline.cloud.clients["stepfunctions"], pipeline.cloud.state_machine_arn),
    )
    delivered(message(event))
    wait_until(lambda: "RUNNING" not in runs.of(event).values())


def _listened_to(recorder: Recorder, monkeypatch: pytest.MonkeyPatch, module: ModuleType) -> None:
    function, handler = module.__name__.removeprefix("functions."), module.handler
    monkeypatch.setattr(
        module, "handler", lambda event, context: recorder.handled(function, event, lambda: handler(event, context))
    )


def _record_configuration(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Configure's servers are canned already. What AWS says is heard as before."""
    for module in (configure, reconfigure):
        _listened_to(recorder, monkeypatch, module)
        with surroundings(monkeypatch.setenv) as server:
            replies = [*UP_TO_THE_WEBHOOK, Reply(), Reply()]
            server.replies.extend(replies)
            module.handler(asked_of_us(server.address), ConfigureContext())
            recorder.function = module.__name__.removeprefix("functions.")
            for (method, path, _), reply in zip(server.asked, replies, strict=False):
                if path.startswith(("/api/v3/", "/answer")):
                    keys = request_keys(method, path, "", b"")
                    recorder.note(keys, Answer(reply.status, reply.content, reply.headers))
            recorder.function = ""
