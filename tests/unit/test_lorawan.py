from itertools import product

import pytest

from workflows.domain import lorawan

# All that The Things Stack takes: the names and the JSON values of its enumerations MACVersion and PHYVersion.
MACS = {
    "MAC_V1_0": ["1.0", "1.0.0", "V1_0"],
    "MAC_V1_0_1": ["1.0.1", "V1_0_1"],
    "MAC_V1_0_2": ["1.0.2", "V1_0_2"],
    "MAC_V1_0_3": ["1.0.3", "V1_0_3"],
    "MAC_V1_0_4": ["1.0.4", "V1_0_4"],
    "MAC_V1_1": ["1.1", "1.1.0", "V1_1"],
}
PHYS = {
    "PHY_V1_0": ["1.0", "1.0.0", "V1_0", "TS001_V1_0"],
    "PHY_V1_0_1": ["1.0.1", "V1_0_1", "TS001_V1_0_1"],
    "PHY_V1_0_2_REV_A": ["1.0.2", "1.0.2-a", "V1_0_2", "V1_0_2_REV_A", "RP001_V1_0_2"],
    "PHY_V1_0_2_REV_B": ["1.0.2-b", "V1_0_2_REV_B", "RP001_V1_0_2_REV_B"],
    "PHY_V1_0_3_REV_A": ["1.0.3-a", "V1_0_3_REV_A", "RP001_V1_0_3_REV_A"],
    "PHY_V1_1_REV_A": ["1.1-a", "1.1.0-a", "V1_1_REV_A", "RP001_V1_1_REV_A"],
    "PHY_V1_1_REV_B": ["1.1-b", "1.1.0-b", "V1_1_REV_B", "RP001_V1_1_REV_B"],
    "RP002_V1_0_0": [],
    "RP002_V1_0_1": [],
    "RP002_V1_0_2": [],
    "RP002_V1_0_3": [],
    "RP002_V1_0_4": [],
}
# The Device Repository's names, which The Things Stack's API does not take.
REPOSITORY = {
    "PHY_V1_0": ["TS001-1.0"],
    "PHY_V1_0_1": ["TS001-1.0.1"],
    "PHY_V1_0_2_REV_A": ["RP001-1.0.2"],
    "PHY_V1_0_2_REV_B": ["RP001-1.0.2-RevB"],
    "PHY_V1_0_3_REV_A": ["RP001-1.0.3-RevA"],
    "PHY_V1_1_REV_A": ["RP001-1.1-RevA"],
    "PHY_V1_1_REV_B": ["RP001-1.1-RevB"],
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


@pytest.mark.parametrize(("text", "expected"), spellings(PHYS) + spellings(REPOSITORY))
def test_every_spelling_of_a_regional_parameters_version_is_known(text, expected):
    assert lorawan.lorawan_phy_version(text) == expected


@pytest.mark.parametrize(
    ("read", "names"),
    [
        pytest.param(lorawan.lorawan_version, MACS, id="LoRaWAN"),
        pytest.param(lorawan.lorawan_phy_version, PHYS, id="regional parameters"),
        pytest.param(lorawan.lorawan_phy_version, REPOSITORY, id="the repository's regional parameters"),
    ],
)
def test_letter_case_and_the_mark_between_the_numbers_make_no_difference(read, names):
    texts = {text: name for name, others in names.items() for text in (name, *others)}
    spelled = {
        respelled: name
        for text, name in texts.items()
        for respelled in (text.lower(), text.upper(), text.replace(".", "_"), text.replace("_", "."))
    }

    assert {text: read(text) for text in spelled} == spelled


NEITHER = [
    *("", "1.2", "1.0.3\n", " 1.0", "1.0 ", "1. 0"),
    *("1", "2", "3", "4", "5", "6", "12"),  # numbers of the enumerations
    *("1.10", "1,0", "1.03", "01.00.2003"),  # what a spreadsheet may make of a version
    *("UNKNOWN", "unknown", "MAC_UNKNOWN"),
]


@pytest.mark.parametrize("text", [*NEITHER, "1.0.9", "1.1-a", "PHY_V1_0", "RP002_V1_0_1", "MAC1.0.3"])
def test_an_unknown_lorawan_version_is_none(text):
    assert lorawan.lorawan_version(text) is None


@pytest.mark.parametrize(
    "text",
    [*NEITHER, "1.0.3", "1.1", "V1_0_3", "RP001_V1_0_3", "RP002-1.0.5", "RP002", "1.0.2-c", "1.0.4", "MAC_V1_0"],
)
def test_an_unknown_regional_parameters_version_is_none(text):
    assert lorawan.lorawan_phy_version(text) is None


def test_bare_numbers_as_regional_parameters_are_those_of_ts001():
    """RP002 1.0.1 and TS001 1.0.1 are two versions; only the latter may be written without its document's name."""
    assert lorawan.lorawan_phy_version("1.0.1") == "PHY_V1_0_1"
    assert lorawan.lorawan_phy_version("RP002-1.0.1") == "RP002_V1_0_1"


@pytest.mark.parametrize(("mac", "phy"), [pytest.param(*pair, id="-".join(pair)) for pair in product(MACS, PHYS)])
def test_exactly_the_pairs_of_the_console_exist(mac, phy):
    assert lorawan.is_pair(mac, phy) is (phy in PAIRS[mac])


@pytest.mark.parametrize("mac", MACS)
def test_what_goes_with_a_version_is_reported_as_users_write_it(mac):
    accepted = lorawan.regional_parameters_for(mac).split(", ")

    assert {lorawan.lorawan_phy_version(text) for text in accepted} == PAIRS[mac]


def test_what_is_accepted_is_reported_once_each_as_users_write_it():
    macs = lorawan.ACCEPTED_LORAWAN_VERSIONS.split(", ")
    phys = lorawan.ACCEPTED_REGIONAL_PARAMETERS_VERSIONS.split(", ")

    assert [lorawan.lorawan_version(text) for text in macs] == list(MACS)
    assert [lorawan.lorawan_phy_version(text) for text in phys] == list(PHYS)


@pytest.mark.parametrize("name", [*MACS, *PHYS])
def test_an_answer_spells_a_version_as_users_do(name):
    spelling = lorawan.spelling_of(name)

    assert spelling in [*(MACS | PHYS)[name], *REPOSITORY.get(name, [])]
