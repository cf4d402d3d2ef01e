"""Message move tasks: StartMessageMoveTask, ListMessageMoveTasks, CancelMessageMoveTask, which MiniStack lacks.

A task goes as far as its velocity allows whenever somebody asks, so there is no thread to stop.
Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
"""

import base64
import time
import uuid
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from local.ministack.patching import Patch, Replacement, ministack_module

# AWS moves at most 500 a second, and remembers the last ten tasks of a queue.
FASTEST = 500
REMEMBERED = 10

Json = dict[str, Any]


@dataclass(slots=True)
class Task:
    source_arn: str
    destination_arn: str | None
    per_second: int | None
    to_move: int
    started_at: float = field(default_factory=time.time)
    handle: str = field(default_factory=lambda: base64.b64encode(uuid.uuid4().bytes).decode())
    moved: int = 0
    status: str = "RUNNING"

    def due(self) -> int:
        """How many may have been moved by now."""
        elapsed_s = time.time() - self.started_at
        return int(elapsed_s * (self.per_second or FASTEST)) + 1


# Source ARN: its tasks, the latest last.
_tasks: defaultdict[str, list[Task]] = defaultdict(list)


def start(request: Json) -> Json:
    source_arn = request.get("SourceArn", "")
    source, destination_arn = _queue(source_arn), request.get("DestinationArn")
    if destination_arn:
        _queue(destination_arn)
    _refuse_unless_dead_letter_queue(source_arn)
    running = _running(source_arn)
    if running:
        raise _error("UnsupportedOperation", "There is already a task running. Only one active task is allowed.")
    velocity = request.get("MaxNumberOfMessagesPerSecond")
    if velocity is not None and not 1 <= velocity <= FASTEST:
        raise _error("InvalidParameterValue", f"MaxNumberOfMessagesPerSecond must be between 1 and {FASTEST}.")
    task = Task(source_arn, destination_arn, velocity, len(_visible(source)))
    _tasks[source_arn] = [*_tasks[source_arn], task][-REMEMBERED:]
    return {"TaskHandle": task.handle}


def listed(request: Json) -> Json:
    source_arn = request.get("SourceArn", "")
    _queue(source_arn)
    _advance(source_arn)
    latest_first = _tasks[source_arn][::-1][: request.get("MaxResults", 1)]
    return {"Results": [_described(task) for task in latest_first]}


def cancel(request: Json) -> Json:
    for source_arn in list(_tasks):
        task = _running(source_arn)
        if task and task.handle == request.get("TaskHandle"):
            task.status = "CANCELLED"
            return {"ApproximateNumberOfMessagesMoved": task.moved}
    raise _error("ResourceNotFoundException", "There is no running task of this handle.", 404)


def _running(source_arn: str) -> Task | None:
    _advance(source_arn)
    return next((task for task in _tasks[source_arn] if task.status == "RUNNING"), None)


def _advance(source_arn: str) -> None:
    for task in _tasks[source_arn]:
        if task.status == "RUNNING":
            _move(task)


def _move(task: Task) -> None:
    source = _queue(task.source_arn)
    for message in _visible(source)[: max(0, task.due() - task.moved)]:
        target_arn = task.destination_arn or message["sys"].get("DeadLetterQueueSourceArn")
        if target_arn is None:
            task.status = "FAILED"
            return
        source["messages"].remove(message)
        _queue(target_arn)["messages"].append(_as_new(message))
        task.moved += 1
    ministack_module("services.sqs").esm_wake.set()
    if not _visible(source):
        task.status = "COMPLETED"


def _as_new(message: Json) -> Json:
    """A moved message is a new one to SQS: its ID and its retention begin again."""
    now = time.time()
    system = {name: value for name, value in message["sys"].items() if name != "DeadLetterQueueSourceArn"}
    return {
        **message,
        "id": str(uuid.uuid4()),
        "sent_at": now,
        "visible_at": now,
        "receipt_handle": None,
        "receive_count": 0,
        "first_receive_at": None,
        "sys": {**system, "SentTimestamp": str(int(now * 1000))},
    }


def _visible(queue: Json) -> list[Json]:
    now = time.time()
    service = ministack_module("services.sqs")
    for message in queue["messages"]:
        service._ensure_msg_fields(message)
    return [message for message in queue["messages"] if message["visible_at"] <= now]


def _queue(arn: str) -> Json:
    queue: Json | None = ministack_module("services.sqs")._queue_by_arn(arn)
    if queue is None:
        raise _error("ResourceNotFoundException", f"There is no queue {arn}.", 404)
    return queue


def _refuse_unless_dead_letter_queue(source_arn: str) -> None:
    queues = ministack_module("services.sqs")._queues.values()
    if not any(source_arn in queue["attributes"].get("RedrivePolicy", "") for queue in queues):
        raise _error("InvalidParameterValue", "The source queue is not configured as a dead-letter queue.")


def _described(task: Task) -> Json:
    optional = {
        "TaskHandle": task.handle if task.status == "RUNNING" else None,
        "DestinationArn": task.destination_arn,
        "MaxNumberOfMessagesPerSecond": task.per_second,
        "FailureReason": "CouldNotDetermineMessageSource" if task.status == "FAILED" else None,
    }
    return {
        "SourceArn": task.source_arn,
        "Status": task.status,
        "ApproximateNumberOfMessagesMoved": task.moved,
        "ApproximateNumberOfMessagesToMove": task.to_move,
        "StartedTimestamp": int(task.started_at * 1000),
        **{name: value for name, value in optional.items() if value is not None},
    }


def _error(code: str, message: str, status: int = 400) -> Exception:
    error: Exception = ministack_module("services.sqs")._Err(code, message, status)
    return error


_ACTIONS: dict[str, Callable[[Json], Json]] = {
    "StartMessageMoveTask": start,
    "ListMessageMoveTasks": listed,
    "CancelMessageMoveTask": cancel,
}


def _with_moves(original: Replacement) -> Callable[[str, Json, str], Awaitable[Json]]:
    async def dispatch(action: str, request: Json, queue_url: str) -> Json:
        if action in _ACTIONS:
            return _ACTIONS[action](request)
        answer: Json = await original(action, request, queue_url)
        return answer

    return dispatch


PATCHES = (Patch("services.sqs", "_dispatch", "6a429fdb61eb", _with_moves),)
