"""What follows from the table for the device of a thing whose attributes come and go: a new row is tried by itself."""

import pytest

from operate.views.values import attribute_texts, changes_in_words, in_words
from tests.device_states import complete, holding
from tests.fakes.secrets import FakeDeviceSecrets
from tests.samples import DEV_EUI, DEVICE_ID, FINGERPRINT_KEY, MARK, planned, planned_abp, registered_device
from tests.unit.test_attributes import each_value, saying
from workflows.domain import effects, labels
from workflows.domain.attributes import LOCATION, NO_VALUES, RADIO, VALUES, DeviceValues, differing
from workflows.domain.thing import ExaminedThing, Thing
from workflows.domain.updating import UpdateOptions, plan_update
from workflows.schemas.thing import examine
from workflows.steps.update import Update

DEVICE = registered_device()
GIVEN = {
    "name": "Valve_3",
    "description": "cellar",
    "frequencyPlanID": "EU_863_870_TTN",
    "lorawanVersion": "1.0.3",
    "regionalParametersVersion": "1.0.3-a",
    "serialNumber": "sn-0001",
    "latitude": "-33.8",
    "longitude": "151.25",
    "altitude": "-3",
    "accuracy": "0",
    "label:room-no": "12",
    "brandID": "nordlys-sensors",
    "modelID": "fjord-air",
    "hardwareVersion": "1.1",
    "firmwareVersion": "1.10",
    "bandID": "EU_863_870",
    "supportsClassB": "true",
    "supportsClassC": "true",
    "classBTimeout": "60",
    "classCTimeout": "5",
    "pingSlotPeriodicity": "128",
    "pingSlotDataRateIndex": "0",
    "pingSlotFrequency": "0",
    "beaconFrequency": "869525000",
    "rx1Delay": "5",
    "rx1DataRateOffset": "0",
    "rx2DataRateIndex": "3",
    "rx2Frequency": "869525000",
    "factoryPresetFrequencies": "868100000,868300000",
    "maxDutyCycle": "128",
    "supports32BitFCnt": "false",
    "resetsFCnt": "true",
    "devAddr": "00B6F063",
    "lastFCntUp": "4294967295",
    "lastNFCntDown": "0",
    "lastAFCntDown": "1",
    "payloadFormatter": "repository",
}
# Only what is about the row's own servers and has one meaning: plan and versions go together.
PLAIN = [row for row in VALUES if row.name not in RADIO and not row.is_once]
each_plain = pytest.mark.parametrize("row", PLAIN, ids=lambda row: row.name)
each_that_goes = pytest.mark.parametrize(
    "row", [row for row in PLAIN if row.absence == "goes"], ids=lambda row: row.name
)


class Changing:
    """A device of a thing; each change of its thing is planned and written as the pipeline does."""

    def __init__(self, row):
        self.registered = planned_abp() if row.name == "devAddr" else planned()
        self.stack = holding(complete(self.registered))
        self.device = registered_device(self.registered)

    def becomes(self, values, **options):
        """The thing says only this of what may go."""
        said = values.over(self.device.values.only(("name", "description")))
        examined = ExaminedThing(Thing(dev_eui=DEV_EUI, values=said), {}, {})
        update = plan_update(examined, DEVICE_ID, self.device, unfinished=(), options=UpdateOptions(**options))
        if update:
            self.device = update.device
            registry = self.stack.application()
            Update(registry, update, MARK, FakeDeviceSecrets({}), lambda: FINGERPRINT_KEY, lambda: None).run()

    @property
    def there(self):
        registry = self.stack.application()
        return {
            "is": registry.identity(DEVICE_ID).values,
            "ns": registry.network(DEVICE_ID).values,
            "as": registry.application(DEVICE_ID),
        }

    def lacks(self, row):
        """Name the servers that do not have the value of ``row``."""
        return [server for server in row.servers if differing(saying(row), self.there[server], server)]


@each_plain
def test_what_the_thing_says_is_there_and_no_difference(row):
    changing = Changing(row)

    changing.becomes(saying(row))

    assert changing.lacks(row) == []


@each_that_goes
def test_what_the_thing_says_no_longer_goes(row):
    changing = Changing(row)
    changing.becomes(saying(row))

    changing.becomes(NO_VALUES)

    assert changing.lacks(row) == list(row.servers)


@each_that_goes
def test_what_the_thing_never_said_stays_whatever_else_is_written(row):
    by_others = Changing(row)
    by_others.becomes(saying(row))
    by_others.device = DEVICE

    by_others.becomes(DeviceValues(name="Pump 8"), repair=True)

    assert by_others.lacks(row) == []
    assert by_others.there["is"].name == "Pump 8"


@each_that_goes
def test_a_repair_writes_it_again(row):
    changing = Changing(row)
    changing.becomes(saying(row))
    changing.stack = holding(complete(changing.registered))

    changing.becomes(saying(row), repair=True)

    assert changing.lacks(row) == []


@each_value
def test_it_is_said_whether_it_counts_at_once(row):
    text = effects.written([row.name], joins=True)

    assert ("next join" in text) == (row.changes in ("at the next join", "with the next session"))
    assert ("next session" in effects.written([row.name], joins=False)) == ("next join" in text)


def test_what_a_thing_gives_is_shown_as_it_gives_it():
    """A thing that is made again gets these texts."""
    for attributes in (GIVEN, {"supportsClassC": "false", "payloadFormatter": "application", "label:a-key": "False"}):
        assert attribute_texts(examine(attributes).thing.values) == attributes
    assert GIVEN.keys() - {"label:room-no"} == {row.name for row in VALUES} - {labels.PREFIX}


@each_value
def test_it_is_said_in_words_with_its_changes(row):
    beside = DeviceValues(latitude=1.5) if row.name in LOCATION[1:] else NO_VALUES
    said = saying(row).over(beside)

    assert changes_in_words(NO_VALUES, said) == ([] if row.is_once else in_words(said))
    assert row.is_once or [text for text in changes_in_words(said, NO_VALUES) if text.startswith("no ")]
    assert changes_in_words(said, said) == []


def test_a_counter_that_a_thing_gives_later_changed_nothing():
    assert in_words(DeviceValues(last_f_cnt_up=7)) == ["lastFCntUp 7"]
    assert changes_in_words(DeviceValues(last_f_cnt_up=7), DeviceValues(last_f_cnt_up=3)) == []
