"""thingsync key rotate and doctor's checks of the key, against the simulator of The Things Stack."""

import json

import boto3
import jsonschema
import pytest

from operate.adapters.stacks import Resource
from tests.contract.operate.field import SCHEMAS
from tests.contract.operate.keyed_fleet import DONE, KeyedFleet
from tests.free_ports import free_port
from tests.journal_samples import accepted, change, device
from tests.samples import registry_event
from tests.simulated_stack import API_KEY
from workflows.domain.facts import DeviceCreated
from workflows.domain.rights import NEEDED_RIGHTS, VIEW_RIGHT

NEW, SMALL, OTHER, EXPIRED = (f"NNSXS.{name}.SECRET" for name in ("NEW", "SMALL", "OTHER", "EXPIRED"))
UNKNOWN = "NNSXS.UNKNOWN.SECRET"
ALL = (*NEEDED_RIGHTS, VIEW_RIGHT)
FAILED = {"errorMessage": "The webhook's secret is short.", "errorType": "StackConfigurationError", "stackTrace": ["x"]}


@pytest.fixture
def keyed(field, simulator):
    """``field`` has set the scene."""
    simulator.control("POST", "reset")
    keyed = KeyedFleet(simulator)
    keyed.grant(API_KEY, *ALL)
    keyed.grant(NEW, *ALL)
    keyed.grant(SMALL, *NEEDED_RIGHTS[:-1])
    keyed.grant(OTHER, *ALL, application_id="other-app")
    keyed.grant(EXPIRED, *ALL, expires_at="2020-01-01T00:00:00Z")
    return keyed


def rotated(keyed, key, *arguments):
    done = keyed.call("key", "rotate", "--yes", *arguments, answers=f"{key}\n")
    assert "SECRET" not in done.output
    return done


def document(keyed, key, *arguments, exit_code=0):
    done = rotated(keyed, key, "--json", *arguments)
    assert done.exit_code == exit_code, done.output
    found = json.loads(done.stdout)
    jsonschema.validate(found, json.loads((SCHEMAS / "key-rotate.json").read_text()))
    return found


def test_a_good_key_is_written_and_the_webhook_set_up_with_it(keyed):
    done = rotated(keyed, NEW)

    assert (done.exit_code, keyed.secret, keyed.invoked) == (0, NEW, 1)
    assert "wrote the webhook thingsync-1" in done.stdout
    assert "Now revoke the former key (Console → Applications → demo-app → API keys)" in done.stdout.replace("\n", " ")


def test_programs_read_what_a_rotation_did(keyed):
    found = document(keyed, NEW)

    assert (found["ok"], found["keyWritten"], found["redrive"]) == (True, True, None)
    assert found["configured"] == DONE["Reason"].split("; ")


@pytest.mark.parametrize(
    ("key", "exit_code", "says"),
    [
        pytest.param(UNKNOWN, 4, "does not know the API key", id="unknown"),
        pytest.param("NNSXS.NEW.CUT", 4, "copied in part", id="cut off"),
        pytest.param("no-key-at-all", 4, "no API key of The Things Stack", id="malformed"),
        pytest.param(EXPIRED, 4, "has expired", id="expired"),
        pytest.param(OTHER, 4, "belongs to the application other-app", id="another application"),
        pytest.param(SMALL, 4, f"({NEEDED_RIGHTS[-1]})", id="too few rights"),
        pytest.param("", 2, "There is no key in the input", id="empty"),
    ],
)
def test_a_key_that_cannot_be_used_changes_nothing_and_is_reported_by_its_reason(keyed, *, key, exit_code, says):
    done = rotated(keyed, key)

    assert done.exit_code == exit_code
    assert says in done.stderr
    assert "Nothing was changed." in done.stderr
    assert (keyed.secret, keyed.invoked) == (API_KEY, 0)


def test_without_an_answer_the_key_is_not_blamed_and_nothing_changed(keyed):
    keyed.cluster = f"http://127.0.0.1:{free_port()}"

    done = rotated(keyed, NEW)

    assert done.exit_code == 3
    assert "The key was not checked: " in done.stderr
    assert keyed.secret == API_KEY


