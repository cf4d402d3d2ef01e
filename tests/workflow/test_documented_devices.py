"""What docs/devices.md shows and `make demo` creates becomes a device; mistakes have the reasons that the page says."""

import json
from pathlib import Path

import pytest

from tests.documented_devices import PAGE, SECTIONS, demonstrated, mistaken, rows_of
from tests.workflow.surroundings import STACK

MODELS = json.loads(Path("local/device-models.json").read_text())
CLAIMABLE = json.loads(Path("local/things_stack/claimable.json").read_text())
DOCUMENTED = [
    pytest.param(attributes, id=name) for section in SECTIONS for name, attributes in section.things().items()
]
TABLES = [
    pytest.param(table, id=f"{section.title}-{number}")
    for section in SECTIONS
    for number, table in enumerate(section.tables())
]
MISTAKES = [
    pytest.param(section, wrote, says, id=f"{section.title}-{wrote}")
    for section in SECTIONS
    for wrote, says in section.mistakes()
]
DEMONSTRATED = [pytest.param(attributes, outcome, id=name) for name, attributes, outcome in demonstrated()]


@pytest.fixture
def local_cloud(pipeline):
    """Return the pipeline with the models and the claimable devices that the local cloud has."""
    pipeline.simulator.control("POST", "device-repository", **MODELS)
    for device in CLAIMABLE:
        pipeline.simulator.control("POST", "claimable", **device)
    return pipeline


def outcome_of(pipeline, attributes):
    """Return the method of a registered thing, else the error's name, and the error's text."""
    event = pipeline.event("created", attributes={**attributes, "stackName": STACK})
    pipeline.run(event)
    shadow = pipeline.shadow(event)
    error = shadow.get("error", {})
    return shadow.get("method") or error["name"], error.get("message", "")


def test_every_example_of_the_page_is_read():
    assert [section.title for section in SECTIONS if not section.tables()] == []
    assert len(DOCUMENTED) == PAGE.count("aws iot create-thing ")
    assert len(MISTAKES) >= 20


@pytest.mark.parametrize("attributes", DOCUMENTED)
def test_a_command_of_the_page_makes_a_device(local_cloud, attributes):
    method, error = outcome_of(local_cloud, attributes)

    assert attributes["stackName"] == "thingsync"
    assert (method, error) == ("created" if "appKey" in attributes or "devAddr" in attributes else "claimed", "")


@pytest.mark.parametrize("table", TABLES)
def test_a_file_of_the_page_makes_devices(local_cloud, tmp_path, table):
    file = tmp_path / "devices.csv"
    file.write_text(table)
    planned = list(rows_of(file))

    made = [outcome_of(local_cloud, each.attributes) for each in planned]

    assert len(made) == len(table.splitlines()) - 1
    assert [error for _, error in made if error] == []


@pytest.mark.parametrize(("section", "wrote", "says"), MISTAKES)
def test_a_mistake_has_the_reason_that_the_page_says(local_cloud, section, wrote, says):
    wrong = [mistaken(attributes, wrote) for attributes in section.things().values()]

    reasons = [outcome_of(local_cloud, each)[1] for each in wrong]

    assert any(says in reason for reason in reasons), reasons


@pytest.mark.parametrize(("attributes", "expected"), DEMONSTRATED)
def test_a_thing_of_the_demo_has_the_outcome_that_the_demo_expects(local_cloud, attributes, expected):
    assert outcome_of(local_cloud, attributes)[0] == expected


def test_the_file_to_import_makes_devices(local_cloud):
    made = [outcome_of(local_cloud, each.attributes) for each in rows_of(Path("examples/import.csv"))]

    assert {method for method, _ in made} == {"created"}
