"""Keys and claim codes that stand on things as references to secrets."""

import json
import re

import pytest

from tests.workflow.device_states import CLAIM, CREATE
from tests.workflow.endings import rejected
from tests.workflow.paths import CLAIM_REJECTED, CREATE_REJECTED, DISPATCH_REJECTED

APP_KEY, NWK_KEY, CODE = CREATE["appKey"], "0102030405060708090A0B0C0D0E0F10", CLAIM["claimAuthenticationCode"]
SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:"
READABLE = [
    pytest.param(APP_KEY, NWK_KEY, CODE, "", id="plain"),
    pytest.param(*(json.dumps({"value": value.lower()}) for value in (APP_KEY, NWK_KEY, CODE)), "#value", id="json"),
]


@pytest.mark.parametrize(("app_key", "nwk_key", "code", "json_key"), READABLE)
def test_devices_get_what_the_secrets_hold(pipeline, *, app_key, nwk_key, code, json_key):
    keys = {"appKey": pipeline.secret("app", app_key) + json_key, "nwkKey": pipeline.secret("nwk", nwk_key) + json_key}
    code_reference = {"claimAuthenticationCode": pipeline.secret("code", code, dev_eui=CLAIM["devEUI"]) + json_key}
    in_1_1 = {"lorawanVersion": "1.1", "regionalParametersVersion": "1.1-b"}

    created = pipeline.run(pipeline.event("created", attributes=CREATE | in_1_1 | keys))
    claimed = pipeline.run(pipeline.event("created", attributes=CLAIM | code_reference))

    root_keys = pipeline.device("eui-70b3d57ed0051234")["js"]["root_keys"]
    [claim] = pipeline.device("eui-ec656e0000105a2b")["claims"]
    assert (created.status, claimed.status) == ("SUCCEEDED", "SUCCEEDED")
    assert root_keys == {"app_key": {"key": APP_KEY}, "nwk_key": {"key": NWK_KEY}}
    assert claim["authentication_code"] == CODE


@pytest.mark.parametrize(
    ("held", "json_key"),
    [pytest.param(APP_KEY, "", id="plain"), pytest.param(json.dumps({"value": APP_KEY}), "#value", id="json")],
)
def test_a_device_gets_what_its_parameter_holds(pipeline, *, held, json_key):
    event = pipeline.event("created", attributes=CREATE | {"appKey": pipeline.parameter(held) + json_key})

    run = pipeline.run(event)

    assert run.status == "SUCCEEDED"
    assert pipeline.device("eui-70b3d57ed0051234")["js"]["root_keys"] == {"app_key": {"key": APP_KEY}}


def test_another_devices_parameter_is_never_read_and_one_that_holds_no_key_is_the_things_problem(pipeline):
    theirs = pipeline.parameter(APP_KEY, dev_eui=CLAIM["devEUI"])
    own = pipeline.parameter("not-a-key-yet-but-soon")

    foreign, unusable = (
        pipeline.run(pipeline.event("created", attributes=CREATE | {"appKey": each})) for each in (theirs, own)
    )

    assert (foreign.path, unusable.path) == (DISPATCH_REJECTED, CREATE_REJECTED)
    assert "names a parameter that is not this thing's; behind /thingsync/thingsync/device/" in foreign.reason
    assert "names a parameter that cannot be used" in unusable.reason


WAYS = {"appKey": (CREATE, CREATE_REJECTED), "claimAuthenticationCode": (CLAIM, CLAIM_REJECTED)}
UNREADABLE = [
    pytest.param("appKey", None, "", "cannot be used", id="no-such-secret"),
    pytest.param("appKey", json.dumps({"value": APP_KEY}), "#key", "cannot be used", id="no-such-json-key"),
    pytest.param("appKey", f"{APP_KEY}\n", "", "cannot be used", id="a-line-break-too-many"),
    pytest.param("appKey", json.dumps({"value": APP_KEY}), "", "cannot be used", id="json-for-the-value"),
    pytest.param("claimAuthenticationCode", None, "", "cannot be used", id="no-such-code"),
    pytest.param("claimAuthenticationCode", "not-a-code", "", "cannot be used", id="no-code"),
]


@pytest.mark.parametrize(("attribute", "held", "json_key", "problem"), UNREADABLE)
def test_a_secret_that_cannot_be_used_is_the_things_problem(pipeline, *, attribute, held, json_key, problem):
    attributes, path = WAYS[attribute]
    dev_eui = attributes["devEUI"]
    gone = f"{SECRET}thingsync/thingsync/device/{dev_eui}-A1b2C3"
    reference = pipeline.secret("bad", held, dev_eui=dev_eui) if held else gone
    event = pipeline.event("created", attributes=attributes | {attribute: reference + json_key})

    run = pipeline.run(event)

    assert run.path == path
    assert re.search(f"InvalidThingError: {attribute}: names a secret.*{problem}", run.reason)
    assert pipeline.reports(event) == rejected(event, run)


FOREIGN = [
    pytest.param(f"{SECRET}thingsync/thingsync-2/device/pump-A1b2C3", "may not read", id="another-stacks"),
    pytest.param(f"{SECRET}thingsync/thingsync/api-key-A1b2C3", "may not read", id="the-stacks-own"),
    pytest.param(f"{SECRET}thingsync/thingsync/device/pump-8-A1b2C3", "not this thing's", id="another-things"),
    pytest.param("arn:aws:s3:::bucket/key", "or the ARN of a Secrets Manager secret", id="no-secret-at-all"),
]


@pytest.mark.parametrize(("reference", "problem"), FOREIGN)
def test_a_reference_beyond_the_stacks_devices_is_never_followed(pipeline, reference, problem):
    event = pipeline.event("created", attributes=CREATE | {"appKey": reference})

    run = pipeline.run(event)

    assert run.path == DISPATCH_REJECTED
    assert re.search(f"InvalidThingError: appKey: .*{problem}", run.reason)


def test_a_corrected_secret_is_read_when_the_event_runs_again(pipeline):
    reference = pipeline.secret("late", "not-a-key-yet-but-soon")
    event = pipeline.event("created", attributes=CREATE | {"appKey": reference})
    first = pipeline.run(event)

    pipeline.secret("late", APP_KEY)
    second = pipeline.run(event)

    assert (first.error, second.status) == ("InvalidThingError", "SUCCEEDED")


def test_a_code_behind_a_reference_must_be_the_one_on_the_label(pipeline):
    label = f"LW:D0:{CLAIM['joinEUI']}:{CLAIM['devEUI']}:ABCD1234:O{CODE}"
    attributes = CLAIM | {
        "qrCode": label,
        "claimAuthenticationCode": pipeline.secret("other", "ANOTHERCODE", dev_eui=CLAIM["devEUI"]),
    }
    event = pipeline.event("created", attributes=attributes)

    run = pipeline.run(event)

    assert run.path == CLAIM_REJECTED
    assert re.search("InvalidThingError: claimAuthenticationCode: names a secret .*the same as in qrCode", run.reason)
