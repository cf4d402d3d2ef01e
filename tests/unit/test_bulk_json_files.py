"""JSON files of devices: one object, several, or an array."""

import json
from io import BytesIO
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operate.bulk.files import HeldInput
from operate.bulk.json_files import read_objects
from operate.errors import WrongInputError
from tests.samples import APP_KEY

ONE, TWO = {"ids": {"device_id": "pump-1"}}, {"ids": {"device_id": "pump-2"}}


def read(text, encoding="utf-8"):
    return [dict(each.content) for each in read_objects(HeldInput(text.encode(encoding)))]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{json.dumps(ONE)}\n{json.dumps(TWO)}\n", id="a line each"),
        pytest.param(json.dumps(ONE, indent=2) + json.dumps(TWO, indent=2), id="behind each other"),
        pytest.param(json.dumps([ONE, TWO], indent=2), id="an array"),
        pytest.param(f"[{json.dumps(ONE)}]\n[{json.dumps(TWO)}]", id="several arrays"),
        pytest.param(f"\ufeff {json.dumps(ONE)}, {json.dumps(TWO)}", id="behind a mark, with commas"),
        pytest.param(json.dumps({"end_devices": [ONE, TWO]}), id="the answer of a list"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le"])
def test_every_form_has_the_same_devices(text, encoding):
    assert read(text, encoding) == [ONE, TWO]


def test_objects_are_counted_from_one():
    assert [each.number for each in read_objects(HeldInput(json.dumps([ONE, TWO]).encode()))] == [1, 2]


def test_an_object_prints_no_key():
    [found] = read_objects(HeldInput(json.dumps({"app_key": APP_KEY}).encode()))

    assert APP_KEY not in repr(found)


def test_numbers_stay_as_they_are_written():
    assert read('{"latitude": 52.370, "last_f_cnt_up": 4294967295}') == [
        {"latitude": "52.370", "last_f_cnt_up": "4294967295"}
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(f'[{{"app_key": "{APP_KEY}"}},\n', "line 2: the file ends before its list does", id="cut list"),
        pytest.param(
            f'\n{{"app_key": "{APP_KEY}",\n', "device that begins on line 2 is no valid JSON", id="cut device"
        ),
        pytest.param('{"end_devices": [{}]', "the file ends before its list does", id="cut answer"),
        pytest.param(f'{{}}\n"{APP_KEY}"', "line 2: expected a device, an object in braces", id="a text"),
        pytest.param("[1]", "expected a device", id="a number"),
        pytest.param("{}]", "expected a device", id="an end without a beginning"),
        pytest.param("[[{}}]", "expected a device", id="the wrong end"),
        pytest.param('{"a": nothing}', "is no valid JSON: Expecting value", id="a word"),
        pytest.param('{"a":' + "[" * 100_000, "are too deep", id="depth without end"),
    ],
)
def test_what_is_no_json_is_reported_with_its_line_and_without_its_text(text, expected):
    with pytest.raises(WrongInputError, match=expected) as refusal:
        read(text)

    assert APP_KEY not in str(refusal.value)


def test_half_a_character_is_reported():
    with pytest.raises(WrongInputError, match="line 1 or after: invalid UTF-8"):
        list(read_objects(HeldInput(b'{"name": "B\xe9ton"}')))


class Counted(BytesIO):
    """Counts in ``total`` what is read of it."""

    def __init__(self, content, total):
        super().__init__(content)
        self._total = total

    def read1(self, size=-1):
        self._total.append(size)
        return super().read1(size)


class Watched(HeldInput):
    total: ClassVar = []

    def open(self, _mode):
        return Counted(self.content, self.total)


def test_what_never_ends_is_not_read_to_its_end():
    source = Watched(b'{"name": "' + b"x" * (32 << 20))

    with pytest.raises(WrongInputError, match="no valid JSON"):
        list(read_objects(source))

    assert 0 < sum(source.total) < 8 << 20


values = st.recursive(
    st.none() | st.booleans() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@given(st.lists(st.dictionaries(st.text(max_size=8), values, max_size=4)), st.booleans(), st.sampled_from([None, 1]))
def test_what_was_written_is_read_again(devices, is_array, indent):
    texts = [json.dumps(each, indent=indent) for each in devices]
    text = f"[{','.join(texts)}]" if is_array else "\n".join(["{}", *texts])

    assert read(text) == (devices if is_array else [{}, *devices])


def test_devices_longer_than_what_is_read_at_once_are_read_whole():
    devices = [{"number": str(number), "script": "x" * 90_000} for number in range(30)]

    assert read(json.dumps(devices)) == devices
