"""How a device is activated: it joins (OTAA) or is activated by personalization (ABP), and what each way needs."""

from collections.abc import Container, Mapping

from workflows.domain import lorawan
from workflows.domain.attribute import Value
from workflows.domain.attributes import CODES, KEYS, NAMES_OF_SESSION_KEYS, ROOT_KEYS, VERSIONS, misspelled

# An attribute and its other name.
_OTHER_NAMES = {"nwkSKey": "fNwkSIntKey"}
_JOINS = frozenset((*ROOT_KEYS, *CODES))
_ACTIVATED_BY_HAND = NAMES_OF_SESSION_KEYS | {"devAddr"}
_COUNTERS = frozenset(("lastFCntUp", "lastNFCntDown", "lastAFCntDown"))
_VERSIONS = frozenset(VERSIONS)
_MODEL = frozenset(("brandID", "modelID"))
_OF_1_1 = {"appKey": ("nwkKey",), "nwkSKey": ("sNwkSIntKey", "nwkSEncKey")}


def by_other_names(spelled: Mapping[str, Value]) -> dict[str, Value]:
    """Return the attributes that are given by another name."""
    return {name: spelled[other] for name, other in _OTHER_NAMES.items() if other in spelled}


def is_activated_by_hand(given: frozenset[str]) -> bool:
    """Return whether the thing describes an ABP device, perhaps not all of it."""
    return not given.isdisjoint(_ACTIVATED_BY_HAND)


def contradictions(given: frozenset[str], spelled: Mapping[str, Value]) -> dict[str, str]:
    """Return attribute name -> problem for what does not go with the way in which the device is activated."""
    return {
        **_two_ways(given),
        **_of_other_versions(spelled),
        **_out_of_place(given, spelled),
        **{other: f"is another name of {name}; remove one of the two" for name, other in _both(given)},
    }


def _both(given: frozenset[str]) -> list[tuple[str, str]]:
    return [(name, other) for name, other in _OTHER_NAMES.items() if given >= {name, other}]


def _two_ways(given: frozenset[str]) -> dict[str, str]:
    keys, codes, by_hand = given.intersection(ROOT_KEYS), given.intersection(CODES), given & _ACTIVATED_BY_HAND
    problems = {}
    if keys and codes:
        text = "a device is created with its keys or claimed with its code, not both; remove one of the two"
        problems = dict.fromkeys(sorted(keys | codes), text)
    if by_hand and (keys or codes):
        text = (
            "a device joins with its root keys or code (OTAA), or is activated by hand with devAddr and session keys "
            "(ABP), not both; remove one of the two"
        )
        problems |= dict.fromkeys(sorted(keys | codes | by_hand), text)
    return problems


def _of_other_versions(spelled: Mapping[str, Value]) -> dict[str, str]:
    mac = spelled.get("lorawanVersion")
    if mac in (None, lorawan.MAC_1_1):
        return {}
    return needless_keys(spelled)


def needless_keys(names: Container[str]) -> dict[str, str]:
    """Return the problem of each key among ``names`` that a device before LoRaWAN 1.1 does not have."""
    return {name: text for name, text in _NEEDLESS.items() if name in names}


def keys_missing(names: Container[str], *, by_hand: bool) -> dict[str, str]:
    """Return the problem of each key that a device of LoRaWAN 1.1 needs beside those among ``names``."""
    needed = _OF_1_1["nwkSKey" if by_hand else "appKey"]
    return {name: _IS_1_1 for name in needed if name not in names}


def _out_of_place(given: frozenset[str], spelled: Mapping[str, Value]) -> dict[str, str]:
    problems: dict[str, str] = {}
    if not is_activated_by_hand(given):
        text = "is for devices that are activated by hand (ABP): give devAddr, or remove it"
        names = _COUNTERS if given.isdisjoint(_JOINS) else {*_COUNTERS, "resetsFCnt"}
        problems = dict.fromkeys(given & names, text)
    elif spelled.get("supportsClassB") is True and given.isdisjoint({"pingSlotPeriodicity", *_MODEL}):
        problems = {"pingSlotPeriodicity": NO_PING_SLOT}
    return problems


def missing(given: frozenset[str], spelled: Mapping[str, Value]) -> dict[str, str]:
    """Return attribute name -> what registering the device would need of it."""
    meant = misspelled(given)
    has = given | by_other_names(dict.fromkeys(given, "")).keys()
    by_hand = is_activated_by_hand(has)
    needed = {"devEUI", "stackName"}
    if not by_hand and has.isdisjoint(("joinEUI", "appEUI", "qrCode")):
        needed.add("joinEUI")
    if has.isdisjoint(KEYS + CODES):
        ways = {"appSKey", "nwkSKey"} if by_hand else _ways(meant)
        texts = _NEEDED if by_hand else _NEEDED | _ways_in_words(has)
        return _described((needed - has) | ways, texts, meant)
    if has.isdisjoint(CODES):
        needed |= _needed_to_create(has, spelled, meant, by_hand=by_hand)
    return _described(needed - has, _NEEDED, meant)


