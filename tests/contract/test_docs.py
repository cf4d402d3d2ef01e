"""The operator's pages name every alarm and every error, and their links lead somewhere."""

import pathlib
import re

import jmespath  # type: ignore[import-untyped]
import pytest

from tests.bench.comparing import STATED
from tests.contract.sam_template import PARAMETERS, RESOURCES, of_type
from workflows.domain.rights import NEEDED_RIGHTS, VIEW_RIGHT
from workflows.errors import RegistryAnswer, SyncError, leaf_names
from workflows.schemas.thing import examine

README = pathlib.Path("README.md").read_text()
DEVICES = pathlib.Path("docs/devices.md").read_text()
SCALING = pathlib.Path("docs/scaling.md").read_text()
OPERATING = pathlib.Path("docs/operating.md").read_text()
DEPLOYING = pathlib.Path("docs/deploying.md").read_text()
TROUBLESHOOTING = pathlib.Path("docs/troubleshooting.md").read_text()
PAGES = sorted([pathlib.Path("README.md"), pathlib.Path("CONTRIBUTING.md"), *pathlib.Path("docs").rglob("*.md")])
# A run that ended without a report cannot raise: another one writes its error into the journal.
ERRORS = sorted((leaf_names(SyncError) | {"UnreportedRunError"}) - leaf_names(RegistryAnswer))


def section_of(title):
    return OPERATING.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows_of(title):
    """The first cells of the table under a heading."""
    return [
        row.split("|")[1] for row in section_of(title).splitlines() if row.startswith("| ") and "`" in row.split("|")[1]
    ]


def anchors_of(page):
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_parameter_is_in_the_table_of_parameters_with_its_default():
    cells = [row.split("|")[1:3] for row in section_of("Parameters").splitlines() if row.startswith("| `")]
    rows = {name: default for names, default in cells for name in re.findall(r"`(\w+)`", names)}

    assert set(rows) == set(PARAMETERS)
    assert [name for name, one in PARAMETERS.items() if str(one.get("Default", "")) not in rows[name]] == []


def test_the_commands_before_an_upgrade_find_attributes_and_their_things():
    things = [{"thingName": "old", "attributes": {"stackName": "x", "firmwareVersion": "7"}}, {"thingName": "other"}]
    answer = {"things": [{"attributes": {}} | each for each in things]}

    queries = re.findall(
        r"list-things .*--query '(.+?)'", DEPLOYING.partition("\n## Upgrade\n")[2].partition("\n## ")[0]
    )

    assert [jmespath.search(query, answer) for query in queries] == [["stackName", "firmwareVersion"], ["old"]]


def test_the_readme_names_the_parameters_that_must_be_given():
    deploying = README.partition("\n## Deploy on AWS\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^ *\| `(\w+)` \|", deploying, re.MULTILINE)

    assert rows == [name for name, one in PARAMETERS.items() if "Default" not in one]


def test_the_readme_lists_the_rights_of_the_api_key():
    table = README.partition("\n### Rights of the API key\n")[2].partition("\n## ")[0]
    listed = [f"RIGHT_APPLICATION_{name}" for name in re.findall(r"`(?:RIGHT_APPLICATION)?_(\w+)`", table)]

    assert listed == [*NEEDED_RIGHTS, VIEW_RIGHT]


def test_the_readme_stays_short():
    assert len(README.splitlines()) <= 230


# For each attribute that a kind of device needs, what a thing may say.
SAID = {
    "devEUI": "70B3D57ED0051234",
    "joinEUI": "70B3D57ED0000001",
    "devAddr": "00B6F063",
    "brandID": "dragino",
    "modelID": "lht65",
    "lorawanVersion": "1.0.3",
    "regionalParametersVersion": "1.0.3-a",
    "claimAuthenticationCode": "91B4D2F7",
    "qrCode": "LW:D0:70B3D57ED0000001:70B3D57ED0051234:ABCD1234:O91B4D2F7",
    **dict.fromkeys(("appKey", "appSKey", "nwkSKey"), "9F3A6C0D51E27B84A0C95D1E3F7284B6"),
}


def kinds_of_devices(text):
    """What the rows of the table of kinds say must be given, of those that say nothing but names."""
    rows = re.findall(r"^\| [^|`]+ \| ((?:`\w+`(?:, )?)+) \|$", text.partition("| your device |")[2], re.MULTILINE)
    return [set(re.findall(r"`(\w+)`", cell)) for cell in rows]


def complete(names):
    examined = examine({name: SAID[name] for name in names} | {"stackName": "thingsync"})
    return not examined.problems and not examined.missing


@pytest.mark.parametrize("text", [README, DEVICES], ids=["README", "devices"])
def test_a_device_of_each_kind_needs_just_what_the_table_says(text):
    kinds = kinds_of_devices(text)

    assert len(kinds) >= 4
    assert [given for given in kinds if not complete(given)] == []
    assert [(name, given) for given in kinds for name in given if complete(given - {name})] == []


def costs_of_mirroring(text):
    """The last three cells of the rows that begin with a value of MirrorOn: 1,000, 10,000 and 100,000 sensors."""
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.count("|") == 5]
    values = PARAMETERS["MirrorOn"]["AllowedValues"]
    return {value: row[1:] for value in values for row in rows if f"`{value}`" in row[0]}


def test_the_readme_has_the_costs_that_the_page_on_costs_has():
    assert costs_of_mirroring(README) == costs_of_mirroring(SCALING)
    assert set(costs_of_mirroring(README)) == set(PARAMETERS["MirrorOn"]["AllowedValues"])


def test_the_figures_of_reconciling_are_those_that_the_bench_measured():
    section = SCALING.partition("\n## Reconciling\n")[2].partition("\n## ")[0]
    rows = {cells[1].strip(): [cell.strip() for cell in cells[2:-1]] for cells in map(_cells, section.splitlines())}
    cpu_s, disk_mib = STATED["cpu_s"], STATED["notebook_mib"]

    assert rows["CPU, in process (`make bench`, one vCPU)"] == [f"{cpu_s // 10} s", f"{cpu_s} s", f"{cpu_s * 10} s"]
    assert rows["memory, beside boto3's own 60 MiB"] == [f"{STATED['peak_mib']} MiB"] * 3
    assert rows["the file"] == [f"{disk_mib // 10} MiB", f"{disk_mib} MiB", f"{disk_mib / 100:.1f} GiB"]
    assert f"the computing {cpu_s * 10} s" in section
    assert (STATED["devices"], round(disk_mib / STATED["packed_mib"])) == (100_000, 8)


def test_a_comparison_is_as_cheap_as_promised():
    assert STATED["cpu_s"] <= 60
    assert STATED["peak_mib"] + 60 <= 150


def _cells(line):
    return line.split("|") if line.startswith("|") else ("", "", "")


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
