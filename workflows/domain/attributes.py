"""The one home of what a thing says of its device.

``ATTRIBUTES`` is the table: a row for each attribute of a thing. ``DeviceValues`` and ``DeviceKeys`` hold what a thing
says, each field with its row, so that a new plain attribute is one field there. From the rows follow the reading of
things, plans, updates, requests and answers, comparisons, and the columns of imports and exports.
"""

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import field, fields
from functools import cache
from typing import Any, Self, get_args

from workflows.domain import identifiers, labels, location, lorawan
from workflows.domain.attribute import (
    AnyServer,
    Attribute,
    Read,
    as_written,
    flag,
    frequencies,
    frequency,
    number,
    power_of_two,
    radio,
    root_key,
    secret,
    session_key,
    text,
    timeout,
    up_to,
    upper,
    whole,
)
from workflows.domain.formatter import FORMATTERS, formatter_got, formatter_sent, formatter_shown
from workflows.domain.qr_code import read_qr_code
from workflows.values import value

# Rows of one kind that only this table has.
_INT_32 = 2**31 - 1
_MAX_COUNT = 2**32 - 1


def _degrees(limit: int) -> str:
    return f"must be a number from -{limit} to {limit} with a decimal point and without a plus sign"


def _place(name: str, accepted: str, read: Read) -> Attribute:
    """Make a row of the device's location. The Identity Server writes locations as a whole, and leaves out zeros."""
    at = f"locations.{location.OWN}.{name}"
    return Attribute(
        name, accepted, read, at, ("is",), "now", absence="goes", mask="locations", unsent=0, is_merged=True
    )


def _of_version(name: str, accepted: str, read: Read, at: str) -> Attribute:
    return Attribute(name, accepted, read, f"version_ids.{at}", ("is", "ns", "as"), "now", absence="goes")


# The column of the Identity Server's table is that short: beyond it the answer is 500, not a refusal.
_SERIAL_NUMBER_MAX_CHARS = 16


def _serial_number(given: str) -> str | None:
    text = given.lower()
    return text if identifiers.is_id(text) and len(text) <= _SERIAL_NUMBER_MAX_CHARS else None


def _no_key(read: Read) -> Read:
    """Accept no key that got into the wrong attribute: names of models are in the addresses of calls, and in traces."""
    return lambda given: None if identifiers.is_key(given) else read(given)


def _version_id(name: str, at: str) -> Attribute:
    accepted = f"must be {identifiers.ID_FORM}, as in the Device Repository"
    return _of_version(name, accepted, _no_key(as_written(identifiers.is_id)), at)


def _version(name: str, at: str) -> Attribute:
    return _of_version(name, "must be 1 to 32 characters, as in the Device Repository", _no_key(up_to(32)), at)


def _counter(name: str, at: str, server: AnyServer) -> Attribute:
    accepted = f"must be a whole number from 0 to {_MAX_COUNT}"
    return Attribute(name, accepted, whole(0, _MAX_COUNT), at, (server,), is_once=True)


def _said(row: Attribute) -> Any:  # noqa: ANN401
    """Make the field of what ``row`` describes; None says nothing."""
    return field(default=None, repr=not row.is_secret, metadata={"row": row})


