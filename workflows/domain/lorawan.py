"""LoRaWAN versions: what users write, the names in The Things Stack, and the legal pairs.

Source:
    Names: lorawan-stack api/ttn/lorawan/v3/lorawan.proto (enums MACVersion and PHYVersion, with their JSON values) and
    the LoRaWAN Device Repository's schema.
    Pairs: the form of The Things Stack's Console (pkg/webui/console/lib/device-utils.js); the server checks none.
"""

from collections.abc import Mapping
from itertools import chain

MAC_1_1 = "MAC_V1_1"

_RP002 = tuple(f"RP002_V1_0_{minor}" for minor in range(5))

# The Things Stack's name -> the regional parameters that go with it
_PHY_OF_MAC = {
    "MAC_V1_0": ("PHY_V1_0",),
    "MAC_V1_0_1": ("PHY_V1_0_1",),
    "MAC_V1_0_2": ("PHY_V1_0_2_REV_A", "PHY_V1_0_2_REV_B"),
    "MAC_V1_0_3": ("PHY_V1_0_3_REV_A",),
    "MAC_V1_0_4": _RP002,
    MAC_1_1: ("PHY_V1_1_REV_A", "PHY_V1_1_REV_B", *_RP002),
}

# The Things Stack's name -> what users may write instead. Thingsync's own spelling comes first; its texts use it. Then
# every spelling that The Things Stack accepts, except the bare numbers of its enumerations (3 is MAC_V1_0_2).
_MAC_SPELLINGS = {
    "MAC_V1_0": ("1.0", "1.0.0", "V1_0"),
    "MAC_V1_0_1": ("1.0.1", "V1_0_1"),
    "MAC_V1_0_2": ("1.0.2", "V1_0_2"),
    "MAC_V1_0_3": ("1.0.3", "V1_0_3"),
    "MAC_V1_0_4": ("1.0.4", "V1_0_4"),
    MAC_1_1: ("1.1", "1.1.0", "V1_1"),
}
# A bare 1.0.1 means TS001: versions of RP002 always have the document's name.
_PHY_SPELLINGS = {
    "PHY_V1_0": ("1.0", "1.0.0", "V1_0", "TS001_V1_0", "TS001-1.0"),
    "PHY_V1_0_1": ("1.0.1", "V1_0_1", "TS001_V1_0_1", "TS001-1.0.1"),
    "PHY_V1_0_2_REV_A": ("1.0.2-a", "1.0.2", "V1_0_2", "V1_0_2_REV_A", "RP001_V1_0_2", "RP001-1.0.2"),
    "PHY_V1_0_2_REV_B": ("1.0.2-b", "V1_0_2_REV_B", "RP001_V1_0_2_REV_B", "RP001-1.0.2-RevB"),
    "PHY_V1_0_3_REV_A": ("1.0.3-a", "V1_0_3_REV_A", "RP001_V1_0_3_REV_A", "RP001-1.0.3-RevA"),
    "PHY_V1_1_REV_A": ("1.1-a", "1.1.0-a", "V1_1_REV_A", "RP001_V1_1_REV_A", "RP001-1.1-RevA"),
    "PHY_V1_1_REV_B": ("1.1-b", "1.1.0-b", "V1_1_REV_B", "RP001_V1_1_REV_B", "RP001-1.1-RevB"),
    **{name: (f"RP002-1.0.{minor}",) for minor, name in enumerate(_RP002)},
}


_SEPARATORS = str.maketrans(".-", "__")


def _squeezed(text: str) -> str:
    """Return ``text`` in lower case with one kind of separator: case and separators make no difference."""
    return text.lower().translate(_SEPARATORS)


def _by_spelling(spellings: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {_squeezed(text): name for name, texts in spellings.items() for text in (name, *texts)}


_MAC = _by_spelling(_MAC_SPELLINGS)
_PHY = _by_spelling(_PHY_SPELLINGS)

ACCEPTED_LORAWAN_VERSIONS = ", ".join(texts[0] for texts in _MAC_SPELLINGS.values())
ACCEPTED_REGIONAL_PARAMETERS_VERSIONS = ", ".join(texts[0] for texts in _PHY_SPELLINGS.values())


def lorawan_version(text: str) -> str | None:
    """Return The Things Stack's name (``MAC_V1_0_3``) for what a user wrote (``1.0.3``); None if unknown."""
    return _MAC.get(_squeezed(text))


def lorawan_phy_version(text: str) -> str | None:
    """Return The Things Stack's name (``PHY_V1_0_3_REV_A``) for what a user wrote (``1.0.3-a``); None if unknown."""
    return _PHY.get(_squeezed(text))


def is_pair(mac: str, phy: str) -> bool:
    return phy in phys_of(mac)


def phys_of(mac: str) -> tuple[str, ...]:
    """Return the names of the regional parameters that go with ``mac``."""
    return _PHY_OF_MAC.get(mac, ())


def spelled_like(sample: str, name: str) -> str:
    """Return ``name`` as the author of ``sample`` spells versions: as The Things Stack does, or as Thingsync does."""
    return name if _squeezed(sample).startswith(("mac_", "phy_")) else spelling_of(name)


def regional_parameters_for(mac: str) -> str:
    """Return the regional parameters that users may write with ``mac``, for an error text."""
    return ", ".join(chain.from_iterable(_PHY_SPELLINGS[phy][:1] for phy in phys_of(mac)))


def spelling_of(name: str) -> str:
    """Return how users write The Things Stack's ``name`` of a version; the name itself if it is unknown."""
    return (_MAC_SPELLINGS | _PHY_SPELLINGS).get(name, (name,))[0]
