"""A thing of one stack ► its row for another stack: names, references and defaults. Pure."""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Self

from operate.errors import WrongInputError
from workflows.domain.activation import by_other_names
from workflows.domain.attributes import ATTRIBUTES, CODES, KEYS, RADIO, ROWS
from workflows.domain.facts import RegisteredDevice
from workflows.domain.identifiers import SecretReference, device_secrets_of, read_reference
from workflows.domain.naming import device_id_for
from workflows.domain.planning import StackDefaults
from workflows.domain.stack_name import stack_name_problems
from workflows.schemas.thing import examine
from workflows.values import value

SECRETS = tuple(row.name for row in ATTRIBUTES if row.is_secret)
REFERENCES = tuple(row.name for row in ATTRIBUTES if row.takes_reference)
_CODE = "claimAuthenticationCode"
_STACK_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9-]*")
_ACCOUNT_ID = re.compile(r"[0-9]{12}")
# Secrets Manager adds this to a secret's name in its ARN; it is unknown before the secret exists.
_ADDED = re.compile(r"-[A-Za-z0-9]{6}\Z")


@value
class Destination:
    """The other stack; ``region``, ``partition`` and ``account_id`` are empty where they do not change."""

    stack_name: str
    region: str = ""
    partition: str = ""
    account_id: str = ""


@value
class SecretCopy:
    """A secret or parameter to copy from ``source`` to ``target``, and the ``reference`` to the copy.

    The names of parameters begin with a slash.

    ``named`` is the secret in the thing's own reference, perhaps with the suffix that Secrets Manager added.
    """

    source: str
    target: str
    named: str
    reference: str


@value
class OwnDevice:
    """What the journal knows of a device that its stack registered itself, whatever the thing has lost since.

    ``radio``: plan and versions, but those that its model gives; ``secrets``: the attributes that it was registered
    with, keys or a code.
    """

    radio: Mapping[str, str]
    secrets: tuple[str, ...]

    @classmethod
    def of(cls, device: RegisteredDevice) -> Self | None:
        """Return None for a device that was there before its thing."""
        if not device.is_things_own:
            return None
        given = device.values.only(RADIO).given()
        radio = {name: ROWS[name].shown(value) for name, value in given.items() if name not in device.from_model}
        return cls(radio, (_CODE,) if device.method == "claimed" else tuple(device.fingerprints))


@value
class StackMove:
    """From the stack ``stack_name`` with its ``defaults`` to ``destination``."""

    stack_name: str
    defaults: StackDefaults
    destination: Destination

    def thing_name(self, name: str, attributes: Mapping[str, str]) -> str:
        """Return the thing's name. A name by the scheme StackNameDeviceID gets the other stack's name."""
        device_id = device_id_for(examine(attributes).thing)
        is_by_scheme = name == f"{self.stack_name}_{device_id}"
        return f"{self.destination.stack_name}_{device_id}" if is_by_scheme else name

    def attributes(self, attributes: Mapping[str, str], own: OwnDevice | None = None) -> dict[str, str]:
        """Return the attributes for the other stack, with this stack's defaults filled in; references stay.

        The other stack may have other defaults. This stack used none for devices that it did not register itself, and
        no versions where a model of the Device Repository gives them.
        """
        filled = self._defaults(attributes) if own is None else own.radio
        return {**filled, **attributes, "stackName": self.destination.stack_name}

    def _defaults(self, attributes: Mapping[str, str]) -> dict[str, str]:
        """Return what this stack would fill in for a thing whose device is not registered."""
        filled = {}
        if attributes.keys() & {*KEYS, *CODES}:
            filled["frequencyPlanID"] = self.defaults.frequency_plan_id
        if attributes.keys() & {*CODES} and not attributes.keys() >= {"brandID", "modelID"}:
            filled["lorawanVersion"] = self.defaults.claim_lorawan_version
            filled["regionalParametersVersion"] = self.defaults.claim_regional_parameters_version
        return filled

    def secret(self, text: str) -> SecretCopy | str:
        """Return the secret to copy for a well-formed reference, or why the reference cannot be rewritten."""
        reference, begins = read_reference(text), device_secrets_of(self.stack_name)
        if reference is None or not reference.name.startswith(begins):
            return f"names a secret outside of {begins}"
        if reference.is_parameter:
            return self._parameter(reference, begins)
        source = _ADDED.sub("", reference.name)
        if source == begins or _ADDED.search(source):
            return "names a secret whose own name ends in a dash and six characters: only its full ARN finds it"
        target = device_secrets_of(self.destination.stack_name) + source.removeprefix(begins)
        return SecretCopy(source, target, reference.name, str(self._there(reference, target)))

    def _parameter(self, reference: SecretReference, begins: str) -> SecretCopy:
        """A parameter's name has no end that is unknown. Without an ARN it means the same in any account and region."""
        source, target = reference.name, device_secrets_of(self.destination.stack_name)
        target += source.removeprefix(begins)
        return SecretCopy(f"/{source}", f"/{target}", f"/{source}", str(self._there(reference, target)))

    def _there(self, reference: SecretReference, name: str) -> SecretReference:
        to = self.destination
        if not reference.region:
            return replace(reference, name=name)
        return replace(
            reference,
            partition=to.partition or reference.partition,
            region=to.region or reference.region,
            account_id=to.account_id or reference.account_id,
            name=name,
        )


def needed(secrets: Collection[str], attributes: Mapping[str, str], own: OwnDevice | None) -> tuple[str, ...]:
    """Name the keys or the code that a row does not hold and that registering its device again needs.

    ``secrets`` are those that are on the thing. A thing that has none may have lost them; then the journal knows.
    """
    if secrets or own is None:
        return tuple(name for name in SECRETS if name in secrets)
    has = attributes.keys() | by_other_names(attributes).keys()
    return tuple(name for name in own.secrets if name not in has)


def destination_of(stack_name: str, *, region: str, partition: str, account_id: str) -> Destination:
    """Raise ``WrongInputError`` if the names are impossible."""
    if not _STACK_NAME.fullmatch(stack_name):
        raise WrongInputError(
            f"{stack_name} is not a stack name: it must be letters, digits and dashes, and begin with a letter."
        )
    if problems := stack_name_problems(stack_name):
        raise WrongInputError(f"{stack_name} is not a name for a stack of Thingsync: {'; '.join(problems)}.")
    if account_id and not _ACCOUNT_ID.fullmatch(account_id):
        raise WrongInputError(f"{account_id} is not an AWS account ID: it must have 12 digits.")
    return Destination(stack_name, region, partition, account_id)
