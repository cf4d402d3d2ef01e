import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.samples import APP_KEY, CREATE, THING_ID, registry_event
from workflows.domain.event import RegistryEvent, relevance
from workflows.domain.naming import execution_name
from workflows.errors import InvalidEventError
from workflows.schemas.event import load_event

ABSENT = object()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=20), inner, max_size=4),
    max_leaves=12,
)


def changed(**changes):
    """An event with fields changed, or absent."""
    return {name: value for name, value in registry_event(**changes).items() if value is not ABSENT}


def test_an_event_as_captured_from_aws_is_read():
    event = load_event(registry_event())

    assert event == RegistryEvent(
        operation="CREATED",
        thing_id=THING_ID,
        thing_name="pump-7",
        version_number=1,
        thing_type_name="lorawan",
        occurred_at_ms=1764150000123,
        attributes=CREATE,
    )


@pytest.mark.parametrize(
    ("changes", "field", "expected"),
    [
        pytest.param({"attributes": None}, "attributes", {}, id="no attributes as null"),
        pytest.param({"attributes": ABSENT}, "attributes", {}, id="no attributes at all"),
        pytest.param({"attributes": {}}, "attributes", {}, id="empty attributes"),
        pytest.param({"thingTypeName": None}, "thing_type_name", None, id="type as null"),
        pytest.param({"thingTypeName": ABSENT}, "thing_type_name", None, id="no type at all"),
        pytest.param({"timestamp": ABSENT}, "occurred_at_ms", None, id="no time"),
        pytest.param({"eventId": ABSENT}, "version_number", 1, id="no event ID"),
        pytest.param({"thingName": "line:2_" + "x" * 121}, "thing_name", "line:2_" + "x" * 121, id="128 characters"),
        pytest.param({"_x_amzn_trace_id": "1-2-3"}, "operation", "CREATED", id="fields of an emulator"),
        pytest.param({"operation": "DELETED"}, "operation", "DELETED", id="deleted"),
        pytest.param({"versionNumber": 10**12}, "version_number", 10**12, id="a trillion versions"),
        pytest.param({"repair": True}, "repair", True, id="what reconcile adds"),
        pytest.param({"repair": False}, "repair", False, id="no repair"),
    ],
)
def test_what_real_events_vary_in_is_accepted(changes, field, expected):
    event = load_event(changed(**changes))

    assert getattr(event, field) == expected


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        pytest.param({"eventType": ABSENT}, "eventType", id="no event type"),
        pytest.param({"eventType": "JOB_EVENT"}, "eventType", id="another event type"),
        pytest.param({"operation": "created"}, "operation", id="operation in lower case"),
        pytest.param({"operation": ABSENT}, "operation", id="no operation"),
        pytest.param({"thingId": ABSENT}, "thingId", id="no thing ID"),
        pytest.param({"thingId": ""}, "thingId", id="empty thing ID"),
        pytest.param({"thingId": "a" * 41}, "thingId", id="thing ID that no execution name could hold"),
        pytest.param({"thingId": "a/b"}, "thingId", id="thing ID that no execution name may hold"),
        pytest.param({"thingName": "x" * 129}, "thingName", id="thing name of 129 characters"),
        pytest.param({"thingName": "pump 7"}, "thingName", id="thing name with a space"),
        pytest.param({"thingName": "pump\n"}, "thingName", id="thing name with a line break"),
        pytest.param({"versionNumber": "1"}, "versionNumber", id="version as text"),
        pytest.param({"versionNumber": 1.5}, "versionNumber", id="version as a fraction"),
        pytest.param({"versionNumber": True}, "versionNumber", id="version as a flag"),
        pytest.param({"versionNumber": 0}, "versionNumber", id="version zero"),
        pytest.param({"versionNumber": 10**12 + 1}, "versionNumber", id="a version that no thing reaches"),
        pytest.param({"versionNumber": None}, "versionNumber", id="version as null"),
        pytest.param({"timestamp": "now"}, "timestamp", id="time as text"),
        *(pytest.param({"repair": odd}, "repair", id=f"{odd!r} for true") for odd in ("yes", "true", 1, 1.0, "on", [])),
        *(pytest.param({"repair": odd}, "repair", id=f"{odd!r} for false") for odd in ("no", "", 0, None, {})),
        pytest.param({"attributes": []}, "attributes", id="attributes as a list"),
        pytest.param({"attributes": {"devEUI": 7}}, "attributes", id="attribute as a number"),
        pytest.param({"attributes": {"devEUI": None}}, "attributes", id="attribute as null"),
        pytest.param({"attributes": {"devEUI": {"a": "b"}}}, "attributes", id="attribute as an object"),
    ],
)
def test_a_wrong_field_is_named(changes, field):
    with pytest.raises(InvalidEventError, match=rf"^The message is no AWS IoT registry event\. {field}: [^;]+$"):
        load_event(changed(**changes))


