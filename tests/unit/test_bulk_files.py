"""CSV files as spreadsheets write them."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operate.bulk.files import CsvRow, read_rows
from operate.errors import WrongInputError

TABLE = [("dev_eui", "name"), ("70B3D57ED0051234", "Pump; 7")]
NUMBERED = [CsvRow(1, TABLE[0]), CsvRow(2, TABLE[1])]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b'dev_eui;name\n70B3D57ED0051234;"Pump; 7"\n', id="semicolons"),
        pytest.param(b"dev_eui,name\n70B3D57ED0051234,Pump; 7\n", id="commas"),
        pytest.param(b"dev_eui\tname\n70B3D57ED0051234\tPump; 7\n", id="tabs"),
        pytest.param(b'dev_eui;name\r\n70B3D57ED0051234;"Pump; 7"\r\n', id="Windows line ends"),
        pytest.param(b'dev_eui;name\r70B3D57ED0051234;"Pump; 7"\r', id="old Mac line ends"),
        pytest.param(b'\xef\xbb\xbfdev_eui;name\n70B3D57ED0051234;"Pump; 7"', id="byte order mark, no last line end"),
        pytest.param("dev_eui\tname\r\n70B3D57ED0051234\tPump; 7\r\n".encode("utf-16"), id="Excel's Unicode text"),
        pytest.param(b'"dev_eui";"name"\n"70B3D57ED0051234";"Pump; 7"\n', id="all in quotes"),
        pytest.param(b'dev_eui ; name\n 70B3D57ED0051234;"Pump; 7"\n', id="white space around cells"),
        pytest.param(b'dev_eui; name\n70B3D57ED0051234; "Pump; 7"\n', id="white space before a quotation mark"),
        pytest.param(b'dev_eui;name\n="70B3D57ED0051234";"Pump; 7"\n', id="a text formula as people write it"),
        pytest.param(b'dev_eui;name\n"=""70B3D57ED0051234""";"Pump; 7"\n', id="a text formula as spreadsheets do"),
    ],
)
def test_every_spreadsheets_file_has_the_same_rows(tmp_path, content):
    file = tmp_path / "devices.csv"
    file.write_bytes(content)

    assert list(read_rows(file)) == NUMBERED


@pytest.mark.parametrize(
    ("content", "line"),
    [
        pytest.param('sep=;\ndev_eui;name\n70B3D57ED0051234;"Pump; 7"\n', 2, id="semicolons"),
        pytest.param('sep=,\r\ndev_eui,name\r\n70B3D57ED0051234,"Pump; 7"\r\n', 2, id="commas"),
        pytest.param("SEP=|\rdev_eui|name\r70B3D57ED0051234|Pump; 7\r", 2, id="any other mark"),
        pytest.param("sep=\t\ndev_eui\tname\n70B3D57ED0051234\tPump; 7\n", 2, id="a tab"),
        pytest.param('"sep=;";;\ndev_eui;name\n70B3D57ED0051234;"Pump; 7"\n', 2, id="saved by another spreadsheet"),
        pytest.param("\n\nsep=,\n\ndev_eui,name\n70B3D57ED0051234,Pump; 7\n", 5, id="between empty lines"),
        pytest.param("\n\ndev_eui,name\n70B3D57ED0051234,Pump; 7\n", 3, id="not there, empty lines above"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_a_line_above_the_header_may_name_the_separator(tmp_path, content, line, encoding):
    file = tmp_path / "devices.csv"
    file.write_bytes(content.encode(encoding))

    assert list(read_rows(file)) == [CsvRow(line, TABLE[0]), CsvRow(line + 1, TABLE[1])]


def test_separators_within_quotes_do_not_count(tmp_path):
    file = tmp_path / "devices.csv"
    file.write_text('dev_eui,"name; kind; floor"\n')

    assert list(read_rows(file)) == [CsvRow(1, ("dev_eui", "name; kind; floor"))]


@pytest.mark.parametrize("line", ["sep=a", "sep=", "sep==;", "separator=;"])
def test_what_names_no_separator_is_a_header(tmp_path, line):
    file = tmp_path / "devices.csv"
    file.write_text(f"{line}\n")

    assert next(read_rows(file)).line == 1


def test_a_row_is_reported_by_the_line_on_which_it_begins(tmp_path):
    file = tmp_path / "devices.csv"
    file.write_text('dev_eui;name\n\nA;"two\nlines"\n;\nB;one ""quoted""\n')

    assert list(read_rows(file)) == [
        CsvRow(1, ("dev_eui", "name")),
        CsvRow(3, ("A", "two\nlines")),
        CsvRow(6, ("B", 'one ""quoted""')),
    ]


def test_quotes_are_written_twice_inside_of_quotes(tmp_path):
    file = tmp_path / "devices.csv"
    file.write_text('dev_eui;name\nA;"the ""big"" one"\n')

    assert list(read_rows(file))[1] == CsvRow(2, ("A", 'the "big" one'))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(b'dev_eui;name\nA;"never closed\nB;C\n', "line 2: .*quotation mark", id="open quote"),
        pytest.param(b"dev_eui;name\nA;B\xe9ton\n", "invalid UTF-8. Save it as CSV UTF-8", id="Latin 1"),
        pytest.param(b"dev_eui;n\xe4me\nA;B\n", "invalid UTF-8", id="Latin 1 in the header"),
    ],
)
def test_what_is_no_csv_file_is_reported_with_its_line(tmp_path, content, expected):
    file = tmp_path / "devices.csv"
    file.write_bytes(content)

    with pytest.raises(WrongInputError, match=expected):
        list(read_rows(file))


def test_a_file_that_is_not_there_is_reported():
    with pytest.raises(WrongInputError, match=r"cannot be read: No such file or directory\."):
        list(read_rows(Path("nowhere.csv")))


def test_a_row_prints_no_cell():
    assert "secret" not in repr(CsvRow(1, ("secret",)))


characters = st.characters(codec="utf-8", exclude_categories=["C", "Z"])
cells = st.text(characters, max_size=8).filter(lambda text: not text.startswith('="'))


@given(
    table=st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(cells, min_size=n, max_size=n), min_size=1)),
    delimiter=st.sampled_from(";,\t"),
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_what_was_written_is_read_again(tmp_path_factory, table, delimiter, end, quoting):
    text = io.StringIO()
    header = [f"column {number}" for number in range(len(table[0]))]
    csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows([header, *table])
    file = tmp_path_factory.mktemp("round") / "trip.csv"
    file.write_text(text.getvalue(), encoding="utf-8", newline="")

    found = [list(row.cells) for row in read_rows(file)]

    assert found == [header, *(row for row in table if any(row))]
