"""A device may write into its own shadows, and its manufacturer into files: neither misleads the operator."""

import csv
import io
import json

import pytest

from tests.bulk_samples import DEVICE, dev_eui, device_row, written
from tests.contract.operate import conftest as scene
from tests.contract.operate.fleet import registration, rejection
from tests.journal_samples import accepted, change, device
from workflows.domain.facts import EventFailed
from workflows.schemas.shadow import load_registration

field, simulator, fleet = scene.field, scene.simulator, scene.fleet


def forge(shadows, thing_name, reported):
    document = json.dumps({"state": {"reported": reported}}).encode()
    shadows.update_thing_shadow(thingName=thing_name, shadowName="registration", payload=document)


REPORTED = [
    pytest.param({"error": {}}, id="an error without name and text"),
    pytest.param({"error": {"name": "InvalidThingError"}}, id="an error without a text"),
    pytest.param({"error": {"message": "x"}}, id="an error without a name"),
    pytest.param({"error": "InvalidThingError"}, id="an error that is a text"),
    pytest.param({"error": ["name", "message"]}, id="an error that is a list"),
    pytest.param({"error": {"name": 7, "message": {"a": [1]}}}, id="numbers and objects"),
    pytest.param({"error": {"name": "InvalidThingError", "message": "x" * 7000}}, id="a text of 7000 characters"),
    pytest.param({"status": 7, "thingId": {}, "versionNumber": "1", "at": [], "eventAt": -1}, id="no sense"),
    pytest.param({"versionNumber": 10**40, "eventAt": 10**400, "more": None}, id="numbers beyond all numbers"),
]


@pytest.mark.parametrize("reported", REPORTED)
def test_a_device_that_breaks_the_status_of_its_thing(field, reported):
    thing_id = field.create_thing("pump-7")
    field.happened("pump-7", *rejection(), thing_id=thing_id)
    forge(field.shadows, "pump-7", reported)

    document = field.document("thing", "status", "pump-7", exit_code=1)

    assert (document["status"], document["error"]) == ("rejected", "InvalidThingError")
    assert len(json.dumps(document["shadow"])) < 5000
    assert "InvalidThingError" in field.printed("status", "pump-7", exit_code=1)


@pytest.mark.parametrize("reported", REPORTED)
def test_a_device_that_breaks_the_import_of_all_others(fleet, tmp_path, reported):
    def follows(thing_name):
        forge(fleet.shadows, thing_name, reported)
        return rejection() if thing_name == dev_eui(1) else registration(device(device_id="other"))

    fleet.when_created = follows
    file = written(tmp_path / "devices.csv", [*DEVICE], device_row(1), device_row(2))

    lines = fleet.lines("import", "import", file, "--yes", exit_code=1)

    assert [line["outcome"] for line in lines] == ["rejected", "registered"]
    assert lines[0]["reason"].startswith("InvalidThingError")


def test_a_device_that_gives_its_error_another_name(field):
    """The name is the journal's, and a text that is about another error is none about this one."""
    thing_id = field.create_thing("pump-7")
    field.happened("pump-7", accepted(), EventFailed(change(), "AccessDeniedError"), thing_id=thing_id)
    forge(field.shadows, "pump-7", {"status": "registered", "error": {"name": "None", "message": "relax"}})

    printed = field.printed("status", "pump-7", exit_code=1)

    assert "AccessDeniedError" in printed
    assert "relax" not in printed


FORMULAS = ["=HYPERLINK(0)", "+1+1", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1"]  # noqa: RUF001


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_device_that_has_its_formula_computed_in_the_report(fleet, tmp_path, formula):
    """Its name is the journal's, so that not even the error's text begins the cell; if it did, it would be quoted."""

    def follows(thing_name):
        forge(fleet.shadows, thing_name, {"error": {"name": formula, "message": formula}})
        return [accepted(), EventFailed(change(), formula)]

    fleet.when_created = follows
    file = written(tmp_path / "devices.csv", [*DEVICE], device_row(1))

    fleet.call("import", file, "--yes")

    with (tmp_path / "devices.csv.report.csv").open(newline="") as report:
        [row] = csv.DictReader(report)
    assert row["thing"] == dev_eui(1)
    assert row["reason"].startswith("'")


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_in_the_name_of_an_error(field, formula):
    field.happened("pump-7", accepted(), EventFailed(change(), formula))

    [row] = csv.DictReader(io.StringIO(field.call("failures", "--csv").stdout))

    assert row["error"].startswith("'")


def test_what_makes_sense_is_read_and_the_rest_is_as_if_it_were_absent():
    reported = {
        "status": "rejected",
        "deviceId": 7,
        "error": {"name": "InvalidThingError", "message": ["x"], "more": "y"},
        "versionNumber": True,
        "more": "y",
    }

    assert load_registration(reported) == {"status": "rejected", "error": {"name": "InvalidThingError"}}


def test_a_text_that_is_longer_than_any_of_ours_is_cut_off_visibly():
    cut = load_registration({"at": "x" * 9000})["at"]

    assert (len(cut), cut[-2:]) == (4000, "x…")
