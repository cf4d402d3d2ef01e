"""Configure: the key is asked first; then the thing type, registry events and the webhook are there, or it says why."""

import pytest

from tests.fakes.configuring import HOST, FakeApplications, FakeClock, FakeStackSecrets
from tests.fakes.thing_registry import FakeThingRegistry
from workflows.domain.configuration import Deployed, Outcome, Place, Request
from workflows.domain.rights import NEEDED_RIGHTS, VIEW_RIGHT
from workflows.domain.webhook import Webhook, webhook_id_for
from workflows.errors import (
    AccessDeniedError,
    RegistryThrottledError,
    RegistryUnavailableError,
    StackConfigurationError,
)
from workflows.steps.configure import REASON_MAX_CHARS, Configure, settled

KEY, OLD_KEY, SECRET = "NNSXS.NEW.KEY", "NNSXS.OLD.KEY", "S3CRET"
STACK_ID = "arn:aws:cloudformation:eu-west-1:123456789012:stack/thingsync/6f5d"
PLACE = Place("demo-app", HOST)
OLD_PLACE = Place("old-app", HOST)
URL = "https://abc.execute-api.eu-west-1.amazonaws.com/activity"
WEBHOOK_ID = webhook_id_for(STACK_ID)
WEBHOOK = Webhook(WEBHOOK_ID, URL, SECRET)
CREATE, UPDATE, DELETE = Request("Create"), Request("Update"), Request("Delete")

each_change = pytest.mark.parametrize(
    "request_", [pytest.param(CREATE, id="create"), pytest.param(UPDATE, id="update")]
)


def stack(*, rights=(VIEW_RIGHT, *NEEDED_RIGHTS), things=None, applications=None, secrets=None, stack_name="thingsync"):
    applications = applications or FakeApplications()
    applications.grant(KEY, rights)
    return Configure(
        deployed=Deployed(STACK_ID, stack_name, "lorawan", PLACE, URL),
        things=things or FakeThingRegistry(),
        secrets=secrets or FakeStackSecrets(KEY, secret=SECRET),
        applications=applications,
        piece_s=27,
    )


def changed(configure):
    """Tell everything that was written anywhere."""
    return configure.things.types, configure.things.written, configure.applications.held


@each_change
def test_a_fresh_account_and_application_get_type_events_and_webhook(request_):
    configure = stack()

    done = configure.carry_out(request_, FakeClock())

    assert done == (
        "the stack's name will do; the API key is known; "
        "it has the rights that it needs, and the application is on this cluster; "
        "created the thing type lorawan; switched registry events on; "
        f"wrote the webhook {WEBHOOK_ID} of the application demo-app"
    )
    assert configure.things.types == {"lorawan": ("devEUI", "stackName")}
    assert configure.things.switches == {"THING": True}
    assert configure.applications.webhooks() == {WEBHOOK_ID: WEBHOOK}


@each_change
def test_what_is_there_is_left_as_it_is(request_):
    things = FakeThingRegistry(types={"lorawan": ("serial",)}, switches={"THING": True, "JOB": False})

    done = stack(things=things).carry_out(request_, FakeClock())

    assert "found the thing type lorawan; registry events were on" in done
    assert (things.types, things.written) == ({"lorawan": ("serial",)}, [])


def test_other_families_of_events_keep_their_switches():
    things = FakeThingRegistry(switches={"THING": False, "JOB": True, "CERTIFICATE": False})

    stack(things=things).carry_out(CREATE, FakeClock())

    assert things.written == [{"THING": True, "JOB": True, "CERTIFICATE": False}]


def test_running_again_changes_nothing_but_what_was_lost():
    configure = stack()
    configure.carry_out(CREATE, FakeClock())
    before = changed(configure)
    configure.applications.held.clear()

    configure.carry_out(UPDATE, FakeClock())

    assert changed(configure) == before
    assert configure.applications.webhooks() == {WEBHOOK_ID: WEBHOOK}


def test_the_webhooks_secret_is_written_anew_after_it_was_replaced():
    configure = stack()
    configure.carry_out(CREATE, FakeClock())
    configure.secrets.secret = "N3WER"

    configure.carry_out(UPDATE, FakeClock())

    assert configure.applications.webhooks()[WEBHOOK_ID].secret == "N3WER"