def test_a_key_on_the_command_line_is_refused_and_not_repeated(keyed):
    done = keyed.call("key", "rotate", NEW, "--yes")

    assert done.exit_code == 2
    assert "Do not give the key on the command line" in done.stderr
    assert NEW not in done.output


def test_a_piped_key_leaves_nobody_to_answer_a_question(keyed):
    done = keyed.call("key", "rotate", "-", answers=f"{NEW}\n")

    assert (done.exit_code, keyed.secret) == (2, API_KEY)
    assert "give --yes" in done.stderr


def test_the_same_key_again_keeps_the_former_one(keyed):
    rotated(keyed, NEW)

    found = document(keyed, NEW)

    assert (found["keyWritten"], keyed.invoked) == (False, 2)
    former = keyed.secrets.get_secret_value(SecretId="thingsync/api-key", VersionStage="AWSPREVIOUS")
    assert former["SecretString"] == API_KEY


def test_a_rotation_can_be_undone_and_the_former_key_is_checked_like_any(keyed):
    assert rotated(keyed, "", "--undo").exit_code == 4
    rotated(keyed, NEW)

    assert rotated(keyed, "", "--undo").exit_code == 0
    assert keyed.secret == API_KEY

    keyed.simulator.control("DELETE", "api-keys", key=NEW)
    done = rotated(keyed, "", "--undo")
    assert (done.exit_code, keyed.secret) == (4, API_KEY)


def test_a_configure_that_fails_is_reported_with_the_way_on_and_the_way_back(keyed):
    keyed.configured, keyed.failed = FAILED, True

    found = document(keyed, NEW, exit_code=3)
    done = rotated(keyed, API_KEY)

    assert (found["ok"], found["keyWritten"], found["configured"]) == (False, True, [])
    assert done.exit_code == 3
    assert "The new key is in the secret, but" in done.stderr
    assert all(command in done.stderr for command in ("doctor --configure", "key rotate --undo"))
    assert "stackTrace" not in done.output


def test_an_interruption_after_the_key_was_written_says_so(keyed):
    keyed.configured = None

    done = rotated(keyed, NEW)

    assert done.exit_code not in (0, 4)
    assert "The new key is in the secret, but" in done.stderr
    assert all(command in done.stderr for command in ("doctor --configure", "key rotate --undo"))


def test_dead_lettered_messages_stay_if_nobody_wants_a_redrive(keyed):
    keyed.bury("<html>")

    found = document(keyed, NEW, "--no-redrive")

    assert found["redrive"] is None
    assert keyed.waiting(keyed.dead_letter_queue_url) == ["<html>"]


def test_a_redrive_over_the_limit_on_removals_is_left_and_the_key_stays(keyed):
    for number in range(11):
        thing = f"pump-{number}"
        of = change(run=f"run-{number}")
        keyed.happened(thing, accepted(of, thing), DeviceCreated(of, device(device_id=thing)))
        keyed.bury(json.dumps(registry_event(operation="DELETED", thingId=f"id-of-{thing}", thingName=thing)))

    done = rotated(keyed, NEW)

    assert (done.exit_code, keyed.secret) == (0, NEW)
    assert "The key is in place. " in done.stderr
    assert "--allow-removals" in done.stderr


def checks(keyed, *arguments):
    return {check["name"]: check for check in keyed.document("doctor", "doctor", *arguments, exit_code=1)["checks"]}


def test_doctor_blames_no_key_while_the_things_stack_does_not_answer(keyed):
    keyed.cluster = f"http://127.0.0.1:{free_port()}"

    found = checks(keyed)

    assert "ClusterAddress (http://127.0.0.1:" in found["Identity Server"]["fix"]
    for name in ("API key", "rights of the key", "webhook", "Device Repository"):
        assert found[name] == {
            "name": name,
            "ok": False,
            "found": "not checked, The Things Stack does not answer",
            "fix": None,
        }


