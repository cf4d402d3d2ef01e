"""What a file is by its first bytes: every encoding of a spreadsheet's CSV, and what is no CSV file at all."""

import gzip
import json
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operate.bulk.files import CsvRow, kind_of, read_rows
from operate.errors import WrongInputError
from tests.samples import APP_KEY, DEV_EUI

TEXT = f"dev_eui;name\r\n{DEV_EUI};Größe 测量\r\n"
TABLE = [CsvRow(1, ("dev_eui", "name")), CsvRow(2, (DEV_EUI, "Größe 测量"))]
MARK = "\ufeff"


def file_of(tmp_path, content):
    file = tmp_path / "devices.csv"
    file.write_bytes(content)
    return file


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("mark", [pytest.param(MARK, id="mark"), pytest.param("", id="no mark")])
def test_a_text_is_read_with_and_without_its_byte_order_mark(tmp_path, encoding, mark):
    assert list(read_rows(file_of(tmp_path, (mark + TEXT).encode(encoding)))) == TABLE


@pytest.mark.parametrize("encoding", ["utf-32-le", "utf-32-be"])
def test_a_wider_text_is_read_by_its_byte_order_mark(tmp_path, encoding):
    assert list(read_rows(file_of(tmp_path, (MARK + TEXT).encode(encoding)))) == TABLE


NAMES = st.text(st.characters(codec="utf-16", exclude_categories=["C", "Z"], exclude_characters='"'), max_size=60)


@given(name=NAMES)
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_names_in_any_script_leave_no_doubt_of_the_encoding(tmp_path_factory, encoding, name):
    content = f'dev_eui;name\n{DEV_EUI};"{name}"\n'.encode(encoding)

    found = list(read_rows(file_of(tmp_path_factory.mktemp("wide"), content)))

    assert [row.cells[0] for row in found] == ["dev_eui", DEV_EUI]


def zipped(tmp_path):
    with zipfile.ZipFile(tmp_path / "book.xlsx", "w") as book:
        book.writestr("[Content_Types].xml", "<Types/>")
    return (tmp_path / "book.xlsx").read_bytes()


DEVICE = {"ids": {"device_id": "pump-7", "dev_eui": DEV_EUI}, "root_keys": {"app_key": {"key": APP_KEY}}}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(json.dumps(DEVICE).encode(), id="a device"),
        pytest.param(json.dumps([DEVICE], indent=2).encode(), id="an array"),
        pytest.param(b"[]\n", id="an empty array"),
        pytest.param(f"\n{MARK}  {json.dumps(DEVICE)}".encode(), id="behind blanks and a mark"),
        pytest.param(json.dumps(DEVICE).encode("utf-16"), id="in UTF-16"),
        pytest.param(json.dumps(DEVICE).encode("utf-16-le"), id="in UTF-16 without a mark"),
    ],
)
def test_json_is_known_by_its_first_character_whatever_the_files_name(tmp_path, content):
    assert kind_of(file_of(tmp_path, content)).is_json


def test_a_csv_file_is_one_whatever_its_name(tmp_path):
    file = tmp_path / "devices.json"
    file.write_bytes(TEXT.encode())

    assert not kind_of(file).is_json
    assert list(read_rows(file)) == TABLE


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(b"<html><table>", "is XML or HTML, whatever its name says", id="HTML named .xls"),
        pytest.param(b'<?xml version="1.0"?>', "is XML or HTML", id="XML"),
        pytest.param(gzip.compress(TEXT.encode()), r"is compressed \(gzip\)\. Unpack it first", id="gzip"),
        pytest.param(b"BZh91AY&SY", r"is compressed \(bzip2\)", id="bzip2"),
        pytest.param(b"\xfd7zXZ\x00\x00", r"is compressed \(xz\)", id="xz"),
        pytest.param(b"\x28\xb5\x2f\xfd\x24", r"is compressed \(zstd\)", id="zstd"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1", r"is an old Excel workbook \(\.xls\)", id="xls"),
        pytest.param(b"%PDF-1.7\n", "is a PDF", id="PDF"),
        pytest.param(
            b"SQLite format 3\x00\x10\x00\x01\x01", "is not a text file. Open it in a spreadsheet", id="zero bytes"
        ),
        pytest.param(bytes(4096), "is not a text file", id="nothing but zero bytes"),
        pytest.param(TEXT.encode("utf-32-le"), "is not a text file", id="UTF-32 without a mark"),
        pytest.param(TEXT.encode("utf-16")[:-1], "line 2 or after: invalid UTF-16", id="half a character"),
    ],
)
def test_what_is_no_csv_file_is_reported_by_its_name(tmp_path, content, expected):
    with pytest.raises(WrongInputError, match=expected) as refusal:
        list(read_rows(file_of(tmp_path, content)))

    assert APP_KEY not in str(refusal.value)


def test_a_workbook_is_reported_by_its_name(tmp_path):
    with pytest.raises(WrongInputError, match=r"is an Excel workbook \(\.xlsx\)\. .* save the sheet as CSV UTF-8"):
        list(read_rows(file_of(tmp_path, zipped(tmp_path))))
