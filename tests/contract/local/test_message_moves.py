"""Moving a dead-letter queue back, as the command asks for it."""

import json

import pytest
from botocore.exceptions import ClientError

from operate.adapters.queues import BATCH, MessageMoves, OutgoingMessage, Queue
from tests.patience import eventually
from workflows.domain.batches import batches

ATTRIBUTE = {"ErrorName": "AccessDeniedError"}


@pytest.fixture
def dead_letters(aws):
    return Queue(aws.client("sqs"), aws.make_queue())


@pytest.fixture
def queue(aws, dead_letters):
    policy = {"deadLetterTargetArn": dead_letters.arn(), "maxReceiveCount": 5}
    return Queue(aws.client("sqs"), aws.make_queue(RedrivePolicy=json.dumps(policy), VisibilityTimeout="0"))


@pytest.fixture
def moves(aws, queue, dead_letters):
    return MessageMoves(aws.client("sqs"), dead_letters.arn())


def ended(moves):
    return eventually(moves.latest, lambda move: not move.is_running)


# At one a second more than a machine at work gets to in a test.
MANY = 600


def send(queue, count):
    for batch in batches(range(count), BATCH):
        queue.send([OutgoingMessage(f'"{number}"', ATTRIBUTE) for number in batch])


def test_messages_that_were_sent_to_the_dead_letter_queue_move_with_their_attributes_and_new_ids(
    aws, queue, dead_letters, moves
):
    send(dead_letters, 12)
    before = {message.message_id for message in dead_letters.read(20)}

    moves.start(queue.arn(), None)

    move = ended(moves)
    moved = list(queue.read(20))
    assert (move.status, move.moved, move.to_move) == ("COMPLETED", 12, 12)
    assert {message.body for message in moved} == {f'"{number}"' for number in range(12)}
    assert {message.attributes["ErrorName"] for message in moved} == {"AccessDeniedError"}
    assert not before & {message.message_id for message in moved}
    assert dead_letters.depth().total == 0


def test_a_move_without_destination_fails_on_messages_that_never_were_in_another_queue(aws, queue, dead_letters, moves):
    send(dead_letters, 1)

    aws.client("sqs").start_message_move_task(SourceArn=dead_letters.arn())

    move = ended(moves)
    assert (move.status, move.why_failed) == ("FAILED", "CouldNotDetermineMessageSource")
    assert dead_letters.depth().waiting == 1


def test_a_slow_move_is_reported_while_it_runs_and_what_is_cancelled_stays(queue, dead_letters, moves):
    send(dead_letters, MANY)
    moves.start(queue.arn(), 1)
    running = moves.latest()

    moves.cancel(running.handle)

    cancelled = moves.latest()
    assert running.is_running
    assert (cancelled.status, cancelled.handle, cancelled.to_move) == ("CANCELLED", None, MANY)
    assert (queue.depth().waiting, dead_letters.depth().waiting) == (cancelled.moved, MANY - cancelled.moved)
    assert cancelled.moved < MANY


def test_a_queue_has_one_move_at_a_time(queue, dead_letters, moves):
    send(dead_letters, MANY)
    moves.start(queue.arn(), 1)

    with pytest.raises(ClientError, match="already a task running"):
        moves.start(queue.arn(), 1)


def test_cancelling_a_move_that_has_ended_is_a_success(queue, dead_letters, moves):
    send(dead_letters, MANY)
    moves.start(queue.arn(), 1)
    handle = moves.latest().handle
    moves.cancel(handle)

    moves.cancel(handle)

    assert moves.latest().status == "CANCELLED"


def test_only_a_dead_letter_queue_can_be_moved(aws, queue):
    with pytest.raises(ClientError, match="not configured as a dead-letter queue"):
        MessageMoves(aws.client("sqs"), queue.arn()).start(queue.arn(), None)


def test_a_queue_that_was_never_moved_has_no_move(queue, moves):
    assert moves.latest() is None
