from itertools import product

import pytest

from workflows.domain import lorawan

MACS = {
    "MAC_V1_0": ["1.0"],
    "MAC_V1_0_1": ["1.0.1"],
    "MAC_V1_0_2": ["1.0.2"],
    "MAC_V1_0_3": ["1.0.3"],
    "MAC_V1_0_4": ["1.0.4"],
    "MAC_V1_1": ["1.1"],
}
PHYS = {
    "PHY_V1_0": ["1.0", "TS001-1.0"],
    "PHY_V1_0_1": ["1.0.1", "TS001-1.0.1"],
    "PHY_V1_0_2_REV_A": ["1.0.2", "1.0.2-a", "RP001-1.0.2"],
    "PHY_V1_0_2_REV_B": ["1.0.2-b", "RP001-1.0.2-RevB"],
    "PHY_V1_0_3_REV_A": ["1.0.3-a", "RP001-1.0.3-RevA"],
    "PHY_V1_1_REV_A": ["1.1-a", "RP001-1.1-RevA"],
    "PHY_V1_1_REV_B": ["1.1-b", "RP001-1.1-RevB"],
    "RP002_V1_0_0": ["RP002-1.0.0"],
    "RP002_V1_0_1": ["RP002-1.0.1"],
    "RP002_V1_0_2": ["RP002-1.0.2"],
    "RP002_V1_0_3": ["RP002-1.0.3"],
    "RP002_V1_0_4": ["RP002-1.0.4"],
}
RP002 = {name for name in PHYS if name.startswith("RP002")}
PAIRS = {
    "MAC_V1_0": {"PHY_V1_0"},
    "MAC_V1_0_1": {"PHY_V1_0_1"},
    "MAC_V1_0_2": {"PHY_V1_0_2_REV_A", "PHY_V1_0_2_REV_B"},
    "MAC_V1_0_3": {"PHY_V1_0_3_REV_A"},
    "MAC_V1_0_4": RP002,
    "MAC_V1_1": {"PHY_V1_1_REV_A", "PHY_V1_1_REV_B"} | RP002,
}


def spellings(names):
    return [pytest.param(text, name, id=text) for name, texts in names.items() for text in (name, *texts)]


@pytest.mark.parametrize(("text", "expected"), spellings(MACS))
def test_every_spelling_of_a_lorawan_version_is_known(text, expected):
    assert lorawan.lorawan_version(text) == expected


@pytest.mark.parametrize(("text", "expected"), spellings(PHYS))
def test_every_spelling_of_a_regional_parameters_version_is_known(text, expected):
    assert lorawan.lorawan_phy_version(text) == expected


@pytest.mark.parametrize("text", ["", "2", "1.0.0", "1.0.9", "1.2", "v1.0.3", "mac_v1_0_3", "1.0.3\n", "1.1-a"])
def test_an_unknown_lorawan_version_is_none(text):
    assert lorawan.lorawan_version(text) is None


@pytest.mark.parametrize("text", ["", "1.0.3", "1.1", "RP002-1.0.5", "RP002", "rp001-1.0.3-reva", "1.0.2-c", "1.0.4"])
def test_an_unknown_regional_parameters_version_is_none(text):
    assert lorawan.lorawan_phy_version(text) is None


@pytest.mark.parametrize(("mac", "phy"), [pytest.param(*pair, id="-".join(pair)) for pair in product(MACS, PHYS)])
def test_exactly_the_pairs_of_the_console_exist(mac, phy):
    assert lorawan.is_pair(mac, phy) is (phy in PAIRS[mac])


@pytest.mark.parametrize("mac", MACS)
def test_what_goes_with_a_version_is_told_as_users_write_it(mac):
    told = lorawan.regional_parameters_for(mac).split(", ")

    assert {lorawan.lorawan_phy_version(text) for text in told} == PAIRS[mac]


def test_what_is_accepted_is_told_once_each_as_users_write_it():
    macs = lorawan.ACCEPTED_LORAWAN_VERSIONS.split(", ")
    phys = lorawan.ACCEPTED_REGIONAL_PARAMETERS_VERSIONS.split(", ")

    assert [lorawan.lorawan_version(text) for text in macs] == list(MACS)
    assert [lorawan.lorawan_phy_version(text) for text in phys] == list(PHYS)


@pytest.mark.parametrize("name", [*MACS, *PHYS])
def test_an_answer_spells_a_version_as_users_do(name):
    told = lorawan.spelling_of(name)

    assert told in (MACS | PHYS)[name]
