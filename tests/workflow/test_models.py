"""Things that name their model: the Device Repository gives what they do not say, before anything is written."""

import logging
import re

import pytest

from tests.workflow.device_states import CREATE
from tests.workflow.paths import CREATED

DEVICE_ID = "eui-70b3d57ed0051234"
KEYS_AND_EUIS = {name: CREATE[name] for name in ("devEUI", "joinEUI", "stackName", "appKey")}
FJORD_AIR = KEYS_AND_EUIS | {"brandID": "nordlys-sensors", "modelID": "fjord-air"}
FJORD_ABP = {"brandID": "nordlys-sensors", "modelID": "fjord-abp"}
AIR_IDS = {
    "brand_id": "nordlys-sensors",
    "model_id": "fjord-air",
    "hardware_version": "1.1",
    "firmware_version": "1.1",
    "band_id": "EU_863_870",
}
BY_REPOSITORY = {"up_formatter": "FORMATTER_REPOSITORY", "down_formatter": "FORMATTER_REPOSITORY"}


@pytest.fixture
def asked(caplog):
    """Return what gives the paths of all calls to The Things Stack since then."""
    caplog.set_level(logging.DEBUG, logger="urllib3.connectionpool")

    def paths():
        lines = [record.getMessage() for record in caplog.records if record.name == "urllib3.connectionpool"]
        found = re.findall(r'"\w+ (/api/v3/\S+)', "\n".join(lines))
        caplog.clear()
        return found

    return paths


def repository(paths):
    return [path for path in paths if path.startswith("/api/v3/dr/")]


def test_a_thing_needs_no_more_than_its_model_euis_and_key(pipeline):
    event = pipeline.event("created", attributes=FJORD_AIR)

    run = pipeline.run(event)

    device, [line] = pipeline.device(DEVICE_ID), pipeline.log_lines(event)
    assert run.path == CREATED
    assert [device[server]["version_ids"] for server in ("is", "ns", "as")] == [AIR_IDS] * 3
    assert (device["ns"]["lorawan_version"], device["ns"]["lorawan_phy_version"]) == ("MAC_V1_0_3", "PHY_V1_0_3_REV_A")
    assert device["ns"]["mac_settings"] == {"supports_32_bit_f_cnt": True}
    assert device["as"]["formatters"] == BY_REPOSITORY
    assert line["reason"] == (
        "by the model: lorawanVersion 1.0.3, regionalParametersVersion 1.0.3-a, hardwareVersion 1.1, "
        "firmwareVersion 1.1, bandID EU_863_870, supportsClassB false, supportsClassC false, supports32BitFCnt true, "
        "payloadFormatter repository; by the stack's defaults: frequencyPlanID EU_863_870_TTN"
    )