@pytest.mark.parametrize("missing", NEEDED_RIGHTS)
def test_a_right_that_the_key_lacks_is_named_and_nothing_is_changed(missing):
    configure = stack(rights=[right for right in (VIEW_RIGHT, *NEEDED_RIGHTS) if right != missing])

    with pytest.raises(AccessDeniedError, match=rf"on the application demo-app: {missing}\. Add"):
        configure.carry_out(CREATE, FakeClock())

    assert changed(configure) == ({}, [], {})


def test_all_missing_rights_are_named_at_once():
    with pytest.raises(AccessDeniedError, match=", ".join(NEEDED_RIGHTS)):
        stack(rights=[VIEW_RIGHT]).carry_out(CREATE, FakeClock())


@pytest.mark.parametrize("right", ["RIGHT_APPLICATION_ALL", "RIGHT_ALL"])
def test_a_right_that_covers_all_will_do_in_their_place(right):
    applications = FakeApplications(home="")
    configure = stack(rights=[right, *NEEDED_RIGHTS[3:]], applications=applications)

    assert "it has the rights that it needs, and the application is on this" in configure.carry_out(CREATE, FakeClock())


def test_a_key_that_may_not_ask_for_the_cluster_will_do_and_it_is_said():
    done = stack(rights=NEEDED_RIGHTS, applications=FakeApplications(home="nam1.example.com")).carry_out(
        CREATE, FakeClock()
    )

    assert "but not RIGHT_APPLICATION_INFO, so that the application's cluster was not compared" in done


def test_an_application_on_another_cluster_is_refused():
    configure = stack(applications=FakeApplications(home="nam1.example.com:8884"))

    with pytest.raises(StackConfigurationError, match=r"network_server_address is nam1\.example\.com:8884.*eu1"):
        configure.carry_out(CREATE, FakeClock())

    assert changed(configure) == ({}, [], {})


def test_an_application_that_names_no_servers_is_taken_as_it_is():
    assert "wrote the webhook" in stack(applications=FakeApplications(home="")).carry_out(CREATE, FakeClock())


def test_a_key_of_another_application_is_refused_by_both_names():
    configure = stack()
    configure.applications.grant(KEY, NEEDED_RIGHTS, "other-app")

    with pytest.raises(StackConfigurationError, match="one of the application other-app, not of demo-app"):
        configure.carry_out(CREATE, FakeClock())

    assert changed(configure) == ({}, [], {})


def test_a_users_key_without_rights_on_the_application_is_told_apart_from_one_of_another():
    configure = stack()
    configure.applications.grant(KEY, [], None)

    with pytest.raises(StackConfigurationError, match="knows no application demo-app, or none that the API key has"):
        configure.carry_out(CREATE, FakeClock())


def test_a_key_that_is_unknown_is_refused():
    configure = stack(secrets=FakeStackSecrets("NNSXS.WRONG.KEY"))

    with pytest.raises(AccessDeniedError, match="refused the API key"):
        configure.carry_out(CREATE, FakeClock())

    assert changed(configure) == ({}, [], {})


def test_a_stacks_name_that_is_too_long_is_refused_before_anything_is_asked():
    configure = stack(stack_name="x" * 63)

    with pytest.raises(StackConfigurationError, match=r"\(63 characters\).*name may have 62.*Deploy under a shorter"):
        configure.carry_out(CREATE, FakeClock())

    assert configure.secrets.reads == []


def test_a_deprecated_type_is_no_type_to_work_with():
    things = FakeThingRegistry(types={"lorawan": ()}, deprecated=["lorawan"])

    with pytest.raises(StackConfigurationError, match="The thing type lorawan is deprecated"):
        stack(things=things).carry_out(CREATE, FakeClock())

    assert things.written == []


def test_a_machine_of_ones_own_gets_no_webhook_from_a_cluster_elsewhere():
    configure = stack()
    local = Deployed(STACK_ID, "thingsync", "lorawan", PLACE, "http://abc.execute-api.127.0.0.1:4566/activity")
    configure = Configure(local, configure.things, configure.secrets, configure.applications, piece_s=27)

    done = configure.carry_out(CREATE, FakeClock())

    assert "made no webhook, since eu1.example.com cannot reach http://abc" in done
    assert configure.applications.held == {}


