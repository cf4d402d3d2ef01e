"""The bench is composed of parts, and each part shows what it measured."""

import io

import pytest
from rich.console import Console

from tests.bench import __main__ as bench
from tests.bench import changes, uplinks

ROW = dict.fromkeys(changes.COLUMNS, 1)
FOUND = {
    changes: {"per_change": dict.fromkeys(changes.KINDS, ROW)},
    uplinks: {"uplinks": {**uplinks.STATED, "usd_per_million": uplinks.costs(**uplinks.STATED)}},
}


@pytest.mark.parametrize("module", bench.MODULES)
def test_each_part_measures_and_shows(module):
    assert callable(module.measured)
    assert callable(module.tables)


def test_a_part_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(SystemExit, match=r"No such part: warm. There are cold, .*changes.*, and --json"):
        bench.main(["warm"])


@pytest.mark.parametrize("module", FOUND)
def test_a_table_fits_into_80_columns(module):
    shown = io.StringIO()
    Console(file=shown, width=80).print(*module.tables(FOUND[module]))

    assert "…" not in shown.getvalue()
    assert max(map(len, shown.getvalue().splitlines())) <= 80


def test_the_counted_changes_are_those_that_people_ask_for():
    named = {
        "create",
        "create_by_model",
        "claim",
        "update",
        "no_op_update",
        "delete",
        "reject",
        "mirror",
        "known_uplink",
    }

    assert named <= set(changes.KINDS)