def needed_again(missing: Mapping[str, str]) -> dict[str, str]:
    """Return what of ``missing`` an ABP device needs whose thing may no longer say that it is one."""
    way = {"devAddr": _DEV_ADDR, "appSKey": KEY_IS_MISSING, "nwkSKey": KEY_IS_MISSING}
    is_unclear = not missing.keys().isdisjoint((*ROOT_KEYS, *CODES))
    left = {name: text for name, text in missing.items() if name not in (*ROOT_KEYS, *CODES, "joinEUI")}
    return {**left, **way} if is_unclear else left


def _ways(meant: Mapping[str, str]) -> set[str]:
    if meant.keys().isdisjoint(KEYS + CODES):
        return {"appKey", "claimAuthenticationCode"}
    return {"appKey"} if not meant.keys().isdisjoint(KEYS) else {"claimAuthenticationCode"}


def _ways_in_words(has: frozenset[str]) -> dict[str, str]:
    versions = "" if has & _MODEL or has >= _VERSIONS else " with lorawanVersion and regionalParametersVersion"
    return {
        "appKey": f"is missing; to create the device, give its root key{versions}",
        "claimAuthenticationCode": "is missing; to claim the device instead, give its code, or its qrCode",
    }


def _needed_to_create(
    has: frozenset[str], spelled: Mapping[str, Value], meant: Mapping[str, str], *, by_hand: bool
) -> set[str]:
    """A model of the Device Repository gives the versions; which keys, is unclear as long as the way is."""
    needed = set() if has & _MODEL or has >= _VERSIONS else set(_MODEL & meant.keys() or _VERSIONS)
    if by_hand and not has.isdisjoint(_JOINS):
        return needed
    needed |= {"devAddr", "appSKey", "nwkSKey"} if by_hand else {"appKey"}
    if spelled.get("lorawanVersion") == lorawan.MAC_1_1:
        needed |= set(_OF_1_1["nwkSKey" if by_hand else "appKey"])
    return needed


_IS_1_1 = "is missing; LoRaWAN 1.1 needs 32 hex digits or a reference to a secret"
KEY_IS_MISSING = "is missing; give 32 hex digits or a reference to a secret"
_DEV_ADDR = "is missing; session keys are for a device that is activated by hand (ABP): give its 8 hex digits"
_VERSION = "is missing; give one of {}, or brandID and modelID, which have it"
_NEEDED = {
    "devEUI": "is missing; give the device's 16 hex digits",
    "stackName": "is missing; give the name of the CloudFormation stack that registers the device",
    "joinEUI": "is missing; give 16 hex digits (0000000000000000 if the device has none)",
    "lorawanVersion": _VERSION.format(lorawan.ACCEPTED_LORAWAN_VERSIONS),
    "regionalParametersVersion": _VERSION.format(lorawan.ACCEPTED_REGIONAL_PARAMETERS_VERSIONS),
    "appKey": KEY_IS_MISSING,
    "nwkKey": _IS_1_1,
    "devAddr": _DEV_ADDR,
    "appSKey": KEY_IS_MISSING,
    "nwkSKey": KEY_IS_MISSING,
    "sNwkSIntKey": _IS_1_1,
    "nwkSEncKey": _IS_1_1,
}
_NEEDLESS = {
    "nwkKey": "is for LoRaWAN 1.1 alone; with it, joins of this device would fail. Remove it",
    "sNwkSIntKey": "is for LoRaWAN 1.1 alone; before that nwkSKey is all. Remove it",
    "nwkSEncKey": "is for LoRaWAN 1.1 alone; before that nwkSKey is all. Remove it",
}
NO_PING_SLOT = "is missing; a device of class B that is activated by hand (ABP) needs 1, 2, 4, 8, 16, 32, 64 or 128"

# What may be given instead of an attribute.
_SUBSTITUTES = {
    "joinEUI": ("joinEUI", "appEUI", "qrCode"),
    "claimAuthenticationCode": CODES,
    **{name: (name, other) for name, other in _OTHER_NAMES.items()},
}


def _described(attributes: set[str], texts: Mapping[str, str], meant: Mapping[str, str]) -> dict[str, str]:
    """``meant``: attribute -> how the thing spells it."""
    described = {}
    for attribute in sorted(attributes):
        name = next((each for each in _SUBSTITUTES.get(attribute, (attribute,)) if each in meant), None)
        described[name or attribute] = spelled_otherwise(meant[name]) if name else texts[attribute]
    return described


def spelled_otherwise(name: str) -> str:
    return f"is missing; the thing has {name}: attribute names are case-sensitive"
