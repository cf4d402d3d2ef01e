"""LoRaWAN versions with the spellings that are understood, and which regional versions each band has."""

from collections.abc import Mapping

# Enum number -> canonical name, then the other accepted spellings.
MAC_VERSIONS: Mapping[int, tuple[str, ...]] = {
    0: ("MAC_UNKNOWN", "UNKNOWN", "unknown"),
    1: ("MAC_V1_0", "V1_0", "1.0", "1.0.0"),
    2: ("MAC_V1_0_1", "V1_0_1", "1.0.1"),
    3: ("MAC_V1_0_2", "V1_0_2", "1.0.2"),
    4: ("MAC_V1_1", "V1_1", "1.1", "1.1.0"),
    5: ("MAC_V1_0_3", "V1_0_3", "1.0.3"),
    6: ("MAC_V1_0_4", "V1_0_4", "1.0.4"),
}
PHY_VERSIONS: Mapping[int, tuple[str, ...]] = {
    0: ("PHY_UNKNOWN", "unknown"),
    1: ("PHY_V1_0", "TS001_V1_0", "V1_0", "1.0", "1.0.0"),
    2: ("PHY_V1_0_1", "TS001_V1_0_1", "V1_0_1", "1.0.1"),
    3: ("PHY_V1_0_2_REV_A", "RP001_V1_0_2", "V1_0_2", "V1_0_2_REV_A", "1.0.2", "1.0.2-a"),
    4: ("PHY_V1_0_2_REV_B", "RP001_V1_0_2_REV_B", "V1_0_2_REV_B", "1.0.2-b"),
    5: ("PHY_V1_1_REV_A", "RP001_V1_1_REV_A", "V1_1_REV_A", "1.1-a", "1.1.0-a"),
    6: ("PHY_V1_1_REV_B", "RP001_V1_1_REV_B", "V1_1_REV_B", "1.1-b", "1.1.0-b"),
    7: ("PHY_V1_0_3_REV_A", "RP001_V1_0_3_REV_A", "V1_0_3_REV_A", "1.0.3-a"),
    8: ("RP002_V1_0_0",),
    9: ("RP002_V1_0_1",),
    10: ("RP002_V1_0_2",),
    11: ("RP002_V1_0_3",),
    12: ("RP002_V1_0_4",),
}

_TS001 = ("PHY_V1_0", "PHY_V1_0_1")
_RP001 = ("PHY_V1_0_2_REV_A", "PHY_V1_0_2_REV_B", "PHY_V1_1_REV_A", "PHY_V1_1_REV_B", "PHY_V1_0_3_REV_A")
_RP002 = ("RP002_V1_0_0", "RP002_V1_0_1", "RP002_V1_0_2", "RP002_V1_0_3", "RP002_V1_0_4")
_ALL = _TS001 + _RP001 + _RP002

PHY_VERSIONS_OF_BAND: Mapping[str, tuple[str, ...]] = {
    "EU_433": _ALL,
    "EU_863_870": _ALL,
    "US_902_928": _ALL,
    "ISM_2400": _ALL,
    "MA_869_870_DRAFT": _ALL,
    "AU_915_928": _ALL[1:],
    "CN_779_787": _ALL[:-1],
    "AS_923": _RP001 + _RP002,
    "KR_920_923": _RP001 + _RP002,
    "IN_865_867": _RP001[1:] + _RP002,
    "RU_864_870": _RP001[2:] + _RP002,
    "CN_470_510": _TS001[1:] + _RP001,
    "CN_470_510_20_A": _RP002,
    "CN_470_510_20_B": _RP002,
    "CN_470_510_26_A": _RP002,
    "CN_470_510_26_B": _RP002,
    "AS_923_2": _RP002[1:],
    "AS_923_3": _RP002[1:],
    "AS_923_4": _RP002[3:],
}
