"""Tables for spreadsheets: no cell is computed, and an import reads what an export has written."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operate.bulk.exporting import COLUMNS
from operate.bulk.files import read_rows
from operate.errors import WrongInputError
from operate.safe_output import open_output, quoted, unquoted, write_table

ACTIVE = [
    pytest.param("=1+1", id="a formula"),
    pytest.param("+1", id="a plus"),
    pytest.param("-1", id="a minus"),
    pytest.param("@SUM(A1)", id="a function"),
    pytest.param("\t=1", id="a tab before"),
    pytest.param("\r=1", id="a return before"),
    pytest.param("\ttext", id="a tab"),
    pytest.param("\rtext", id="a return"),
    pytest.param("\ntext", id="a new line"),
    pytest.param("   =1", id="blanks before"),
    pytest.param("\u00a0=1", id="a blank that does not break before"),
    pytest.param("\uff1d1\uff0b1", id="full width"),
]
# What AWS IoT takes in an attribute.
ATTRIBUTES = st.text("abcXYZ0189_.,@/:#=[]-", max_size=12)


@pytest.mark.parametrize("text", ACTIVE)
def test_what_a_spreadsheet_would_compute_is_quoted(text):
    assert quoted(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Pump 7", "a=1", "70B3D57ED0051234", "1.0.3-a", "''", "s-Hof", "4 - 2"])
def test_what_is_a_text_or_a_number_to_a_spreadsheet_stands_as_it_is(text):
    assert quoted(text) == (f"'{text}" if text.startswith("'") else text)


@given(st.text())
def test_what_was_quoted_is_read_as_it_was(text):
    assert unquoted(quoted(text)) == text


@pytest.mark.parametrize("cell", ["'t Hof", "'s-Hertogenbosch", "'A81758FFFE0312A1", "=1", "x'=1"])
def test_a_cell_that_nobody_quoted_is_read_as_it_is(cell):
    assert unquoted(cell) == cell


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(COLUMNS, ATTRIBUTES)), max_size=4))
def test_an_import_reads_every_value_that_an_export_has_written(tmp_path_factory, table):
    file = tmp_path_factory.getbasetemp() / "things.csv"
    with open_output(file) as opened:
        count = write_table(opened, COLUMNS, table)

    _, *found = read_rows(file)
    assert count == len(table)
    assert [row.cells for row in found] == [tuple(row[name] for name in COLUMNS) for row in table if any(row.values())]


def test_numbers_stay_numbers_and_what_is_absent_stays_empty():
    text = io.StringIO()

    write_table(text, ("a", "b", "c"), [{"a": -1, "b": None, "c": "-1"}])

    assert list(csv.reader(io.StringIO(text.getvalue()))) == [["a", "b", "c"], ["-1", "", "'-1"]]


def test_a_file_that_cannot_be_written_is_reported(tmp_path):
    with pytest.raises(WrongInputError, match="cannot be written: Is a directory"), open_output(tmp_path):
        pass
