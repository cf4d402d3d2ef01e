"""The operator's pages name every alarm and every error, and their links lead somewhere."""

import pathlib
import re

import pytest

from tests.contract.sam_template import RESOURCES, of_type
from workflows.errors import RegistryAnswer, SyncError, leaf_names

OPERATING = pathlib.Path("docs/operating.md").read_text()
TROUBLESHOOTING = pathlib.Path("docs/troubleshooting.md").read_text()
PAGES = sorted([pathlib.Path("README.md"), pathlib.Path("CONTRIBUTING.md"), *pathlib.Path("docs").rglob("*.md")])
# A run that ended without a report cannot raise: another one writes its error into the journal.
ERRORS = sorted((leaf_names(SyncError) | {"UnreportedRunError"}) - leaf_names(RegistryAnswer))


def rows_of(title):
    """The first cells of the table under a heading."""
    section = OPERATING.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    return [row.split("|")[1] for row in section.splitlines() if row.startswith("| ") and "`" in row.split("|")[1]]


def anchors_of(page):
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_alarm_is_in_the_table_of_alarms():
    named = {name for cell in rows_of("Alarms") for name in re.findall(r"`(\w+)`", cell)}

    assert named == set(of_type("AWS::CloudWatch::Alarm"))


def test_every_error_is_in_the_table_of_errors():
    named = {name for cell in rows_of("Errors") for name in re.findall(r"`(\w+)`", cell)}

    assert named == set(ERRORS)


@pytest.mark.parametrize("error", ERRORS)
def test_every_error_is_explained(error):
    assert f"\n### {error}\n" in TROUBLESHOOTING or f"`{error}`" in TROUBLESHOOTING


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_no_page_has_a_heading_twice(page):
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)

    assert sorted(headings) == sorted(set(headings))


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_within_the_project_lead_somewhere(page):
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text()) if not link.startswith("http")]

    for link in links:
        path, _, anchor = link.partition("#")
        target = (page.parent / path) if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors_of(target), link


SOURCES = [
    path for folder in ("workflows", "operate", "functions", "local") for path in pathlib.Path(folder).rglob("*.py")
]
OTHERS = map(pathlib.Path, ("local/README.md", "template.yaml", "statemachine.asl.json", "Makefile"))


@pytest.mark.parametrize("path", [*PAGES, *OTHERS, *SOURCES], ids=str)
def test_no_update_is_suggested_that_removes_the_attributes_it_does_not_name(path):
    """Where the option --thing-type-name is given, no attribute is. The {payload} has a test of its own."""
    lines = path.read_text().replace("\\\n", " ").splitlines()
    suggested = [line for line in lines if re.search(r"\bupdate-thing\b", line)]

    assert [line for line in suggested if not re.search("merge=true|--thing-type-name|{payload}", line)] == []


def test_the_docs_say_what_the_merge_is_for():
    assert "Without `merge=true`" in " ".join(TROUBLESHOOTING.split())


def test_the_mapping_that_pausing_stops_is_that_of_ingest():
    named = re.findall(r"--logical-resource-id (\w+)", OPERATING)

    # SAM names it after the function and the event.
    (event,) = RESOURCES["IngestFunction"]["Properties"]["Events"]
    assert named == [f"IngestFunction{event}"]
