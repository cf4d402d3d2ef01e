"""The custom resource: what CloudFormation asks for is done and answered; what only seems to be its request, not."""

import pytest

from tests.fakes.configuring import HOST, FakeApplications, FakeClock, FakeOwnStack, FakeStackSecrets
from tests.fakes.thing_registry import FakeThingRegistry
from workflows.domain.configuration import DELETING, ConfigureResult, Deployed, StackRequest, WebhookLocation
from workflows.domain.rights import NEEDED_RIGHTS
from workflows.domain.webhook import webhook_id_for
from workflows.errors import (
    AccessDeniedError,
    RegistryThrottledError,
    RegistryUnavailableError,
    StackConfigurationError,
)
from workflows.steps.configure import Configure
from workflows.steps.custom_resource import REASON_MAX_CHARS, CustomResource, run_safely

KEY = "NNSXS.NEW.KEY"
STACK_ID = "arn:aws:cloudformation:eu-west-1:123456789012:stack/thingsync/6f5d"
WEBHOOK_ID = webhook_id_for(STACK_ID)
CREATE, DELETE = StackRequest("Create", STACK_ID), StackRequest("Delete", STACK_ID)


def resource(status="DELETE_IN_PROGRESS", *, applications=None):
    applications = applications or FakeApplications()
    applications.grant(KEY, NEEDED_RIGHTS)
    configure = Configure(
        deployed=Deployed(
            STACK_ID, "thingsync", "lorawan", WebhookLocation("demo-app", HOST), "https://abc.example.com/activity"
        ),
        things=FakeThingRegistry(),
        secrets=FakeStackSecrets(KEY),
        applications=applications,
        step_s=27,
    )
    return CustomResource(configure, FakeOwnStack(status))


def changed(resource):
    """Return everything that is written anywhere."""
    configure = resource.configure
    return configure.things.types, configure.things.written, list(configure.applications.held)


CONFIGURED = ({"lorawan": ("devEUI", "stackName")}, [{"THING": True}], [("demo-app", WEBHOOK_ID)])


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_a_stack_that_is_made_or_changed_is_configured_whatever_its_status(kind):
    asked = resource("REVIEW_IN_PROGRESS")

    done = asked.carry_out(StackRequest(kind, STACK_ID), FakeClock())

    assert done.endswith(
        f"wrote the webhook {WEBHOOK_ID} of the application demo-app for joins and uplinks (MirrorOn is JoinAndUplink)"
    )
    assert changed(asked) == CONFIGURED


def test_an_update_names_where_the_webhook_was():
    done = resource().carry_out(StackRequest("Update", STACK_ID, WebhookLocation("old-app", HOST)), FakeClock())

    assert f"could not remove the webhook {WEBHOOK_ID} of the application old-app" in done


@pytest.mark.parametrize("status", sorted(DELETING))
def test_a_deleted_stack_takes_its_webhook_along_and_leaves_the_rest(status):
    asked = resource(status)
    asked.carry_out(CREATE, FakeClock())

    done = asked.carry_out(DELETE, FakeClock())

    assert done.startswith(f"removed the webhook {WEBHOOK_ID} of the application demo-app; left the thing type lorawan")
    assert changed(asked) == (*CONFIGURED[:2], [])


@pytest.mark.parametrize(
    "status", ["CREATE_COMPLETE", "CREATE_IN_PROGRESS", "UPDATE_COMPLETE", "UPDATE_IN_PROGRESS", "DELETE_FAILED"]
)
def test_a_deletion_that_cloudformation_knows_nothing_of_removes_nothing_and_reads_no_key(status):
    asked = resource(status)
    asked.carry_out(CREATE, FakeClock())
    asked.configure.secrets.reads.clear()

    done = asked.carry_out(DELETE, FakeClock())

    assert done.startswith(f"left the webhook {WEBHOOK_ID} of the application demo-app: the stack is {status} and")
    assert changed(asked) == CONFIGURED
    assert asked.configure.secrets.reads == []


@pytest.mark.parametrize("trouble", [RegistryThrottledError("AWS throttled"), StackConfigurationError("AccessDenied")])
def test_a_deletion_that_cloudformation_does_not_confirm_names_the_webhook_and_leaves_it(trouble):
    asked = resource(trouble)
    asked.carry_out(CREATE, FakeClock())

    done = asked.carry_out(DELETE, FakeClock())

    assert done.startswith(f"could not remove the webhook {WEBHOOK_ID}")
    assert f"({type(trouble).__name__}: {trouble}): if it is there, delete it yourself" in done
    assert changed(asked) == CONFIGURED


@pytest.mark.parametrize(
    "trouble",
    [RegistryUnavailableError("no usable answer"), AccessDeniedError("refused the API key")],
    ids=["unreachable", "key revoked"],
)
def test_a_stack_can_be_deleted_whatever_the_things_stack_says(trouble):
    done = resource(applications=FakeApplications(trouble=trouble)).carry_out(DELETE, FakeClock())

    assert f"could not remove the webhook {WEBHOOK_ID}" in done
    assert f"({type(trouble).__name__}: {trouble}): if it is there, delete it yourself; left the thing type" in done


@pytest.mark.parametrize("kind", ["Create", "Update", "Delete"])
def test_what_another_stack_asks_for_is_not_done(kind):
    asked = resource()

    with pytest.raises(StackConfigurationError, match=f"for the stack .*stack/other/1, but this is {STACK_ID}"):
        asked.carry_out(StackRequest(kind, STACK_ID.replace("thingsync/6f5d", "other/1")), FakeClock())

    assert changed(asked) == ({}, [], [])
    assert asked.configure.secrets.reads == []


def fails():
    raise StackConfigurationError("x" * 2 * REASON_MAX_CHARS)


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_an_error_becomes_an_answer_that_names_it_and_fits(kind):
    outcome = run_safely(kind, fails)

    assert (outcome.status, len(outcome.reason)) == ("FAILED", REASON_MAX_CHARS)
    assert outcome.reason.startswith("StackConfigurationError: xxx")


def test_a_removal_succeeds_whatever_happens():
    outcome = run_safely("Delete", fails)

    assert (outcome.status, outcome.reason[:23]) == ("SUCCESS", "StackConfigurationError")


def test_success_says_what_was_done():
    assert run_safely("Create", lambda: "all of it") == ConfigureResult("SUCCESS", "all of it")
