"""The one home of what a thing says of its device.

``ATTRIBUTES`` is the table: a row for each attribute of a thing. ``DeviceValues`` and ``DeviceKeys`` hold what a thing
says, each field with its row, so that a new plain attribute is one field there. From the rows follow the reading of
things, plans, updates, requests and answers, comparisons, and the columns of imports and exports.
"""

import re
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
from typing import Any, Literal, Self, get_args

from workflows.domain import identifiers, lorawan
from workflows.domain.qr_code import QRCode, read_qr_code

AnyServer = Literal["is", "js", "ns", "as"]
Value = str | int | float
# What a later change of the attribute does.
Change = Literal["never", "now", "at the next join", "another stack takes over"]
# How people write it: hex digits and codes in groups with blanks between them; texts with blanks that belong to them.
Form = Literal["word", "groups", "text"]
Read = Callable[[str], Value | QRCode | None]


@dataclass(frozen=True, slots=True)
class Attribute:
    """A row of the table.

    ``name`` is the attribute's on the thing. ``accepted`` says to the user what it takes; ``read`` brings that into one
    spelling, The Things Stack's where it has one, and returns None for anything else.
    ``field`` is the path in The Things Stack's end device, ``servers`` those that hold it.
    ``is_cleared``: without it on the thing the device has none; any other then stays on the device as it is.
    ``takes_reference``: the ARN of a secret may be given instead; ``is_secret``: it is never shown.
    ``column`` is its name in The Things Stack's CSV files where that is spelled otherwise.
    ``show`` brings a value into a text for people; None for what is never shown.
    ``suggest`` returns what a text that is not accepted was probably meant to be.
    """

    name: str
    accepted: str
    read: Read
    field: str = ""
    servers: tuple[AnyServer, ...] = ()
    changes: Change = "never"
    is_cleared: bool = False
    is_secret: bool = False
    takes_reference: bool = False
    form: Form = "word"
    column: str = ""
    show: Callable[[Any], str] | None = str
    suggest: Callable[[str], str | None] = lambda text: None

    @property
    def is_owners(self) -> bool:
        """Return whether a device that was there before its thing keeps its own value."""
        return self.servers != ("is",)

    def problem_with(self, text: str) -> str:
        """Say what the attribute takes instead of ``text``, which ``read`` does not accept."""
        suggestion = self.suggest(text)
        return f"{self.accepted}; use {suggestion}" if suggestion else self.accepted

    def shown(self, value: object, unshown: str = "") -> str:
        """Return ``value`` as a text for people, ``unshown`` instead of one that is never shown."""
        if value is None:
            return "none"
        return unshown if self.show is None else self.show(value)


# Readers of texts.


def _as_written(accepts: Callable[[str], bool]) -> Read:
    return lambda text: text if accepts(text) else None


def _up_to(max_chars: int) -> Read:
    return _as_written(lambda text: 1 <= len(text) <= max_chars)


def _upper(accepts: Callable[[str], bool]) -> Read:
    return lambda text: text.upper() if accepts(text) else None


def _or_reference(accepts: Callable[[str], bool]) -> Read:
    plain, reference = _upper(accepts), _as_written(identifiers.is_well_formed_reference)
    return lambda text: reference(text) if identifiers.is_reference(text) else plain(text)


# Rows of one kind.


def _text(name: str, max_chars: int, *, show: Callable[[str], str] | None) -> Attribute:
    accepted = f"must be 1 to {max_chars} characters"
    return Attribute(name, accepted, _up_to(max_chars), name, ("is",), "now", is_cleared=True, form="text", show=show)


def _radio(name: str, accepted: str, read: Read, at: str, *, column: str = "") -> Attribute:
    return Attribute(name, accepted, read, at, ("ns",), "at the next join", column=column, show=lorawan.spelling_of)


def _secret(name: str, accepted: str, is_one: Callable[[str], bool], **where: Any) -> Attribute:  # noqa: ANN401
    read = _or_reference(is_one)
    accepted = f"must be {accepted}, or the ARN of a Secrets Manager secret (…#jsonKey for a field of a JSON secret)"
    return Attribute(name, accepted, read, is_secret=True, takes_reference=True, form="groups", show=None, **where)


def _root_key(name: str, at: str) -> Attribute:
    accepted = "32 hex digits without separators, not all zero"
    return _secret(name, accepted, identifiers.is_root_key, field=at, servers=("js",), changes="at the next join")


def _said(row: Attribute) -> Any:  # noqa: ANN401
    """Make the field of what ``row`` describes; None says nothing."""
    return field(default=None, repr=not row.is_secret, metadata={"row": row})


@dataclass(frozen=True, slots=True)
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
        return cls(**{key: values.get(row.name) for key, row in cls.rows().items()})

    def given(self) -> dict[str, Any]:
        """Return attribute name -> value of all that is said."""
        said = {row.name: getattr(self, key) for key, row in self.rows().items()}
        return {name: value for name, value in said.items() if value is not None}

    def only(self, names: Container[str]) -> Self:
        """Say nothing but what is said of the attributes ``names``."""
        return replace(self, **{key: None for key, row in self.rows().items() if row.name not in names})

    def at(self, server: AnyServer) -> Self:
        """Say only what ``server`` holds."""
        return self.only([row.name for row in self.rows().values() if server in row.servers])

    def over(self, other: Self) -> Self:
        """Lay this over ``other``: where nothing is said here, what is said there stays."""
        return self.of({**other.given(), **self.given()})


