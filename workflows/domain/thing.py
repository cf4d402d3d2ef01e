"""A thing of type lorawan: what its user wrote, in The Things Stack's spelling, and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import field

from workflows.domain import activation, lorawan
from workflows.domain.attribute import Value
from workflows.domain.attributes import KEYS, NO_KEYS, NO_VALUES, DeviceKeys, DeviceValues, misspelled
from workflows.domain.formatter import REPOSITORY
from workflows.domain.identifiers import (
    device_secrets_of,
    is_dev_eui,
    is_device_secret,
    is_reference,
    is_secret_of,
    names_parameter,
)
from workflows.domain.qr_code import QRCode, read_qr_code
from workflows.values import value


@value
class Thing:
    """EUIs and codes in upper case; None where absent or malformed. A code may be a reference to a secret, as written.

    ``expected_code`` is the QR code's, if ``authentication_code`` is a reference. Only the step that reads the secret
    can compare the two. ``profile`` is the QR code's, too.
    """

    stack_name: str | None = None
    dev_eui: str | None = None
    join_eui: str | None = None
    device_id: str | None = None
    values: DeviceValues = NO_VALUES
    keys: DeviceKeys = NO_KEYS
    authentication_code: str | None = field(default=None, repr=False)
    expected_code: str | None = field(default=None, repr=False)
    profile: tuple[int, int] | None = None


@value
class WellFormed:
    """The attributes that are well-formed, each by itself, under the names users know them by.

    ``thing_name`` is empty for a thing that is yet to be made.
    """

    spelled: Mapping[str, Value] = field(repr=False)
    qr_code: QRCode | None = None
    thing_name: str = ""

    def text(self, attribute: str) -> str | None:
        value = self.spelled.get(attribute)
        return None if value is None else str(value)


@value
class ExaminedThing:
    """``problems``: malformed or contradicting; ``missing``: what a registration needs. Attribute -> what to do."""

    thing: Thing
    problems: Mapping[str, str]
    missing: Mapping[str, str]


def thing_of(values: WellFormed) -> Thing:
    code, qr_code = values.text("claimAuthenticationCode"), values.qr_code
    code_on_label = qr_code.authentication_code if qr_code else None
    return Thing(
        stack_name=values.text("stackName"),
        dev_eui=values.text("devEUI"),
        join_eui=values.text("joinEUI") or values.text("appEUI") or (qr_code.join_eui if qr_code else None),
        device_id=values.text("deviceID"),
        values=DeviceValues.of(values.spelled),
        keys=DeviceKeys.of({**values.spelled, **activation.by_other_names(values.spelled)}),
        authentication_code=code or code_on_label,
        expected_code=code_on_label if code and is_reference(code) else None,
        profile=qr_code.profile if qr_code else None,
    )


def dev_eui_in(attributes: Mapping[str, str]) -> str:
    """Return the DevEUI that the thing's attributes give, in upper case; empty if they give none."""
    qr_code = read_qr_code(attributes.get("qrCode", ""))
    given = (attributes.get("devEUI", ""), qr_code.dev_eui if qr_code else "")
    return next((each.upper() for each in given if is_dev_eui(each)), "")


def contradictions(given: frozenset[str], values: WellFormed) -> dict[str, str]:
    """Return attribute name -> problem for what is wrong between attributes; ``given`` names all that are there."""
    return {
        **_foreign_secrets(values),
        **_version_pair(values),
        **_differing_euis(values),
        **_differing_from_qr_code(given, values),
        **activation.contradictions(given, values.spelled),
        **_incomplete(given, values),
    }


def _version_pair(values: WellFormed) -> dict[str, str]:
    mac, phy = values.text("lorawanVersion"), values.text("regionalParametersVersion")
    if mac is None or phy is None or lorawan.is_pair(mac, phy):
        return {}
    return {"regionalParametersVersion": pair_problem(mac)}


def pair_problem(mac: str) -> str:
    accepted = lorawan.regional_parameters_for(mac)
    return f"does not go with LoRaWAN {lorawan.spelling_of(mac)}, which takes {accepted}"


