"""Who may write a thing wants the key or code of another's, by a reference to the secret that holds it."""

import json

import pytest

from tests.security.there_before import new_ids, servers, whole
from tests.workflow import conftest as scene

# Fixtures.
clients, parsers, cloud = scene.clients, scene.parsers, scene.cloud
simulator, pipeline = scene.simulator, scene.pipeline

VICTIMS_KEY = "C0FFEE00C0FFEE00C0FFEE00C0FFEE00"
NAME = "thingsync/thingsync/device/"


def suffix(arn):
    return arn[-7:]


def partial(arn):
    return arn[:-7]


# The name of the victim's secret, how the stranger refers to it, and what it calls its own thing.
# {eui} is the victim's DevEUI, {mine} the stranger's; "arn" has the suffix that Secrets Manager adds.
FOREIGN = {
    "of another DevEUI": ("{eui}", lambda arn: arn, ""),
    "of another thing's name": ("pump-8", lambda arn: arn, ""),
    "of a DevEUI that begins like its own": ("{neighbour}-key", lambda arn: arn, ""),
    "by calling itself like the DevEUI": ("{eui}", lambda arn: arn, "{eui}"),
    "by calling itself like the DevEUI in small letters": ("{small}", lambda arn: arn, "{small}"),
    "by calling itself like the secret": ("{eui}-appKey", lambda arn: arn, "{eui}-appKey"),
    "by calling itself like the field": ("{eui}", lambda arn: f"{arn}#value", "value"),
    "by calling itself like the field of a thing's secret": ("pump-81", lambda arn: f"{arn}#appKey", "appKey"),
    "by calling itself like the fleet's secret": ("fleet", lambda arn: f"{arn}#{{eui}}", "fleet"),
    "by leaving the ARN's end out": ("pump-sensor", partial, "pump"),
    "by leaving the ARN's end out of a number": ("valve-000001", partial, "valve"),
    "by calling itself like the ARN": ("pump-82", lambda arn: arn, "pump-82{end}"),
    "by a path": ("pump-83/key", lambda arn: arn.replace("pump-83", "mine/../pump-83"), "mine"),
    "by a wildcard": ("pump-84", lambda arn: arn.replace("pump-84", "its*"), "its"),
}


def neighbour_of(dev_eui):
    """Return the DevEUI that differs in its last digit."""
    return dev_eui[:15] + ("E" if dev_eui.endswith("F") else "F")


@pytest.mark.parametrize("way", FOREIGN)
def test_a_stranger_that_wants_its_device_to_have_the_key_of_another(pipeline, way):
    secret, refer, thing_name = FOREIGN[way]
    victim, mine = new_ids(), new_ids()
    words = {"eui": victim.dev_eui, "small": victim.dev_eui.lower(), "neighbour": neighbour_of(mine.dev_eui)}
    held = json.dumps({"value": VICTIMS_KEY, "appKey": VICTIMS_KEY, victim.dev_eui: VICTIMS_KEY})
    name = secret.format(**words)
    reference = refer("{arn}")
    value = held if "#" in reference else VICTIMS_KEY
    arn = pipeline.cloud.secret(NAME + name, value)
    pipeline.stored_secrets.append(VICTIMS_KEY)
    reference = refer(arn).format(**words)
    thing_name = thing_name.format(**words, end=suffix(arn))

    event = pipeline.event("created", thing_name=thing_name or None, attributes=whole(mine, appKey=reference))
    run = pipeline.run(event)

    assert run.error == "InvalidThingError"
    assert "appKey: names a secret that " in run.message
    assert not any(servers(pipeline).values())
