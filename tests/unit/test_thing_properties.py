"""Laws that hold for every thing, however odd."""

import json

from hypothesis import given
from hypothesis import strategies as st

from tests.samples import CLAIM, CREATE, CREATE_1_1, DEV_EUI, JOIN_EUI, SCANNED
from workflows.domain.identifiers import is_device_id
from workflows.domain.naming import device_id_for
from workflows.domain.planning import StackDefaults, plan
from workflows.domain.thing import ExaminedThing, Thing
from workflows.errors import InvalidThingError
from workflows.schemas.codec import from_plain, to_plain
from workflows.schemas.thing import examine

NAMES = [
    *(*CREATE_1_1, *CLAIM, *SCANNED),
    *("appEUI", "deviceID", "frequencyPlanID", "name", "description", "site", "Ünicode", ""),
]
HEX = st.integers(0, 16**32 - 1).map("{:X}".format)
VALUES = st.one_of(
    st.text(max_size=40),
    st.sampled_from([*CREATE_1_1.values(), *CLAIM.values(), *SCANNED.values(), "pump-7", "1.0.2", "arn:aws"]),
    HEX,
    HEX.map(lambda text: f"LW:D0:{JOIN_EUI}:{text[:16]:0>16}:ABCD1234:O{text[16:]}"),
)
ATTRIBUTES = st.dictionaries(st.sampled_from(NAMES), VALUES)
DEFAULTS = StackDefaults("EU_863_870_TTN", "1.0.3", "1.0.3-a")

# So long and various that finding one in an error text means that it was repeated there.
NUMBERS = st.integers(16**11, 16**32 - 1).filter(lambda number: len(set(f"{number:X}")) > 5)
SECRETS = NUMBERS.map("{:X}".format) | NUMBERS.map("{:032X}".format)


def answer_to(attributes):
    """The device planned for a thing with these attributes, or the refusal."""
    examined = examine(attributes)
    try:
        return plan(examined, device_id_for(examined.thing), DEFAULTS)[2]
    except InvalidThingError as refusal:
        return refusal


@given(ATTRIBUTES)
def test_any_attributes_can_be_examined_and_the_answer_is_json(attributes):
    examined = examine(attributes)

    assert from_plain(ExaminedThing, json.loads(json.dumps(to_plain(examined))), "the thing") == examined


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=20)))
def test_attributes_of_any_name_can_be_examined(attributes):
    examined = examine(attributes)

    assert isinstance(examined.thing, Thing)
    assert not examined.problems.keys() - attributes.keys()
    assert not examined.missing.keys() & attributes.keys()


@given(ATTRIBUTES)
def test_every_thing_is_created_claimed_or_refused_with_a_reason(attributes):
    answer = answer_to(attributes)

    refused = isinstance(answer, InvalidThingError)
    assert answer.problems if refused else is_device_id(answer.device_id)


@given(ATTRIBUTES)
def test_the_same_thing_always_gets_the_same_answer(attributes):
    assert examine(attributes) == examine(dict(reversed(attributes.items())))


@given(st.integers(1, 16**16 - 1).map("{:016x}".format))
def test_a_well_formed_dev_eui_always_gives_a_legal_device_id(dev_eui):
    thing = examine(CREATE | {"devEUI": dev_eui}).thing

    assert is_device_id(device_id_for(thing))


@given(st.lists(st.booleans(), min_size=32, max_size=32))
def test_hex_case_never_matters(upper):
    def spelled(text):
        return "".join(char.upper() if up else char.lower() for char, up in zip(text, upper, strict=False))

    mixed = CREATE_1_1 | {name: spelled(CREATE_1_1[name]) for name in ("devEUI", "joinEUI", "appKey", "nwkKey")}

    assert examine(mixed) == examine(CREATE_1_1)


@given(SECRETS, SECRETS, st.sampled_from(["appKey", "nwkKey", "claimAuthenticationCode", "qrCode"]), ATTRIBUTES)
def test_no_refusal_repeats_a_key_or_a_code(secret, token, attribute, others):
    label = f"LW:D0:{JOIN_EUI}:{DEV_EUI}:ABCD1234:O{token}"

    answer = answer_to(others | {"qrCode": label, attribute: secret})

    printed = f"{answer} {answer!r} {answer.__cause__!r}" if isinstance(answer, InvalidThingError) else repr(answer)
    assert [text for text in (secret, token) if text.upper() in printed.upper()] == []