def test_an_update_that_changes_the_application_takes_the_webhook_along_by_the_key_before():
    applications = FakeApplications()
    applications.grant(OLD_KEY, NEEDED_RIGHTS, "old-app")
    applications.application(OLD_KEY, "old-app").put_webhook(WEBHOOK)
    configure = stack(applications=applications, secrets=FakeStackSecrets(KEY, previous=OLD_KEY, secret=SECRET))

    done = configure.carry_out(Request("Update", previous=OLD_PLACE), FakeClock())

    assert f"removed the webhook {WEBHOOK_ID} of the application old-app" in done
    assert applications.held == {("demo-app", WEBHOOK_ID): WEBHOOK}


def test_a_webhook_that_no_key_opens_any_more_is_left_and_named():
    configure = stack()

    done = configure.carry_out(Request("Update", previous=OLD_PLACE), FakeClock())

    assert f"could not remove the webhook {WEBHOOK_ID} of the application old-app (StackConfigurationError" in done
    assert "(AccessDeniedError: The Things Stack refused the API key; missing: RIGHT_APPLICATION_SETTINGS" in done
    assert configure.applications.webhooks() == {WEBHOOK_ID: WEBHOOK}


def test_a_cluster_that_is_only_spelt_another_way_keeps_the_webhook():
    configure = stack(secrets=FakeStackSecrets(KEY, previous=KEY, secret=SECRET))
    configure.carry_out(CREATE, FakeClock())

    configure.carry_out(Request("Update", previous=Place("demo-app", f"https://{HOST}/")), FakeClock())

    assert configure.applications.webhooks() == {WEBHOOK_ID: WEBHOOK}


def test_an_update_that_stays_where_it_is_leaves_nothing():
    configure = stack()

    done = configure.carry_out(Request("Update", previous=PLACE), FakeClock())

    assert "remove" not in done
    assert configure.applications.webhooks() == {WEBHOOK_ID: WEBHOOK}


def test_a_deleted_stack_takes_its_webhook_along_and_leaves_the_rest():
    configure = stack()
    configure.carry_out(CREATE, FakeClock())

    done = configure.carry_out(DELETE, FakeClock())

    assert done.startswith(f"removed the webhook {WEBHOOK_ID} of the application demo-app; left the thing type lorawan")
    assert changed(configure) == ({"lorawan": ("devEUI", "stackName")}, [{"THING": True}], {})


@pytest.mark.parametrize(
    "trouble",
    [RegistryUnavailableError("no usable answer"), AccessDeniedError("refused the API key")],
    ids=["unreachable", "key revoked"],
)
def test_a_stack_can_be_deleted_whatever_the_things_stack_says(trouble):
    configure = stack(applications=FakeApplications(trouble=trouble))

    done = configure.carry_out(DELETE, FakeClock())

    assert f"could not remove the webhook {WEBHOOK_ID}" in done
    assert f"({type(trouble).__name__}: {trouble}): if it is there, delete it yourself; left the thing type" in done


def test_a_piece_of_work_that_there_is_no_time_for_is_not_begun():
    configure = stack()

    with pytest.raises(RegistryUnavailableError, match="no time is left after: the stack's name will do; the API key"):
        configure.carry_out(CREATE, FakeClock(left_s=55, piece_s=13))

    assert changed(configure) == ({}, [], {})


def test_trouble_in_aws_is_raised():
    with pytest.raises(RegistryThrottledError, match="AWS throttled DescribeThingType"):
        stack(things=FakeThingRegistry(throttled=True)).carry_out(CREATE, FakeClock())


def fails():
    raise StackConfigurationError("x" * 2 * REASON_MAX_CHARS)


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_trouble_becomes_an_answer_that_names_it_and_fits(kind):
    outcome = settled(kind, fails)

    assert (outcome.status, len(outcome.reason)) == ("FAILED", REASON_MAX_CHARS)
    assert outcome.reason.startswith("StackConfigurationError: xxx")


def test_a_removal_succeeds_whatever_happens():
    outcome = settled("Delete", fails)

    assert (outcome.status, outcome.reason[:23]) == ("SUCCESS", "StackConfigurationError")


def test_success_says_what_was_done():
    assert settled("Create", lambda: "all of it") == Outcome("SUCCESS", "all of it")
