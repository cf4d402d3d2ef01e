"""A stack beside the one that all tests share, for as long as a module needs it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from local.stacks import deploy, remove
from tests.e2e.field import Stack


@contextmanager
def deployed(name: str, parameters: Mapping[str, str]) -> Iterator[Stack]:
    outputs = deploy(name, parameters)
    yield Stack(
        name=name,
        queue_url=outputs["QueueUrl"],
        dead_letter_queue_url=outputs["DeadLetterQueueUrl"],
        state_machine_arn=outputs["StateMachineArn"],
    )
    remove(name)
