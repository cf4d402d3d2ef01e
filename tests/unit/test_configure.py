"""Configure: the key is asked first; then the thing type, registry events and the webhook are there, or it says why."""

from dataclasses import replace

import pytest

from tests.fakes.configuring import HOST, FakeApplications, FakeClock, FakeStackSecrets
from tests.fakes.thing_registry import FakeThingRegistry
from workflows.domain.configuration import Deployed, WebhookLocation
from workflows.domain.rights import NEEDED_RIGHTS, VIEW_RIGHT
from workflows.domain.webhook import SECRET_MIN_CHARS, Webhook, webhook_id_for
from workflows.errors import (
    AccessDeniedError,
    RegistryThrottledError,
    RegistryUnavailableError,
    StackConfigurationError,
)
from workflows.steps.configure import Configure

KEY, OLD_KEY, SECRET = "NNSXS.NEW.KEY", "NNSXS.OLD.KEY", "S3CRET" * 6
NEW_SECRET = "N3W3R" * 8
STACK_ID = "arn:aws:cloudformation:eu-west-1:123456789012:stack/thingsync/6f5d"
PLACE = WebhookLocation("demo-app", HOST)
OLD_PLACE = WebhookLocation("old-app", HOST)
URL = "https://abc.execute-api.eu-west-1.amazonaws.com/activity"
WEBHOOK_ID = webhook_id_for(STACK_ID)
WEBHOOK = Webhook(WEBHOOK_ID, URL, SECRET)


def stack(
    *,
    rights=(VIEW_RIGHT, *NEEDED_RIGHTS),
    things=None,
    applications=None,
    secrets=None,
    stack_name="thingsync",
    mirror_on="JoinAndUplink",
):
    applications = applications or FakeApplications()
    applications.grant(KEY, rights)
    return Configure(
        deployed=Deployed(STACK_ID, stack_name, "lorawan", PLACE, URL, mirror_on),
        things=things or FakeThingRegistry(),
        secrets=secrets or FakeStackSecrets(KEY, secret=SECRET),
        applications=applications,
        step_s=27,
    )


def changed(configure):
    """Return everything that was written anywhere."""
    return configure.things.types, configure.things.written, configure.applications.held


def test_a_fresh_account_and_application_get_type_events_and_webhook():
    configure = stack()

    done = configure.ensure(FakeClock())

    assert done == (
        "the stack's name is short enough; the API key is known; "
        "it has the rights that it needs, and the application is on this cluster; "
        "the webhook's secret is long enough; "
        "created the thing type lorawan; switched registry events on; "
        f"wrote the webhook {WEBHOOK_ID} of the application demo-app for joins and uplinks (MirrorOn is JoinAndUplink)"
    )
    assert configure.things.types == {"lorawan": ("devEUI", "stackName")}
    assert configure.things.switches == {"THING": True}
    assert configure.applications.webhooks() == {WEBHOOK_ID: WEBHOOK}


def test_a_stack_that_mirrors_on_joins_gets_a_webhook_for_joins():
    configure = stack(mirror_on="Join")

    done = configure.ensure(FakeClock())

    assert done.endswith(f"wrote the webhook {WEBHOOK_ID} of the application demo-app for joins (MirrorOn is Join)")
    assert configure.applications.webhooks() == {WEBHOOK_ID: replace(WEBHOOK, reported=("join_accept",))}


def test_a_stack_that_does_not_mirror_loses_its_webhook_and_needs_no_secret_for_it():
    applications = FakeApplications()
    stack(applications=applications).ensure(FakeClock())
    configure = stack(applications=applications, secrets=FakeStackSecrets(KEY, secret=""), mirror_on="Off")

    done = [configure.ensure(FakeClock()) for _ in range(2)]

    assert done[0].endswith(
        f"made sure that the webhook {WEBHOOK_ID} of the application demo-app does not exist (MirrorOn is Off): "
        "devices registered in The Things Stack do not become things"
    )
    assert done[1].endswith("devices registered in The Things Stack do not become things")
    assert applications.webhooks() == {}


