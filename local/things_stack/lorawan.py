"""LoRaWAN versions with the spellings that are understood."""

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