def _incomplete(given: frozenset[str], values: WellFormed) -> dict[str, str]:
    """Return attribute -> problem of what is half of something."""
    problems, meant = {}, misspelled(given)
    for one, other in (("latitude", "longitude"), ("brandID", "modelID")):
        if len(given & {one, other}) == 1:
            lacking, together = other if one in given else one, f"is missing; {one} and {other} go together"
            problems[lacking] = activation.spelled_otherwise(meant[lacking]) if lacking in meant else together
    if given.isdisjoint(("latitude", "longitude")):
        problems |= dict.fromkeys(given & {"altitude", "accuracy"}, "needs latitude and longitude beside it")
    if given.isdisjoint(("brandID", "modelID")):
        rest = given & {"firmwareVersion", "hardwareVersion", "bandID"}
        problems |= dict.fromkeys(rest, "needs brandID and modelID beside it")
        if values.text("payloadFormatter") == REPOSITORY:
            problems["payloadFormatter"] = "is of the Device Repository, so it needs brandID and modelID beside it"
    return problems


def _differing_euis(values: WellFormed) -> dict[str, str]:
    join_eui, app_eui = values.text("joinEUI"), values.text("appEUI")
    if join_eui is None or app_eui in (None, join_eui):
        return {}
    return {"appEUI": "differs from joinEUI; they are two names of one value. Remove it or correct it"}


def _differing_from_qr_code(given: frozenset[str], values: WellFormed) -> dict[str, str]:
    if values.qr_code is None:
        return {}
    return {
        **_wrong_label(given, values, values.qr_code),
        **_join_eui_not_on_label(values, values.qr_code),
        **_code_not_on_label(values, values.qr_code),
    }


def _wrong_label(given: frozenset[str], values: WellFormed, qr_code: QRCode) -> dict[str, str]:
    if values.text("devEUI") not in (None, qr_code.dev_eui):
        return {"qrCode": "is the code of a device with another DevEUI"}
    if qr_code.authentication_code is None and "claimAuthenticationCode" not in given:
        return {"qrCode": "carries no owner token (O…, in drafts V…); give claimAuthenticationCode beside it"}
    return {}


def _join_eui_not_on_label(values: WellFormed, qr_code: QRCode) -> dict[str, str]:
    attribute = "joinEUI" if values.text("joinEUI") else "appEUI"
    if values.text(attribute) in (None, qr_code.join_eui):
        return {}
    return {attribute: "differs from the JoinEUI in qrCode; remove it or correct it"}


def _code_not_on_label(values: WellFormed, qr_code: QRCode) -> dict[str, str]:
    code, on_label = values.text("claimAuthenticationCode"), qr_code.authentication_code
    if code is None or is_reference(code) or on_label in (None, code):
        return {}
    return {"claimAuthenticationCode": "differs from the owner token in qrCode; remove it or correct it"}


def _foreign_secrets(values: WellFormed) -> dict[str, str]:
    stack_name = values.text("stackName")
    if stack_name is None:
        return {}
    references = {name: values.text(name) or "" for name in (*KEYS, "claimAuthenticationCode")}
    problems = {name: _foreign(value, stack_name, values) for name, value in references.items() if is_reference(value)}
    return {name: problem for name, problem in problems.items() if problem}


def _foreign(reference: str, stack_name: str, values: WellFormed) -> str:
    """Return the problem, by the names alone, whether or not there is such a secret; empty if the thing may use it."""
    kind, slash = ("parameter", "/") if names_parameter(reference) else ("secret", "")
    begins = slash + device_secrets_of(stack_name)
    if not is_device_secret(reference, stack_name):
        return f"names a {kind} that this stack may not read; its name must begin with {begins}"
    if not is_secret_of(reference, stack_name, dev_eui=values.text("devEUI"), thing_name=values.thing_name):
        return (
            f"names a {kind} that is not this thing's; behind {begins} its name, or else the key behind #, must begin "
            "with the thing's DevEUI or be the thing's name"
        )
    return ""
