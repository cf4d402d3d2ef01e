"""The attributes of a thing become well-formed values; what is malformed is told in words its user knows.

One attribute at a time; what is wrong between attributes is ``workflows.domain.thing``'s affair.
"""

from collections.abc import Callable, Mapping

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from workflows.domain import identifiers, lorawan
from workflows.domain.qr_code import QRCode, read_qr_code
from workflows.domain.thing import ExaminedThing, WellFormed, contradictions, missing, thing_of


class Spelled(fields.Field[str | QRCode]):
    """A text that ``read`` brings into one spelling; ``accepted`` tells the user what it takes."""

    def __init__(self, accepted: str, read: Callable[[str], str | QRCode | None]) -> None:
        """``read`` answers None to what is not acceptable."""
        super().__init__()
        self._accepted, self._read = accepted, read

    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, object] | None, **_: object
    ) -> str | QRCode:
        read = self._read(value) if isinstance(value, str) else None
        if read is None:
            raise ValidationError(self._accepted)
        return read


def _upper(accepts: Callable[[str], bool]) -> Callable[[str], str | None]:
    return lambda text: text.upper() if accepts(text) else None


def _or_reference(accepts: Callable[[str], bool]) -> Callable[[str], str | None]:
    plain, reference = _upper(accepts), _as_written(identifiers.is_well_formed_reference)
    return lambda text: reference(text) if identifiers.is_reference(text) else plain(text)


def _up_to(max_chars: int) -> Callable[[str], str | None]:
    return _as_written(lambda text: 1 <= len(text) <= max_chars)


def _as_written(accepts: Callable[[str], bool]) -> Callable[[str], str | None]:
    return lambda text: text if accepts(text) else None


_OR_REFERENCE = "or the ARN of a Secrets Manager secret (…#jsonKey for a field of a JSON secret)"
_DEVICE_ID = (
    "must be 3 to 36 lower-case letters, digits and single dashes, with no dash at either end, "
    f"and not {identifiers.NO_DEVICE_ID}"
)
_KEY = f"must be 32 hex digits without separators, not all zero, {_OR_REFERENCE}"
_QR_CODE = (
    "must be a LoRaWAN QR code, LW:D0:<JoinEUI>:<DevEUI>:<profile>:…, or one of a draft, URN:DEV:LW:… or URN:LW:DP:…"
)

_Attributes = Schema.from_dict(
    {
        "devEUI": Spelled("must be 16 hex digits without separators, not all zero", _upper(identifiers.is_dev_eui)),
        "stackName": Spelled("must be the name of a CloudFormation stack, 1 to 128 characters", _up_to(128)),
        "joinEUI": Spelled("must be 16 hex digits without separators", _upper(identifiers.is_eui)),
        "appEUI": Spelled("must be 16 hex digits without separators", _upper(identifiers.is_eui)),
        "lorawanVersion": Spelled(f"must be one of {lorawan.ACCEPTED_LORAWAN_VERSIONS}", lorawan.lorawan_version),
        "regionalParametersVersion": Spelled(
            f"must be one of {lorawan.ACCEPTED_REGIONAL_PARAMETERS_VERSIONS}", lorawan.lorawan_phy_version
        ),
        "appKey": Spelled(_KEY, _or_reference(identifiers.is_root_key)),
        "nwkKey": Spelled(_KEY, _or_reference(identifiers.is_root_key)),
        "claimAuthenticationCode": Spelled(
            f"must be 1 to 32 letters and digits, {_OR_REFERENCE}",
            _or_reference(identifiers.is_authentication_code),
        ),
        "qrCode": Spelled(_QR_CODE, read_qr_code),
        "deviceID": Spelled(_DEVICE_ID, _as_written(identifiers.is_device_id)),
        "frequencyPlanID": Spelled("must be 1 to 64 characters", _up_to(64)),
        "name": Spelled("must be 1 to 50 characters", _up_to(50)),
        "description": Spelled("must be 1 to 800 characters", _up_to(800)),
    },
    name="AttributesSchema",
)
_SCHEMA = _Attributes(unknown=EXCLUDE)


def examine(attributes: Mapping[str, str], thing_name: str = "") -> ExaminedThing:
    """Read ``attributes`` whole, so that a refusal can list every problem at once."""
    examined, _ = examine_and_spell(attributes, thing_name)
    return examined


def examine_and_spell(attributes: Mapping[str, str], thing_name: str = "") -> tuple[ExaminedThing, dict[str, str]]:
    """Return as well those of ``attributes`` that are well-formed, each in one spelling; a QR code stays as it is.

    EUIs, keys and codes are in upper case, versions by The Things Stack's names.
    """
    malformed, values = _load(attributes, thing_name)
    given = frozenset(attributes)
    examined = ExaminedThing(
        thing=thing_of(values),
        problems={**contradictions(given, values), **malformed},
        missing=missing(given, values),
    )
    return examined, {**values.texts, **({"qrCode": attributes["qrCode"]} if values.qr_code else {})}


def _load(attributes: Mapping[str, str], thing_name: str) -> tuple[dict[str, str], WellFormed]:
    malformed: dict[str, str] = {}
    try:
        loaded = _SCHEMA.load(attributes)
    except ValidationError as error:
        malformed = {name: texts[0] for name, texts in error.messages_dict.items()}
        loaded = error.valid_data
    qr_code = loaded.pop("qrCode", None)
    return malformed, WellFormed(texts=loaded, qr_code=qr_code, thing_name=thing_name)