@pytest.mark.parametrize("mirror_on", ["JoinAndUplink", "Join", "Off"])
def test_a_stack_that_mirrors_again_gets_its_webhook_back(mirror_on):
    applications = FakeApplications()
    stack(applications=applications, mirror_on=mirror_on).ensure(FakeClock())

    stack(applications=applications).ensure(FakeClock())

    assert applications.webhooks() == {WEBHOOK_ID: WEBHOOK}


def test_the_webhook_of_a_former_application_is_removed_by_a_stack_that_does_not_mirror():
    applications = FakeApplications()
    applications.grant(OLD_KEY, NEEDED_RIGHTS, "old-app")
    applications.application(OLD_KEY, "old-app").put_webhook(WEBHOOK)
    secrets = FakeStackSecrets(KEY, previous=OLD_KEY)

    stack(applications=applications, secrets=secrets, mirror_on="Off").ensure(FakeClock(), previous=OLD_PLACE)

    assert applications.held == {}


def test_what_is_there_is_left_as_it_is():
    searchable = ("serial", "stackName", "devEUI")
    things = FakeThingRegistry(types={"lorawan": searchable}, switches={"THING": True, "JOB": False})

    done = stack(things=things).ensure(FakeClock())

    assert "found the thing type lorawan; registry events were on" in done
    assert (things.types, things.written) == ({"lorawan": searchable}, [])


@pytest.mark.parametrize(
    ("searchable", "after", "said"),
    [
        pytest.param((), ("devEUI", "stackName"), "made devEUI and stackName searchable", id="none"),
        pytest.param(("devEUI",), ("devEUI", "stackName"), "made stackName searchable", id="ours-in-part"),
        pytest.param(
            ("serial",), ("serial", "devEUI", "stackName"), "made devEUI and stackName searchable", id="one-other"
        ),
        pytest.param(
            ("serial", "site"),
            ("serial", "site", "devEUI"),
            "made devEUI searchable in the thing type lorawan, whose things cannot be searched by stackName (no room)",
            id="two-others",
        ),
        pytest.param(
            ("serial", "site", "devEUI"),
            ("serial", "site", "devEUI"),
            "found the thing type lorawan, whose things cannot be searched by stackName (no room)",
            id="no-room-for-the-stack",
        ),
    ],
)
def test_what_is_searched_by_becomes_searchable_beside_the_others(searchable, after, said):
    things = FakeThingRegistry(types={"lorawan": searchable})

    done = stack(things=things).ensure(FakeClock())

    assert said in done
    assert ("AWS does not document whether things that exist are found" in done) == (after != searchable)
    assert things.types == {"lorawan": after}


@pytest.mark.parametrize("third", ["place", "stackName"])
def test_a_type_without_room_for_the_dev_eui_is_refused_and_stays_as_it_is(third):
    things = FakeThingRegistry(types={"lorawan": ("serial", "site", third)})

    with pytest.raises(
        StackConfigurationError,
        match=rf"lorawan has the searchable attributes serial, site, {third}\..*another ThingTypeName.*"
        "aws iot update-thing-type --thing-type-name lorawan",
    ):
        stack(things=things).ensure(FakeClock())

    assert (things.types, things.written) == ({"lorawan": ("serial", "site", third)}, [])


def test_other_families_of_events_keep_their_switches():
    things = FakeThingRegistry(switches={"THING": False, "JOB": True, "CERTIFICATE": False})

    stack(things=things).ensure(FakeClock())

    assert things.written == [{"THING": True, "JOB": True, "CERTIFICATE": False}]


def test_running_again_changes_nothing_but_what_was_lost():
    configure = stack()
    configure.ensure(FakeClock())
    before = changed(configure)
    configure.applications.held.clear()

    configure.ensure(FakeClock())

    assert changed(configure) == before
    assert configure.applications.webhooks() == {WEBHOOK_ID: WEBHOOK}


def test_the_webhooks_secret_is_written_again_after_it_was_replaced():
    configure = stack()
    configure.ensure(FakeClock())
    configure.secrets.secret = NEW_SECRET

    configure.ensure(FakeClock())

    assert configure.applications.webhooks()[WEBHOOK_ID].secret == NEW_SECRET