def test_every_wrong_field_is_named_at_once():
    with pytest.raises(InvalidEventError, match=r"eventType: .+; operation: .+; thingId: .+; thingName: .+; vers"):
        load_event({"hello": "world"})


@pytest.mark.parametrize("message", [None, 7, "text", [], [registry_event()], True])
def test_what_is_no_object_is_no_event(message):
    with pytest.raises(InvalidEventError, match="it is no JSON object"):
        load_event(message)


def test_a_refusal_never_shows_a_value():
    event = registry_event(operation=APP_KEY, thingId=APP_KEY * 2, attributes={"appKey": [APP_KEY]})

    with pytest.raises(InvalidEventError, match=r"operation: .+; thingId: .+; attributes: appKey") as refused:
        load_event(event)

    assert APP_KEY not in f"{refused.value} {refused.value!r}"


@given(JSON | st.dictionaries(st.sampled_from([*registry_event()]), JSON).map(lambda odd: registry_event(**odd)))
def test_any_json_is_an_event_or_refused(message):
    try:
        event: object = load_event(message)
    except InvalidEventError as refusal:
        event = refusal

    assert isinstance(event, RegistryEvent | InvalidEventError)


@given(st.from_regex(r"[A-Za-z0-9_-]{1,40}", fullmatch=True), st.integers(1, 10**12))
def test_whatever_is_accepted_names_an_execution(thing_id, version_number):
    event = load_event(registry_event(thingId=thing_id, versionNumber=version_number))

    assert len(execution_name(event)) <= 80


def test_names_in_a_refusal_are_few_and_short():
    """The writer of the event chose them."""
    attributes = {"x" * 129: 1, **{f"name-{number}": 1 for number in range(1000)}}

    with pytest.raises(InvalidEventError, match=f"attributes: {'x' * 128} value") as refused:
        load_event(registry_event(attributes=attributes))

    assert str(refused.value).endswith(" and 991 more")
    assert len(str(refused.value)) < 1000


def test_an_event_prints_no_attributes():
    assert APP_KEY not in repr(load_event(registry_event()))


@pytest.mark.parametrize(
    ("operation", "thing_type_name", "attributes", "expected"),
    [
        pytest.param("CREATED", "lorawan", {"stackName": "thingsync"}, "ours", id="ours"),
        pytest.param("CREATED", "lorawan", {}, "ours", id="a new thing without stack name learns what is missing"),
        pytest.param("CREATED", "lorawan", {"stackName": ""}, "ours", id="an empty stack name too"),
        pytest.param("CREATED", "lorawan", {"stackName": "another-stack"}, "other stack", id="another stack's"),
        pytest.param("CREATED", "lorawan", {"stackName": "Thingsync"}, "other stack", id="compared exactly"),
        pytest.param("CREATED", "lamp", {"stackName": "thingsync"}, "other thing type", id="another type"),
        pytest.param("UPDATED", "lorawan", {"stackName": "thingsync"}, "ours", id="update of ours"),
        pytest.param("UPDATED", "lorawan", {}, "not evidently ours", id="update without stack name"),
        pytest.param("UPDATED", "lorawan", {"stackName": "another-stack"}, "other stack", id="update of another's"),
        pytest.param("DELETED", None, {"stackName": "thingsync"}, "ours", id="a deleted thing may have lost its type"),
        pytest.param("DELETED", None, {}, "not evidently ours", id="a deleted thing may have lost everything"),
        pytest.param("DELETED", "lamp", {"stackName": "thingsync"}, "other thing type", id="deleted, another type"),
    ],
)
def test_whose_an_event_is(operation, thing_type_name, attributes, expected):
    event = RegistryEvent(operation, THING_ID, "pump-7", 1, thing_type_name, None, attributes)

    assert relevance(event, stack_name="thingsync", thing_type_name="lorawan") == expected