@value
class _Said:
    """What a thing says, a field each; None where it says nothing."""

    @classmethod
    @cache
    def rows(cls) -> dict[str, Attribute]:
        """Return the rows by the names of their fields here."""
        return {each.name: each.metadata["row"] for each in fields(cls)}

    @classmethod
    @cache
    def kinds(cls) -> dict[str, type]:
        """Return the types of the values by the names of their fields here."""
        return {each.name: get_args(each.type)[0] for each in fields(cls)}

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Take what is there for one of the attributes."""
        return cls(**{key: values[row.name] for key, row in cls.rows().items() if row.name in values})

    def given(self) -> dict[str, Any]:
        """Return attribute name -> value of all that is said."""
        rows = self.rows().items()
        return {row.name: value for key, row in rows if (value := getattr(self, key)) is not None}

    def only(self, names: Container[str]) -> Self:
        """Say nothing but what is said of the attributes ``names``."""
        return type(self)(**{key: getattr(self, key) for key, row in self.rows().items() if row.name in names})

    def at(self, server: AnyServer) -> Self:
        """Say only what ``server`` holds."""
        return self.only([row.name for row in self.rows().values() if server in row.servers])

    def over(self, other: Self) -> Self:
        """Lay this over ``other``: where nothing is said here, what is said there stays."""
        return self.of({**other.given(), **self.given()})


@value
class DeviceValues(_Said):
    """What may change of a device and is no secret, as The Things Stack spells it."""

    name: str | None = _said(text("name", 50, show=repr))
    description: str | None = _said(text("description", 800, show=None))
    frequency_plan_id: str | None = _said(
        radio("frequencyPlanID", "must be 1 to 64 characters", _no_key(up_to(64)), "frequency_plan_id")
    )
    lorawan_version: str | None = _said(
        radio(
            "lorawanVersion",
            f"must be one of {lorawan.ACCEPTED_LORAWAN_VERSIONS}",
            lorawan.lorawan_version,
            "lorawan_version",
        )
    )
    lorawan_phy_version: str | None = _said(
        radio(
            "regionalParametersVersion",
            f"must be one of {lorawan.ACCEPTED_REGIONAL_PARAMETERS_VERSIONS}",
            lorawan.lorawan_phy_version,
            "lorawan_phy_version",
            column="lorawan_phy_version",
        )
    )
    serial_number: str | None = _said(
        Attribute(
            "serialNumber",
            f"must be 3 to {_SERIAL_NUMBER_MAX_CHARS} letters, digits and single dashes ({identifiers.ALPHANUMERIC})",
            _serial_number,
            "serial_number",
            ("is",),
            "now",
            absence="goes",
        )
    )
    latitude: float | None = _said(_place("latitude", _degrees(90), location.degrees(90)))
    longitude: float | None = _said(_place("longitude", _degrees(180), location.degrees(180)))
    altitude: int | None = _said(_place("altitude", "must be a whole number of metres", whole(-_INT_32, _INT_32)))
    accuracy: int | None = _said(_place("accuracy", "must be a whole number of metres, 0 or more", whole(0, _INT_32)))
    labels: Mapping[str, str] | None = _said(
        Attribute(
            labels.PREFIX,
            labels.ACCEPTED,
            lambda given: None,
            "attributes",
            ("is",),
            "now",
            absence="goes",
            is_merged=True,
            got=lambda came: labels.in_record(came) or None,
            show=labels.shown,
        )
    )
    brand_id: str | None = _said(_version_id("brandID", "brand_id"))
    model_id: str | None = _said(_version_id("modelID", "model_id"))
    hardware_version: str | None = _said(_version("hardwareVersion", "hardware_version"))
    firmware_version: str | None = _said(_version("firmwareVersion", "firmware_version"))
    band_id: str | None = _said(_version("bandID", "band_id"))
    supports_class_b: bool | None = _said(flag("supportsClassB", "supports_class_b", unsent=False))
    supports_class_c: bool | None = _said(flag("supportsClassC", "supports_class_c", unsent=False))
    class_b_timeout: str | None = _said(timeout("classBTimeout", "mac_settings.class_b_timeout"))
    class_c_timeout: str | None = _said(timeout("classCTimeout", "mac_settings.class_c_timeout"))
    ping_slot_periodicity: str | None = _said(
        power_of_two("pingSlotPeriodicity", "mac_settings.ping_slot_periodicity", 128, "PING_EVERY_{}S")
    )
    ping_slot_data_rate_index: int | None = _said(
        number("pingSlotDataRateIndex", "mac_settings.ping_slot_data_rate_index", 0, 15)
    )
    ping_slot_frequency: str | None = _said(
        frequency("pingSlotFrequency", "mac_settings.ping_slot_frequency", hops=True)
    )
    beacon_frequency: str | None = _said(frequency("beaconFrequency", "mac_settings.beacon_frequency", hops=True))
    rx1_delay: int | None = _said(number("rx1Delay", "mac_settings.rx1_delay", 1, 15))
    rx1_data_rate_offset: int | None = _said(number("rx1DataRateOffset", "mac_settings.rx1_data_rate_offset", 0, 7))
    rx2_data_rate_index: int | None = _said(number("rx2DataRateIndex", "mac_settings.rx2_data_rate_index", 0, 15))
    rx2_frequency: str | None = _said(frequency("rx2Frequency", "mac_settings.rx2_frequency", hops=False))
    factory_preset_frequencies: tuple[str, ...] | None = _said(
        frequencies("factoryPresetFrequencies", "mac_settings.factory_preset_frequencies", 96)
    )
    max_duty_cycle: str | None = _said(
        power_of_two("maxDutyCycle", "mac_settings.max_duty_cycle", 32768, "DUTY_CYCLE_{}")
    )
    supports_32_bit_f_cnt: bool | None = _said(
        flag("supports32BitFCnt", "mac_settings.supports_32_bit_f_cnt", changes="now")
    )
    resets_f_cnt: bool | None = _said(flag("resetsFCnt", "mac_settings.resets_f_cnt", changes="now"))
    dev_addr: str | None = _said(
        Attribute(
            "devAddr",
            "must be 8 hex digits without separators, not all zero",
            upper(identifiers.is_dev_addr),
            "session.dev_addr",
            ("ns", "as"),
            "now",
            form="groups",
        )
    )
    last_f_cnt_up: int | None = _said(_counter("lastFCntUp", "session.last_f_cnt_up", "ns"))
    last_n_f_cnt_down: int | None = _said(_counter("lastNFCntDown", "session.last_n_f_cnt_down", "ns"))
    last_a_f_cnt_down: int | None = _said(_counter("lastAFCntDown", "session.last_a_f_cnt_down", "as"))
    payload_formatter: str | None = _said(
        Attribute(
            "payloadFormatter",
            f"must be one of {', '.join(FORMATTERS)}",
            FORMATTERS.get,
            "formatters",
            ("as",),
            "now",
            absence="goes",
            sent=formatter_sent,
            got=formatter_got,
            unsent=FORMATTERS["application"],
            show=formatter_shown,
        )
    )


@value
class DeviceKeys(_Said):
    """The device's keys, in upper case, or references to secrets as users wrote them. Never printed."""

    app_key: str | None = _said(root_key("appKey", "root_keys.app_key.key"))
    nwk_key: str | None = _said(root_key("nwkKey", "root_keys.nwk_key.key"))
    app_s_key: str | None = _said(session_key("appSKey", "session.keys.app_s_key.key", "as"))
    nwk_s_key: str | None = _said(session_key("nwkSKey", "session.keys.f_nwk_s_int_key.key", "ns"))
    s_nwk_s_int_key: str | None = _said(session_key("sNwkSIntKey", "session.keys.s_nwk_s_int_key.key", "ns"))
    nwk_s_enc_key: str | None = _said(session_key("nwkSEncKey", "session.keys.nwk_s_enc_key.key", "ns"))