@dataclass(frozen=True, slots=True)
class DeviceValues(_Said):
    """What may change of a device and is no secret, as The Things Stack spells it."""

    name: str | None = _said(_text("name", 50, show=repr))
    description: str | None = _said(_text("description", 800, show=None))
    frequency_plan_id: str | None = _said(
        _radio("frequencyPlanID", "must be 1 to 64 characters", _up_to(64), "frequency_plan_id")
    )
    lorawan_version: str | None = _said(
        _radio(
            "lorawanVersion",
            f"must be one of {lorawan.ACCEPTED_LORAWAN_VERSIONS}",
            lorawan.lorawan_version,
            "lorawan_version",
        )
    )
    lorawan_phy_version: str | None = _said(
        _radio(
            "regionalParametersVersion",
            f"must be one of {lorawan.ACCEPTED_REGIONAL_PARAMETERS_VERSIONS}",
            lorawan.lorawan_phy_version,
            "lorawan_phy_version",
            column="lorawan_phy_version",
        )
    )


@dataclass(frozen=True, slots=True)
class DeviceKeys(_Said):
    """The device's keys, in upper case, or references to secrets as users wrote them. Never printed."""

    app_key: str | None = _said(_root_key("appKey", "root_keys.app_key.key"))
    nwk_key: str | None = _said(_root_key("nwkKey", "root_keys.nwk_key.key"))


_EUI = "must be 16 hex digits without separators"
_DEVICE_ID = (
    "must be 3 to 36 lower-case letters, digits and single dashes, with no dash at either end "
    f'("{identifiers.NO_DEVICE_ID}" is reserved)'
)
_QR_CODE = (
    "must be a LoRaWAN QR code, LW:D0:<JoinEUI>:<DevEUI>:<profile>:…, or one of a draft, URN:DEV:LW:… or URN:LW:DP:…"
)
_STACK_NAME = "must be the name of a CloudFormation stack, 1 to 128 characters"
_SERVERS: tuple[AnyServer, ...] = ("is", "js", "ns", "as")

_IDENTITY = (
    Attribute("stackName", _STACK_NAME, _up_to(128), changes="another stack takes over"),
    Attribute(
        "deviceID",
        _DEVICE_ID,
        _as_written(identifiers.is_device_id),
        "ids.device_id",
        _SERVERS,
        column="id",
        suggest=identifiers.suggest_device_id,
    ),
    Attribute(
        "devEUI", f"{_EUI}, not all zero", _upper(identifiers.is_dev_eui), "ids.dev_eui", _SERVERS, form="groups"
    ),
    Attribute("joinEUI", _EUI, _upper(identifiers.is_eui), "ids.join_eui", _SERVERS, form="groups"),
    Attribute("appEUI", _EUI, _upper(identifiers.is_eui), form="groups"),
)
_CODES = (
    _secret("claimAuthenticationCode", "1 to 32 letters and digits", identifiers.is_authentication_code),
    Attribute("qrCode", _QR_CODE, read_qr_code, is_secret=True, show=None),
)

NO_VALUES = DeviceValues()
NO_KEYS = DeviceKeys()

VALUES = tuple(DeviceValues.rows().values())
KEYS = tuple(row.name for row in DeviceKeys.rows().values())
CODES = tuple(row.name for row in _CODES)
ATTRIBUTES = (*_IDENTITY, *VALUES, *DeviceKeys.rows().values(), *_CODES)

# The Network Server takes these together.
RADIO = ("frequencyPlanID", "lorawanVersion", "regionalParametersVersion")


def _squeezed(name: str) -> str:
    return re.sub(r"[\s_.-]", "", name).lower()


_BY_SQUEEZED = {_squeezed(row.name): row.name for row in ATTRIBUTES}


def misspelled(names: Iterable[str]) -> dict[str, str]:
    """Return attribute -> the one of ``names`` that differs from it in nothing but letter case and separators."""
    meant = {name: _BY_SQUEEZED.get(_squeezed(name)) for name in sorted(names)}
    return {attribute: name for name, attribute in meant.items() if attribute and attribute not in meant}


def names_at(server: AnyServer) -> tuple[str, ...]:
    """Name the values that ``server`` holds."""
    return tuple(row.name for row in VALUES if server in row.servers)


def names_written(values: DeviceValues) -> tuple[str, ...]:
    """Name what is written of a thing's own device: all that is said, and what is cleared where it is not said."""
    given = values.given()
    return tuple(row.name for row in VALUES if row.name in given or row.is_cleared)


def after(before: DeviceValues, given: DeviceValues) -> DeviceValues:
    """Return a device's values once its thing says what is ``given``."""
    return given.over(before.only([row.name for row in VALUES if not row.is_cleared]))


def differing(
    said: DeviceValues, there: DeviceValues, server: AnyServer, *, is_own: bool = False
) -> dict[str, tuple[str, str]]:
    """Return what ``server`` has otherwise than is said: attribute name -> what is there, what is said, as texts.

    What is not said differs from nothing. But of a thing's own device (``is_own``) some attributes are then cleared.
    """
    found = {}
    for key, row in DeviceValues.rows().items():
        has, says = getattr(there, key), getattr(said, key)
        if server in row.servers and has != says and (says is not None or (is_own and row.is_cleared)):
            found[row.name] = (row.shown(has, "another"), row.shown(says, "the thing's"))
    return found