@pytest.mark.parametrize("missing", NEEDED_RIGHTS)
def test_a_right_that_the_key_lacks_is_named_and_nothing_is_changed(missing):
    configure = stack(rights=[right for right in (VIEW_RIGHT, *NEEDED_RIGHTS) if right != missing])

    with pytest.raises(AccessDeniedError, match=rf"on the application demo-app: {missing}\. Add"):
        configure.ensure(FakeClock())

    assert changed(configure) == ({}, [], {})


def test_all_missing_rights_are_named_at_once():
    with pytest.raises(AccessDeniedError, match=", ".join(NEEDED_RIGHTS)):
        stack(rights=[VIEW_RIGHT]).ensure(FakeClock())


@pytest.mark.parametrize("right", ["RIGHT_APPLICATION_ALL", "RIGHT_ALL"])
def test_a_right_that_covers_all_will_do_in_their_place(right):
    applications = FakeApplications(home="")
    configure = stack(rights=[right, *NEEDED_RIGHTS[3:]], applications=applications)

    assert "it has the rights that it needs, and the application is on this" in configure.ensure(FakeClock())


def test_a_key_that_may_not_ask_for_the_cluster_will_do_and_it_is_said():
    done = stack(rights=NEEDED_RIGHTS, applications=FakeApplications(home="nam1.example.com")).ensure(FakeClock())

    assert "without RIGHT_APPLICATION_INFO the application's cluster was not checked" in done


def test_an_application_on_another_cluster_is_refused():
    configure = stack(applications=FakeApplications(home="nam1.example.com:8884"))

    with pytest.raises(StackConfigurationError, match=r"network_server_address is nam1\.example\.com:8884.*eu1"):
        configure.ensure(FakeClock())

    assert changed(configure) == ({}, [], {})


def test_an_application_that_names_no_servers_is_taken_as_it_is():
    assert "wrote the webhook" in stack(applications=FakeApplications(home="")).ensure(FakeClock())


def test_a_key_of_another_application_is_refused_by_both_names():
    configure = stack()
    configure.applications.grant(KEY, NEEDED_RIGHTS, "other-app")

    with pytest.raises(StackConfigurationError, match="belongs to the application other-app, not to demo-app"):
        configure.ensure(FakeClock())

    assert changed(configure) == ({}, [], {})


def test_a_users_key_without_rights_on_the_application_is_distinguished_from_one_of_another():
    configure = stack()
    configure.applications.grant(KEY, [], None)

    with pytest.raises(StackConfigurationError, match="has no application demo-app, or the API key has no rights"):
        configure.ensure(FakeClock())


def test_a_key_that_is_unknown_is_refused():
    configure = stack(secrets=FakeStackSecrets("NNSXS.WRONG.KEY"))

    with pytest.raises(AccessDeniedError, match="refused the API key"):
        configure.ensure(FakeClock())

    assert changed(configure) == ({}, [], {})


def test_a_stacks_name_that_is_too_long_is_refused_before_anything_is_asked():
    configure = stack(stack_name="x" * 63)

    with pytest.raises(StackConfigurationError, match=r"\(63 characters\).*name may have 62.*Deploy under a shorter"):
        configure.ensure(FakeClock())

    assert configure.secrets.reads == []


def test_a_deprecated_type_is_no_type_to_work_with():
    things = FakeThingRegistry(types={"lorawan": ()}, deprecated=["lorawan"])

    with pytest.raises(
        StackConfigurationError, match=r"The thing type lorawan is deprecated.*--undo-deprecate.*another ThingTypeName"
    ):
        stack(things=things).ensure(FakeClock())

    assert things.written == []


def test_a_machine_of_ones_own_gets_no_webhook_from_a_cluster_elsewhere():
    near = stack()
    local = Deployed(STACK_ID, "thingsync", "lorawan", PLACE, "http://abc.execute-api.127.0.0.1:4566/activity")
    configure = Configure(local, near.things, near.secrets, near.applications, step_s=27)

    done = configure.ensure(FakeClock())

    assert "created no webhook, because eu1.example.com cannot reach http://abc" in done
    assert "webhook_secret" not in near.secrets.reads
    assert near.applications.held == {}