_EUI = "must be 16 hex digits without separators"
_DEVICE_ID = f'must be {identifiers.ID_FORM}; "{identifiers.NO_DEVICE_ID}" is reserved'
_QR_CODE = (
    "must be a LoRaWAN QR code, LW:D0:<JoinEUI>:<DevEUI>:<profile>:…, or one of a draft, URN:DEV:LW:… or URN:LW:DP:…"
)
_STACK_NAME = "must be the name of a CloudFormation stack, 1 to 128 characters"
_SERVERS: tuple[AnyServer, ...] = ("is", "js", "ns", "as")

_IDENTITY = (
    Attribute("stackName", _STACK_NAME, up_to(128), changes="another stack takes over"),
    Attribute(
        "deviceID",
        _DEVICE_ID,
        as_written(identifiers.is_device_id),
        "ids.device_id",
        _SERVERS,
        column="id",
        suggest=identifiers.suggest_device_id,
    ),
    Attribute("devEUI", f"{_EUI}, not all zero", upper(identifiers.is_dev_eui), "ids.dev_eui", _SERVERS, form="groups"),
    Attribute("joinEUI", _EUI, upper(identifiers.is_eui), "ids.join_eui", _SERVERS, form="groups"),
    Attribute("appEUI", _EUI, upper(identifiers.is_eui), form="groups"),
)
# Other names of attributes; a thing may give one of the two.
_ALIASES = (session_key("fNwkSIntKey", "", "ns"),)
_CODES = (
    secret("claimAuthenticationCode", "1 to 32 letters and digits", identifiers.is_authentication_code),
    Attribute("qrCode", _QR_CODE, read_qr_code, is_secret=True, show=None),
)

NO_VALUES = DeviceValues()
NO_KEYS = DeviceKeys()

VALUES = tuple(DeviceValues.rows().values())
ROOT_KEYS = tuple(row.name for row in DeviceKeys.rows().values() if "js" in row.servers)
SESSION_KEYS = tuple(row.name for row in DeviceKeys.rows().values() if "js" not in row.servers)
# What holds a key, by whatever name, and which of them are a session's.
KEYS = (*ROOT_KEYS, *SESSION_KEYS, *(row.name for row in _ALIASES))
NAMES_OF_SESSION_KEYS = frozenset(KEYS) - frozenset(ROOT_KEYS)
CODES = tuple(row.name for row in _CODES)
ATTRIBUTES = (*_IDENTITY, *VALUES, *DeviceKeys.rows().values(), *_ALIASES, *_CODES)
ROWS = {row.name: row for row in ATTRIBUTES}

