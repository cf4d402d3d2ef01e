import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.samples import APP_KEY, registry_event
from workflows.domain.intake import Message
from workflows.errors import InvalidEventError
from workflows.schemas.event import load_event
from workflows.schemas.message import message_of, read_message

TEXT = json.dumps(registry_event())


def enveloped(payload, **more):
    """The envelope of an IoT rule's error action."""
    envelope = {"ruleName": "thingsync_created", "topic": "$aws/events/thing/pump-7/created", "failures": [], **more}
    return json.dumps(envelope | {"base64OriginalPayload": payload})


def encoded(text):
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(TEXT, id="the event itself"),
        pytest.param(enveloped(encoded(TEXT)), id="an error action's envelope"),
    ],
)
def test_an_event_comes_with_its_text_as_it_was_published(body):
    text, event = read_message(body)

    assert text == TEXT
    assert event == load_event(registry_event())


@pytest.mark.parametrize(
    ("body", "match"),
    [
        pytest.param("", "is not JSON", id="empty"),
        pytest.param("hello", "is not JSON", id="a word"),
        pytest.param('{"eventType":', "is not JSON", id="half an object"),
        pytest.param("NaN", "is not JSON", id="no JSON number"),
        pytest.param("[]", "is no JSON object", id="a list"),
        pytest.param("7", "is no JSON object", id="a number"),
        pytest.param('"base64OriginalPayload"', "is no JSON object", id="a text that names the envelope's field"),
        pytest.param("{}", "eventType: Missing data", id="an object that is no event"),
        pytest.param(json.dumps(registry_event(a="\uffff")), "contains U[+]FFFE or U[+]FFFF", id="escaped U+FFFF"),
        pytest.param(json.dumps(registry_event(a="\ufffe"), ensure_ascii=False), "contains U[+]FFFE", id="U+FFFE"),
        pytest.param(
            enveloped(encoded(TEXT.replace("pump-7", "\uffff"))), "contains U[+]FFFE", id="U+FFFF in an envelope"
        ),
        pytest.param(TEXT.replace("pump-7", "\\uFfFe"), "contains U[+]FFFE or U[+]FFFF", id="escaped in mixed case"),
        pytest.param(enveloped("%%%"), "is not base64 of a UTF-8 text", id="envelope of no base64"),
        pytest.param(enveloped("/w=="), "is not base64 of a UTF-8 text", id="envelope of no text"),
        pytest.param(enveloped(7), "is not base64 of a UTF-8 text", id="envelope of a number"),
        pytest.param(enveloped(None), "is not base64 of a UTF-8 text", id="envelope of null"),
        pytest.param(enveloped("\u20ac"), "is not base64 of a UTF-8 text", id="envelope of letters beyond ASCII"),
        pytest.param(enveloped(encoded("hello")), "is not JSON", id="envelope of a word"),
        pytest.param(enveloped(encoded("{}")), "eventType: Missing data", id="envelope of no event"),
        pytest.param(
            enveloped(encoded(enveloped(encoded(TEXT)))), "eventType: Missing data", id="envelope of an envelope"
        ),
    ],
)
def test_what_holds_no_event_is_refused(body, match):
    with pytest.raises(InvalidEventError, match=match):
        read_message(body)


@given(st.text(max_size=200) | st.text(max_size=60).map(enveloped))
def test_any_text_is_an_event_or_refused(body):
    with pytest.raises(InvalidEventError, match=r"^The "):
        read_message(body)


@pytest.mark.parametrize(
    ("attributes", "execution_arn"),
    [
        pytest.param({}, None, id="from AWS IoT"),
        pytest.param(
            {"ExecutionArn": {"stringValue": "arn:run", "dataType": "String"}}, "arn:run", id="from the dead letters"
        ),
        pytest.param({"ErrorName": {"stringValue": "InvalidEventError", "dataType": "String"}}, None, id="never run"),
    ],
)
def test_a_queue_record_is_read(attributes, execution_arn):
    record = {"messageId": "m-1", "body": TEXT, "messageAttributes": attributes, "receiptHandle": "r"}

    message = message_of(record)

    assert message == Message("m-1", TEXT, execution_arn)
    assert APP_KEY not in repr(message)