def test_an_update_that_changes_the_application_takes_the_webhook_along_by_the_key_before():
    applications = FakeApplications()
    applications.grant(OLD_KEY, NEEDED_RIGHTS, "old-app")
    applications.application(OLD_KEY, "old-app").put_webhook(WEBHOOK)
    configure = stack(applications=applications, secrets=FakeStackSecrets(KEY, previous=OLD_KEY, secret=SECRET))

    done = configure.ensure(FakeClock(), previous=OLD_PLACE)

    assert f"removed the webhook {WEBHOOK_ID} of the application old-app" in done
    assert applications.held == {("demo-app", WEBHOOK_ID): WEBHOOK}


def test_a_webhook_that_no_key_opens_any_more_is_left_and_named():
    configure = stack()

    done = configure.ensure(FakeClock(), previous=OLD_PLACE)

    assert f"could not remove the webhook {WEBHOOK_ID} of the application old-app (StackConfigurationError" in done
    assert "(AccessDeniedError: The Things Stack refused the API key: it lacks RIGHT_APPLICATION_SETTINGS" in done
    assert configure.applications.webhooks() == {WEBHOOK_ID: WEBHOOK}


@pytest.mark.parametrize(
    "address",
    [
        pytest.param(f"https://{HOST}/", id="the same, spelt another way"),
        pytest.param("nam1.example.com", id="another"),
    ],
)
def test_at_a_former_address_the_webhook_is_named_and_left_and_here_it_stays(address):
    configure = stack(secrets=FakeStackSecrets(KEY, previous=KEY, secret=SECRET))
    configure.ensure(FakeClock())

    done = configure.ensure(FakeClock(), previous=WebhookLocation("demo-app", address))

    assert f"sent no key to {address}, which this stack no longer uses: if the webhook {WEBHOOK_ID} of the" in done
    assert configure.applications.webhooks() == {WEBHOOK_ID: WEBHOOK}
    assert "previous_api_key" not in configure.secrets.reads


@pytest.mark.parametrize(
    ("secret", "count"),
    [pytest.param("", 0, id="empty"), pytest.param("x" * (SECRET_MIN_CHARS - 1), 31, id="one character too short")],
)
def test_a_webhooks_secret_that_could_be_guessed_is_refused_and_nothing_is_changed(secret, count):
    configure = stack(secrets=FakeStackSecrets(KEY, secret=secret))

    with pytest.raises(
        StackConfigurationError, match=rf"has {count} characters.*at least 32.*thingsync/thingsync/webhook,"
    ):
        configure.ensure(FakeClock())

    assert changed(configure) == ({}, [], {})


def test_an_update_that_stays_where_it_is_leaves_nothing():
    configure = stack()

    done = configure.ensure(FakeClock(), previous=PLACE)

    assert "remove" not in done
    assert configure.applications.webhooks() == {WEBHOOK_ID: WEBHOOK}


def test_what_is_trusted_is_said_first_and_a_bundle_that_is_none_changes_nothing():
    trusted = "the bundle of certificate authorities holds 2"
    trusting = stack(applications=FakeApplications(trusted=trusted))
    broken = stack(applications=FakeApplications(trusted=StackConfigurationError("holds no certificate in PEM form")))

    done = trusting.ensure(FakeClock())
    with pytest.raises(StackConfigurationError, match="no certificate in PEM form"):
        broken.ensure(FakeClock())

    assert done.startswith(f"the stack's name is short enough; {trusted}; the API key is known; ")
    assert changed(broken) == ({}, [], {})
    assert broken.secrets.reads == []


def test_a_piece_of_work_that_there_is_no_time_for_is_not_begun():
    configure = stack()

    with pytest.raises(
        RegistryUnavailableError, match="No time is left after: the stack's name is short enough; the API key"
    ):
        configure.ensure(FakeClock(left_s=68, step_s=13))

    assert changed(configure) == ({}, [], {})


def test_an_error_of_aws_is_raised():
    with pytest.raises(RegistryThrottledError, match="AWS throttled DescribeThingType"):
        stack(things=FakeThingRegistry(throttled=True)).ensure(FakeClock())
