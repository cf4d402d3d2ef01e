"""A list that lacks a thing or a device, and a call that is refused, never show that it is gone."""

import pytest
from botocore.awsrequest import AWSResponse
from typer.testing import CliRunner

from operate.app import app
from tests.bulk_samples import dev_eui
from tests.journal_samples import CREATED, accepted


def called(fleet, *arguments, **answers):
    """Run the command while AWS IoT gives these answers to the calls of these names."""
    operator = fleet.operator()
    operator.clients.iot.meta.events.register_last(
        "before-call.iot", lambda model, params, **_: answers[model.name](params) if model.name in answers else None
    )
    return CliRunner().invoke(app, list(arguments), obj=operator)


def page(things, next_token=None):
    more = {"nextToken": next_token} if next_token else {}
    return AWSResponse("https://iot", 200, {}, None), {"things": things, **more}


def refusal(code, status):
    error = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return AWSResponse("https://iot", status, {}, None), error


def refused(code, status):
    return lambda params: refusal(code, status)


APPLY = ("reconcile", "--apply", "--yes", "--json")


def test_a_thing_that_the_list_lacks_is_asked_for(fleet):
    fleet.registered("pump", dev_eui(1))

    done = called(fleet, *APPLY, ListThings=lambda params: page([]))

    assert (done.exit_code, done.stdout, fleet.events()) == (0, "", [])


def test_an_empty_page_is_not_the_last(fleet):
    fleet.create_thing("unheard")
    listed = fleet.iot.list_things()["things"]

    done = called(
        fleet,
        "reconcile",
        "--json",
        ListThings=lambda params: page(listed) if "nextToken" in params["query_string"] else page([], "next"),
    )

    assert (done.exit_code, "no event of this thing has arrived" in done.stdout) == (1, True)


def test_a_list_that_breaks_off_ends_the_command_and_nothing_is_sent(fleet):
    fleet.registered("left", dev_eui(1))
    fleet.iot.delete_thing(thingName="left")

    done = called(
        fleet,
        *APPLY,
        ListThings=lambda params: (
            refusal("ThrottlingException", 429) if "nextToken" in params["query_string"] else page([], "next")
        ),
    )

    assert (done.exit_code, fleet.events()) == (3, [])


@pytest.mark.parametrize(
    ("code", "status"),
    [("AccessDeniedException", 403), ("UnauthorizedException", 401), ("ThrottlingException", 429), ("Internal", 500)],
)
@pytest.mark.parametrize("command", [APPLY, ("replay", "left", "--yes", "--no-wait")], ids=["reconcile", "replay"])
def test_a_thing_that_may_not_be_asked_for_is_not_taken_for_gone(fleet, command, code, status):
    fleet.registered("left", dev_eui(1))
    fleet.iot.delete_thing(thingName="left")

    done = called(fleet, *command, DescribeThing=refused(code, status))

    assert (done.exit_code, fleet.events()) == (3, [])


def test_a_thing_that_is_there_when_it_is_asked_for_once_more_is_not_removed(fleet):
    """Two looks find it gone, and then it is there: whatever that was, nothing is sent."""
    fleet.registered("pump", dev_eui(1))
    asked = []

    def gone_at_two_of_four_reads(params):
        asked.append(params)
        return refusal("ResourceNotFoundException", 404) if len(asked) % 4 in (1, 2) else None

    answers = {"ListThings": lambda params: page([]), "DescribeThing": gone_at_two_of_four_reads}
    result = called(fleet, *APPLY, "--allow-removals", "1", **answers)
    printed = called(fleet, "reconcile", "--apply", "--yes", "--allow-removals", "1", **answers)

    assert ('"status": "not sent"' in result.stdout, fleet.events(), result.exit_code) == (True, [], 0)
    assert (printed.stdout.splitlines()[-1], printed.exit_code) == ("1 of 1 repaired (1 already right).", 0)


def test_a_device_that_the_list_of_devices_lacks_is_asked_for(fleet):
    """The devices are listed first: one that is made while the journal is read is not in their list."""
    device = fleet.registered("pump", dev_eui(1))
    records = [fleet.devices.identity(device.device_id)]
    fleet.devices.delete_identity(device.device_id)
    operator = fleet.operator()

    def comes_back(**_):
        while records:
            fleet.devices.create_identity(records.pop())

    operator.clients.dynamodb.meta.events.register("before-call.dynamodb.Query", comes_back)

    done = CliRunner().invoke(app, APPLY, obj=operator)

    assert (done.exit_code, done.stdout, fleet.events(), records) == (0, "", [], [])


def test_a_thing_that_the_index_lacks_is_asked_for_in_the_journal(fleet):
    """An index that lags is one without the item."""
    fleet.registered("pump", dev_eui(1))
    operator = fleet.operator()
    operator.clients.dynamodb.meta.events.register(
        "before-call.dynamodb.Query", lambda **_: (AWSResponse("https://d", 200, {}, None), {"Items": [], "Count": 0})
    )

    done = CliRunner().invoke(app, APPLY, obj=operator)

    assert (done.exit_code, done.stdout, fleet.events()) == (0, "", [])


def test_the_fleet_is_counted_by_its_devices(fleet):
    for number in range(3):
        fleet.registered(f"pump-{number}", dev_eui(number))
    fleet.happened("half-made", accepted(device_id="half-made"))
    fleet.happened("elsewhere", accepted(device_id="elsewhere"), CREATED)

    assert fleet.operator().journal.count_devices() == 4
