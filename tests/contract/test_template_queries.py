"""Saved queries name fields that the lines of their log groups have."""

import re

import pytest

from tests.contract.dashboard_body import WIDGETS
from tests.contract.emissions import FUNCTION_LINES, THING_LINES
from tests.contract.sam_template import RESOURCES, of_type

QUERIES = of_type("AWS::Logs::QueryDefinition")
LATEST = "dashboard: latest rejections and failures"
TEXT_OF = {name: query["QueryString"] for name, query in QUERIES.items()} | {
    LATEST: next(widget["properties"]["query"].partition(" | ")[2] for widget in WIDGETS if widget["type"] == "log")
}


def fields_in(line, prefix=""):
    """The names by which Logs Insights knows a line's fields: those of an object in it with a dot."""
    for name, value in line.items():
        yield f"{prefix}{name}"
        if isinstance(value, dict):
            yield from fields_in(value, f"{prefix}{name}.")


# Powertools adds it where a function is traced.
OURS = {name for line in FUNCTION_LINES for name in fields_in(line)} | {"xray_trace_id"}
# What Lambda's own JSON lines have where a handler raised: https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
LAMBDAS = {"errorType", "errorMessage", "stackTrace", "requestId"}
# https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
STATES = {"type", "execution_arn", "id", "previous_event_id", "details"}
FIELDS_OF = {
    "ThingsLogGroup": {name for line in THING_LINES for name in fields_in(line)},
    "StateMachineLogGroup": STATES,
    "FunctionsLogGroup": OURS | LAMBDAS,
}

LANGUAGE = {
    *("fields", "filter", "parse", "stats", "sort", "limit", "as", "by", "in", "like", "asc", "desc"),
    *("count", "count_distinct", "latest", "sum", "max", "bin", "ispresent", "strcontains"),
}
each_query = pytest.mark.parametrize("query", TEXT_OF)


def groups_of(query):
    return ["ThingsLogGroup"] if query == LATEST else [group["Ref"] for group in QUERIES[query]["LogGroupNames"]]


def asked_for(text):
    """The fields that a query names: every word that is no text, time, part of the language or alias of its own."""
    bare = re.sub(r'"[^"]*"|/[^/]+/|\b\d+\w*|@\w+', " ", text)
    words = set(re.findall(r"[A-Za-z_][\w.]*", bare))
    return words - LANGUAGE - set(re.findall(r"\bas (\w+)", bare)) - set(re.findall(r"\(\?<(\w+)>", text))


@each_query
def test_a_query_names_fields_that_are_written(query):
    written = set.union(*(FIELDS_OF[group] for group in groups_of(query)))

    assert asked_for(TEXT_OF[query])
    assert asked_for(TEXT_OF[query]) <= written


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_is_in_the_stacks_folder_and_reads_the_stacks_groups(query):
    assert QUERIES[query]["Name"]["Fn::Sub"].startswith("${AWS::StackName}/")
    assert {RESOURCES[group]["Type"] for group in groups_of(query)} == {"AWS::Logs::LogGroup"}


def test_errors_are_grouped_by_the_function_that_lambda_names_in_the_stream():
    """Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html"""
    stream = "2026/11/26/thingsync-CreateDeviceFunction-Ab12Cd34Ef56[$LATEST][0123456789abcdef0123456789abcdef]"
    (pattern,) = re.findall(r"parse @logStream /(.*)/", TEXT_OF["ErrorsByFunctionQuery"])

    found = re.search(pattern.replace("?<", "?P<"), stream)

    assert found["function"] == "thingsync-CreateDeviceFunction-Ab12Cd34Ef56"
    assert " by errorType, function," in TEXT_OF["ErrorsByFunctionQuery"]


def test_the_query_for_events_without_a_run_finds_the_lines_of_ingest_and_no_others():
    (pattern,) = re.findall(r"/(.*)/", TEXT_OF["NotStartedQuery"])

    of_ingest = [re.match("(The e|E)vent .*", one["message"]) and "message_id" in one for one in FUNCTION_LINES]
    said = [one["message"] for one, ours in zip(FUNCTION_LINES, of_ingest, strict=True) if ours]
    others = [one["message"] for one, ours in zip(FUNCTION_LINES, of_ingest, strict=True) if not ours]
    assert [message for message in said if not re.match(pattern, message)] == ["Event started: why"]
    assert [message for message in others if re.match(pattern, message)] == []


@pytest.mark.parametrize(
    ("query", "message"),
    [pytest.param("SlowestRegistrationsQuery", "Event registered", id="registrations")],
)
def test_a_message_in_a_query_is_written(query, message):
    assert f'message = "{message}"' in TEXT_OF[query]
    assert [line for line in FUNCTION_LINES if line["message"] == message and "latency_ms" in line]


def test_outcomes_in_queries_are_written():
    lists = re.findall(r"outcome in \[(.*?)\]", " ".join(TEXT_OF.values()))

    outcomes = set(re.findall(r"\w+", " ".join(lists)))
    assert outcomes == {"rejected", "failed"}
    assert outcomes <= {line["outcome"] for line in THING_LINES}