def test_doctor_names_the_command_for_a_refused_key_and_asks_for_no_deployment(keyed):
    keyed.simulator.control("DELETE", "api-keys", key=API_KEY)

    found = checks(keyed)

    assert "thingsync key rotate" in found["API key"]["fix"]
    assert found["rights of the key"]["found"] == "not checked, the API key is refused"
    assert found["cluster"]["ok"] is True
    assert found["Device Repository"]["found"] == "not checked, the API key is refused"
    assert "deploy again" not in json.dumps(found)


@pytest.mark.parametrize(
    ("present", "says"),
    [(True, "there: things may name"), (False, "none: things with brandID and modelID must also give both versions")],
)
def test_doctor_says_whether_the_deployment_has_a_device_repository(keyed, *, present, says):
    keyed.simulator.control("POST", "device-repository", present=present)

    found = checks(keyed)["Device Repository"]

    assert (found["ok"], found["fix"]) == (True, None)
    assert found["found"].startswith(says)


def test_doctor_passes_no_dead_letter_queue_with_messages(keyed):
    keyed.bury("<html>")

    queues = [
        check
        for check in keyed.document("doctor", "doctor", exit_code=1)["checks"]
        if check["found"] == "thingsync-RegistryEventsDLQ, 1 message"
    ]

    assert [(check["ok"], "thingsync dlq" in check["fix"]) for check in queues] == [(False, True)]


def test_doctor_configure_says_what_it_did(keyed):
    document = keyed.document("doctor", "doctor", "--configure", "--yes", exit_code=1)

    assert document["configured"] == DONE["Reason"].split("; ")
    assert "✓ the API key is known" in keyed.printed("doctor", "--configure", "--yes", exit_code=1)
    assert keyed.document("doctor", "doctor", exit_code=1)["configured"] is None


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        pytest.param(FAILED, "The webhook's secret is short.", id="one of ours"),
        pytest.param({"errorMessage": "x", "errorType": "KeyError", "stackTrace": ["x"]}, "/aws/lambda/", id="a fault"),
    ],
)
def test_doctor_configure_that_fails_says_so_in_a_sentence(keyed, *, answer, says):
    keyed.configured, keyed.failed = answer, True

    done = keyed.call("doctor", "--configure", "--yes")

    assert done.exit_code == 3
    assert says in done.stderr
    assert all(text not in done.output for text in ("stackTrace", "{", "errorType"))


def test_doctor_configure_with_a_refused_key_says_why_as_key_rotate_does(keyed):
    keyed.simulator.control("DELETE", "api-keys", key=API_KEY)
    keyed.configured, keyed.failed = {**FAILED, "errorType": "AccessDeniedError", "errorMessage": "deploy again"}, True

    done = keyed.call("doctor", "--configure", "--yes")

    assert done.exit_code == 3
    assert "The Things Stack does not know the API key" in done.stderr
    assert "deploy again" not in done.stderr


@pytest.mark.parametrize(
    ("spoil", "state", "fix"),
    [
        pytest.param(None, "Enabled", None, id="enabled"),
        pytest.param("disable_key", "Disabled", "aws kms enable-key --key-id {0}", id="disabled"),
        pytest.param(
            "schedule_key_deletion",
            "PendingDeletion",
            "aws kms cancel-key-deletion --key-id {0}, then aws kms enable-key --key-id {0}",
            id="to be deleted",
        ),
    ],
)
def test_doctor_says_first_what_is_wrong_with_the_key_that_all_else_needs(keyed, spoil, state, fix):
    kms = boto3.client("kms")
    key_id = kms.create_key()["KeyMetadata"]["KeyId"]
    if spoil:
        getattr(kms, spoil)(KeyId=key_id)
    keyed.resources.append(Resource("EncryptionKey", "AWS::KMS::Key", key_id))

    _, check, *_ = keyed.document("doctor", "doctor", exit_code=1)["checks"]

    assert check == {
        "name": "encryption key",
        "ok": fix is None,
        "found": f"{key_id}: {state}",
        "fix": fix and fix.format(key_id),
    }
