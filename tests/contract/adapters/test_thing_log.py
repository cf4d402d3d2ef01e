import json
import time

import pytest

from tests.ports.thing_log import LINE, ThingLogContract
from workflows.adapters import aws
from workflows.adapters.thing_log import CloudWatchThingLog, stream_name

LOG_GROUP = "/thethings/lorawan/thingsync/things"


@pytest.fixture
def thing_log(cloud):
    aws.logs().create_log_group(logGroupName=LOG_GROUP)
    return CloudWatchThingLog(aws.logs(), LOG_GROUP)


def events(stream):
    return aws.logs().get_log_events(logGroupName=LOG_GROUP, logStreamName=stream, startFromHead=True)["events"]


class TestCloudWatchThingLog(ThingLogContract):
    @pytest.fixture
    def thing_log(self, thing_log):
        return thing_log

    @pytest.fixture
    def lines(self):
        return lambda thing_name: [json.loads(event["message"]) for event in events(stream_name(thing_name))]


def test_a_stream_has_no_colon_in_its_name(thing_log):
    thing_log.write("line:2:pump", LINE)

    assert len(events("line.2.pump")) == 1


def test_a_line_bears_the_time_of_writing(thing_log):
    before_ms = time.time_ns() // 1_000_000

    thing_log.write("pump-7", LINE)

    assert before_ms <= events("pump-7")[0]["timestamp"] <= time.time_ns() // 1_000_000


def test_a_stream_that_another_run_makes_meanwhile_is_used(thing_log):
    """The other's stream comes to be between this one's first put and its own attempt to make it."""
    client = aws.logs()

    def make_too(**_):
        client.meta.events.unregister("before-call.cloudwatch-logs.CreateLogStream", make_too)
        CloudWatchThingLog(client, LOG_GROUP).write("pump-7", {"writer": "other"})

    client.meta.events.register("before-call.cloudwatch-logs.CreateLogStream", make_too)
    thing_log.write("pump-7", {"writer": "this"})

    assert [json.loads(event["message"]) for event in events("pump-7")] == [{"writer": "other"}, {"writer": "this"}]


def calls_of(write):
    """Return the calls that ``write`` makes."""
    made, client = [], aws.logs()

    def hook(model, **_):
        made.append(model.name)

    client.meta.events.register("before-call.cloudwatch-logs", hook)
    write()
    client.meta.events.unregister("before-call.cloudwatch-logs", hook)
    return made


def test_a_first_line_costs_two_calls_and_any_other_one(thing_log):
    first = calls_of(lambda: thing_log.write("pump-7", LINE, is_first=True))
    second = calls_of(lambda: thing_log.write("pump-7", LINE))

    assert (first, second) == (["CreateLogStream", "PutLogEvents"], ["PutLogEvents"])


def test_a_first_line_of_a_stream_that_is_there_is_written_all_the_same(thing_log):
    for number in (1, 2):
        thing_log.write("pump-7", {"number": number}, is_first=True)

    assert [json.loads(event["message"]) for event in events("pump-7")] == [{"number": 1}, {"number": 2}]


def test_a_log_group_that_is_not_there_is_an_error(cloud):
    with pytest.raises(aws.logs().exceptions.ResourceNotFoundException, match="CreateLogStream"):
        CloudWatchThingLog(aws.logs(), LOG_GROUP).write("pump-7", LINE)


def test_a_line_holds_nothing_that_a_terminal_obeys_and_says_the_same(thing_log):
    hostile = {"reason": "Süd\x1b[2J\x9b2J\u202e\u2028\x7f\U000e0041"}

    thing_log.write("pump-7", hostile)

    [event] = events("pump-7")
    assert event["message"].isprintable()
    assert "Süd" in event["message"]
    assert json.loads(event["message"]) == hostile