LOCATION = ("latitude", "longitude", "altitude", "accuracy")
# What is written beside what others have.
MERGED = tuple(row.name for row in VALUES if row.is_merged)
VERSIONS = ("lorawanVersion", "regionalParametersVersion")
# The Network Server takes these together.
RADIO = ("frequencyPlanID", *VERSIONS)
# What names a model of the Device Repository.
MODEL = ("brandID", "modelID", "hardwareVersion", "firmwareVersion", "bandID")
# The Network Server sets them at the beginning of a session, which the Application Server has a part of.
SESSION = ("devAddr", "lastFCntUp", "lastNFCntDown", "lastAFCntDown")


def _squeezed(name: str) -> str:
    return re.sub(r"[\s_.-]", "", name).lower()


_BY_SQUEEZED = {_squeezed(row.name): row.name for row in ATTRIBUTES}


def misspelled(names: Iterable[str]) -> dict[str, str]:
    """Return attribute -> the one of ``names`` that differs from it in nothing but letter case and separators."""
    given = sorted(names)
    meant = {name: _BY_SQUEEZED.get(_squeezed(name)) for name in given if name not in ROWS}
    return {attribute: name for name, attribute in meant.items() if attribute and attribute not in given}


def without_session(values: DeviceValues) -> DeviceValues:
    return values.only([row.name for row in VALUES if row.name not in SESSION])


def names_at(server: AnyServer) -> tuple[str, ...]:
    """Name the values that ``server`` holds and that a thing can change."""
    return tuple(row.name for row in VALUES if server in row.servers and not row.is_once)


def names_written(values: DeviceValues) -> tuple[str, ...]:
    """Name what is written of a thing's own device: all that is said, and what is cleared where it is not said."""
    given = values.given()
    return tuple(row.name for row in VALUES if (row.name in given and not row.is_once) or row.absence == "is cleared")


def names_left_over(values: DeviceValues) -> tuple[str, ...]:
    """Name what a device may still have of another thing, or of another state of its own, and ``values`` do not say.

    Labels and places are not among them: somebody else's are beside them, and only the journal knows which are whose.
    """
    given = values.given()
    return tuple(row.name for row in VALUES if row.absence == "goes" and not row.is_merged and row.name not in given)


def after(before: DeviceValues, given: DeviceValues) -> DeviceValues:
    """Return a device's values once its thing says what is ``given``."""
    return given.over(before.only([row.name for row in VALUES if row.absence == "stays"]))


def differing(
    said: DeviceValues, there: DeviceValues, server: AnyServer, *, is_own: bool = False
) -> dict[str, tuple[str, str]]:
    """Return what ``server`` has otherwise than is said: attribute name -> what is there, what is said, as texts.

    What is not said differs from nothing. But of a thing's own device (``is_own``) some attributes are then cleared.
    """
    found = {}
    for key, row in DeviceValues.rows().items():
        has, says = _apart(row, getattr(there, key)), _apart(row, getattr(said, key))
        for name, wanted in says.items() if server in row.servers and not row.is_once else ():
            is_said = wanted is not None or (is_own and row.absence == "is cleared")
            if is_said and has.get(name) != wanted:
                found[name] = (row.shown(has.get(name), "another"), row.shown(wanted, "the thing's"))
    return found


def apart(values: DeviceValues) -> dict[str, tuple[Attribute, Any]]:
    """Return attribute name -> row and value of all that is said; each label has its own name."""
    rows = {row.name: row for row in VALUES}
    return {
        name: (rows[given], text)
        for given, value in values.given().items()
        for name, text in _apart(rows[given], value).items()
    }


def is_among(name: str, names: Container[str]) -> bool:
    """Return whether the attribute is one of ``names``, which may name a label, or all of them."""
    return name in names or (labels.is_label(name) and labels.PREFIX in names)


def _apart(row: Attribute, value: Any) -> dict[str, Any]:  # noqa: ANN401
    if value is None or row.name != labels.PREFIX:
        return {row.name: value}
    return {f"{labels.PREFIX}{key}": text for key, text in value.items()}
