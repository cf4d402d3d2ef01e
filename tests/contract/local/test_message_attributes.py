"""What SQS refuses in a message's attributes, and that nothing of ours is refused."""

import pytest
from botocore.exceptions import ClientError

from workflows.adapters.dead_letters import SQSDeadLetterQueue
from workflows.errors import InvalidEventError

LARGEST = 1_048_576


@pytest.fixture(scope="module")
def sqs(aws):
    return aws.client("sqs")


@pytest.fixture
def queue_url(aws):
    return aws.make_queue()


def send(sqs, queue_url, attributes, body="{}"):
    given = {name: {"DataType": "String", "StringValue": text} for name, text in attributes.items()}
    sqs.send_message(QueueUrl=queue_url, MessageBody=body, MessageAttributes=given)


def received(sqs, queue_url):
    answer = sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])
    return [
        (message["Body"], {name: each["StringValue"] for name, each in message.get("MessageAttributes", {}).items()})
        for message in answer.get("Messages", [])
    ]


@pytest.mark.parametrize(
    ("attributes", "code"),
    [
        pytest.param({"ErrorMessage": "a\x1b[2J"}, "InvalidMessageContents", id="escape"),
        pytest.param({"ErrorMessage": "a\x00"}, "InvalidMessageContents", id="zero"),
        pytest.param({"ErrorMessage": "\uffff"}, "InvalidMessageContents", id="no character"),
        pytest.param({"ErrorMessage": ""}, "InvalidParameterValue.*non-empty", id="empty"),
        pytest.param({"Error Message": "a"}, "InvalidParameterValue.*name", id="blank in a name"),
        pytest.param({"AWS.Error": "a"}, "InvalidParameterValue.*name", id="AWS's own name"),
        pytest.param({"Error..Name": "a"}, "InvalidParameterValue.*name", id="two dots"),
        pytest.param({f"n{number}": "a" for number in range(11)}, "InvalidParameterValue.*exceeds 10", id="eleven"),
        pytest.param({"ErrorMessage": "x" * LARGEST}, "InvalidParameterValue.*shorter than 1048576", id="too large"),
    ],
)
def test_attributes_that_aws_refuses_are_refused(sqs, queue_url, attributes, code):
    with pytest.raises(ClientError, match=code):
        send(sqs, queue_url, attributes)

    assert received(sqs, queue_url) == []


def test_body_and_attributes_share_the_size_of_a_message(sqs, queue_url):
    with pytest.raises(ClientError, match="shorter than 1048576"):
        send(sqs, queue_url, {"ErrorName": "E"}, body="x" * (LARGEST - 10))


def test_the_same_is_refused_in_a_batch(sqs, queue_url):
    bad = {"ErrorName": {"DataType": "String", "StringValue": "\x07"}}
    entries = [{"Id": "1", "MessageBody": "1", "MessageAttributes": bad}, {"Id": "2", "MessageBody": "2"}]

    answer = sqs.send_message_batch(QueueUrl=queue_url, Entries=entries)

    assert [(each["Id"], each["Code"]) for each in answer["Failed"]] == [("1", "InvalidMessageContents")]
    assert received(sqs, queue_url) == [("2", {})]


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        pytest.param(
            "attributes: \x1b]0;x\x07 Not a valid string.",
            r"attributes: \x1b]0;x\x07 Not a valid string.",
            id="controls",
        ),
        pytest.param(
            "tab\tand\r\nline, umläut, \U0001f600, \x7f\x85",
            "tab\tand\r\nline, umläut, \U0001f600, \x7f\x85",
            id="allowed",
        ),
        pytest.param("\ud800 and \ufffe", r"\ud800 and \ufffe", id="no characters"),
        pytest.param("", "InvalidEventError", id="nothing to say"),
        pytest.param("x" * 2000, "x" * 2000, id="as long as may be"),
        pytest.param("x" * 2001, f"{'x' * 1999}…", id="longer"),
        pytest.param("\x00" * LARGEST, "\\x00" * 1999 + "…", id="longer once it is escaped"),
    ],
)
def test_an_errors_text_always_gets_there(sqs, queue_url, text, stored):
    SQSDeadLetterQueue(sqs, queue_url).put("{}", InvalidEventError(text))

    assert received(sqs, queue_url) == [("{}", {"ErrorName": "InvalidEventError", "ErrorMessage": stored})]
