"""The dashboard shows metrics that exist, by the dimensions they are published with; its links lead somewhere."""

import re
from itertools import pairwise

import pytest

from tests.contract.dashboard_body import BODY, GIVEN, OPTIONAL, TEXT, WIDGETS
from tests.contract.sam_template import RESOURCES, TEMPLATE, of_type
from tests.contract.watched_metrics import EMITTED, RESOURCE_TYPE_OF, is_ours, is_published
from workflows.observability.metrics import NAMESPACE

COLUMNS = 24
PSEUDO = {"AWS::Region", "AWS::StackName"}


def lines_of(kind):
    """Every line of metrics of this kind (list) or expression (dict) in the dashboard."""
    for widget in WIDGETS:
        for first, *rest in widget["properties"].get("metrics", []):
            if isinstance(first, kind):
                yield pytest.param([first, *rest], id=f"{widget['properties']['title']}: {rest or first['id']}"[:80])


METRICS, SEARCHES = list(lines_of(str)), list(lines_of(dict))
each_metric = pytest.mark.parametrize("line", METRICS)
each_search = pytest.mark.parametrize("line", SEARCHES)


def parts_of(line):
    namespace, metric, *rest = line
    pairs = [part for part in rest if not isinstance(part, dict)]
    return namespace, metric, dict(zip(pairs[::2], pairs[1::2], strict=True))


@each_metric
def test_a_metric_is_published_by_its_service_or_emitted_by_us(line):
    namespace, metric, dimensions = parts_of(line)

    exists = is_ours if namespace == NAMESPACE else is_published
    assert exists(namespace, metric, dimensions)


@each_metric
def test_a_metric_is_of_a_resource_of_this_stack(line):
    *_, dimensions = parts_of(line)

    for name, value in dimensions.items():
        if name in RESOURCE_TYPE_OF:
            logical_id = re.fullmatch(r"\$\{(\w+)(?:\.\w+)?\}", value)[1]
            assert RESOURCES[logical_id]["Type"] == RESOURCE_TYPE_OF[name]


@each_search
def test_a_search_finds_what_is_emitted_by_error_name(line):
    search = r"SEARCH\('\{(\w+),(\w+),(\w+)\} StackName=\"\$\{AWS::StackName\}\" MetricName=\"(\w+)\"', 'Sum', 300\)"

    namespace, *dimensions, metric = re.fullmatch(search, line[0]["expression"]).groups()

    assert any(set(found) == set(dimensions) for found in EMITTED[namespace, metric])


def test_an_expressions_label_is_left_to_cloudwatch():
    labels = [line.values[0][0]["label"] for line in SEARCHES]

    assert all(re.search(r"\$\{!PROP\('Dim\.ErrorName'\)\}", label) for label in labels)


def test_every_name_in_the_body_is_a_resource_or_given():
    named = set(re.findall(r"\$\{([^!}][^}]*)\}", TEXT))

    assert {name.split(".")[0] for name in named} - PSEUDO - set(GIVEN) <= set(RESOURCES)


def test_what_is_optional_is_left_out_as_a_whole_and_under_the_condition_of_its_resources():
    for condition, part, nothing in OPTIONAL.values():
        named = re.findall(r"\$\{(\w+)\.", part["Fn::Sub"])

        assert nothing == ""
        assert part["Fn::Sub"].startswith(",")
        assert {RESOURCES[name].get("Condition") for name in named} <= {condition}


def test_only_what_is_optional_names_a_resource_that_may_not_be_there():
    optional = {name for name, one in RESOURCES.items() if "Condition" in one}
    named = set(re.findall(r"\$\{(\w+)", BODY))

    assert named & optional == set()


def test_every_alarm_is_shown():
    (lights,) = [widget["properties"]["alarms"] for widget in WIDGETS if widget["type"] == "alarm"]

    assert sorted(lights) == sorted(f"${{{alarm}.Arn}}" for alarm in of_type("AWS::CloudWatch::Alarm"))


def test_the_flow_is_one_row_from_the_registry_to_the_dead_letters():
    row = [widget for widget in WIDGETS if widget["properties"].get("view") == "singleValue"]

    flow, now, _mirrored, _reconciled = (
        [metric for _, metric, *_ in widget["properties"]["metrics"]] for widget in row
    )
    assert row[0]["y"] == row[1]["y"]
    assert (flow[0], set(now)) == ("TopicMatch", {"ApproximateNumberOfMessagesVisible"})
    assert {"EventsStarted", "Registered", "Updated", "Removed", "Skipped", "Rejected", "Failed"} <= set(flow)


def test_the_latest_failures_are_shown_with_the_reason_beside_the_thing():
    (query,) = [widget["properties"]["query"] for widget in WIDGETS if widget["type"] == "log"]

    fields = re.search(r"\| fields (.*?) \|", query)[1].split(", ")
    assert fields[:3] == ["at", "thingName", "error.message as reason"]
    assert "whatToDo" in fields


def test_latency_is_shown_by_percentiles():
    shown = {line.values[0][-1]["stat"] for line in METRICS if line.values[0][1] == "RegistrationLatency"}

    assert shown == {"p50", "p90", "p99"}


def test_widgets_fill_rows_and_do_not_overlap():
    cells = [
        (x, y)
        for widget in WIDGETS
        for x in range(widget["x"], widget["x"] + widget["width"])
        for y in range(widget["y"], widget["y"] + widget["height"])
    ]
    rows = sorted({y for _, y in cells})

    assert len(cells) == len(set(cells)) == COLUMNS * len(rows)
    assert all(below - above == 1 for above, below in pairwise(rows))


def test_the_dashboard_is_this_regions_since_names_are_the_whole_accounts():
    assert RESOURCES["Dashboard"]["Properties"]["DashboardName"] == {"Fn::Sub": "${AWS::StackName}-${AWS::Region}"}


@pytest.mark.parametrize(
    "widget", [widget for widget in WIDGETS if widget["type"] == "text"], ids=["commands", "links"]
)
def test_links_lead_to_the_console_of_the_stacks_region_and_partition(widget):
    links = re.findall(r"\]\((.*?)\)(?= ·|\\n|\n| |$)", widget["properties"]["markdown"])

    assert all(link.startswith("${Console}/") for link in links)
    assert all("region=${AWS::Region}" in link for link in links)


def test_the_links_reach_runs_traces_and_application_signals():
    text = " ".join(widget["properties"]["markdown"] for widget in WIDGETS if widget["type"] == "text")

    assert "/statemachines/view/${StateMachine}" in text
    assert "#xray:service-map/map" in text
    assert "#application-signals:services" in text


def test_the_stack_says_where_its_dashboard_is():
    url, _given = TEMPLATE["Outputs"]["DashboardUrl"]["Value"]["Fn::Sub"]

    assert url.endswith("region=${AWS::Region}#dashboards/dashboard/${Dashboard}")
