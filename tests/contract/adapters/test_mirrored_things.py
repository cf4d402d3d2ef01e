"""Things that stand for devices: in moto, and against canned answers what moto does otherwise than AWS."""

import orjson
import pytest

from tests.canned_server import Reply, served
from tests.ports.mirrored_things import ATTRIBUTES, THING, MirroredThingsContract
from tests.samples import DEV_EUI
from workflows.adapters import aws
from workflows.adapters.mirrored_things import IoTMirroredThings
from workflows.domain.mirroring import RegistryThing
from workflows.errors import RegistryThrottledError, ThingExistsAnswer


class TestIoTMirroredThings(MirroredThingsContract):
    @pytest.fixture
    def things(self, cloud):
        aws.iot().create_thing_type(thingTypeName="lorawan")
        return IoTMirroredThings(aws.iot())

    @pytest.fixture
    def have(self, things):
        def make(thing):
            kind = {"thingTypeName": thing.thing_type_name} if thing.thing_type_name else {}
            payload = {"attributes": dict(thing.attributes)}
            aws.iot().create_thing(thingName=thing.thing_name, attributePayload=payload, **kind)

        return make


@pytest.fixture
def server(account, monkeypatch):
    with served() as canned:
        monkeypatch.setenv("AWS_ENDPOINT_URL", canned.address)
        aws.iot.cache_clear()
        yield canned
    aws.iot.cache_clear()


@pytest.fixture
def canned_things(server):
    return IoTMirroredThings(aws.iot())


def test_a_thing_is_made_with_its_type_and_attributes(server, canned_things):
    server.replies.append(Reply(200, orjson.dumps({"thingName": DEV_EUI, "thingId": "a-thing"})))

    assert canned_things.create(THING) == "a-thing"
    assert server.asked == [
        ("POST", f"/things/{DEV_EUI}", {"thingTypeName": "lorawan", "attributePayload": {"attributes": ATTRIBUTES}})
    ]


def test_another_thing_of_the_name_is_reported(server, canned_things):
    exists = {"message": "Thing already exists", "resourceId": DEV_EUI}
    server.replies.append(Reply(409, orjson.dumps(exists), {"x-amzn-ErrorType": "ResourceAlreadyExistsException"}))

    with pytest.raises(ThingExistsAnswer, match=DEV_EUI):
        canned_things.create(THING)


def test_pages_are_followed_even_if_one_is_empty(server, canned_things):
    listed = {"thingName": "pump-7", "attributes": {"devEUI": "7003057000051234"}, "version": 1}
    server.replies.append(Reply(200, orjson.dumps({"things": [], "nextToken": "more"})))
    server.replies.append(Reply(200, orjson.dumps({"things": [listed]})))

    found = canned_things.with_dev_eui("7003057000051234")

    assert list(found) == [RegistryThing("pump-7", None, {"devEUI": "7003057000051234"})]
    assert len(server.asked) == 2
    assert "nextToken=more" in server.asked[1][1]


@pytest.mark.parametrize(
    ("call", "operation"),
    [
        pytest.param(lambda things: things.create(THING), "CreateThing", id="create"),
        pytest.param(lambda things: things.with_dev_eui(DEV_EUI), "ListThings", id="list"),
        pytest.param(lambda things: things.thing(DEV_EUI), "DescribeThing", id="describe"),
        pytest.param(lambda things: things.repair(THING), "UpdateThing", id="repair"),
    ],
)
def test_throttling_has_our_name(server, canned_things, call, operation):
    throttled = Reply(429, b'{"message":"Rate exceeded"}', {"x-amzn-ErrorType": "ThrottlingException"})
    server.replies.extend([throttled] * aws.ATTEMPTS)

    with pytest.raises(RegistryThrottledError, match=operation):
        call(canned_things)


def test_a_thing_s_attributes_are_not_printed():
    assert DEV_EUI not in repr(RegistryThing("pump-7", "lorawan", {"appKey": DEV_EUI}))
