"""What a change of a thing means for what its model gave the device. The template is known only to a later step."""

from collections.abc import Container
from dataclasses import replace

from workflows.domain.attribute import Attribute
from workflows.domain.attributes import MODEL, NO_VALUES, VALUES, VERSIONS, DeviceValues, after
from workflows.domain.facts import RegisteredDevice
from workflows.domain.model import TEMPLATED

# They settle which template it is.
_SETTLE = frozenset((*MODEL, "frequencyPlanID"))


def with_former_model(device: RegisteredDevice, said: DeviceValues) -> RegisteredDevice:
    """Return the device as its thing describes it now, as if the template of its model had not changed.

    What the model gave goes with the model. A label's model, which the thing never named, stays.
    """
    stays = said.model_id is not None or "modelID" in device.from_model
    given = device.values.only(device.from_model) if stays else NO_VALUES
    from_model = tuple(name for name in given.given() if name not in said.given())
    return replace(device, values=after(device.values, said.over(given)), from_model=from_model)


def needs_template(device: RegisteredDevice, said: DeviceValues, fields: Container[str]) -> bool:
    """Return whether the template may give other values than ``device`` has, of which ``fields`` are to be written."""
    if device.values.model_id is None:
        return False
    is_settled_again = any(name in fields for name in _SETTLE)
    is_uncovered = any(row.name in TEMPLATED and _is_uncovered(row, device, said, fields) for row in VALUES)
    return is_settled_again or is_uncovered


def left_to_template(device: RegisteredDevice, said: DeviceValues) -> RegisteredDevice:
    """Leave the versions to the template as well, if the thing does not say them any more."""
    unsaid = [name for name in VERSIONS if name not in said.given() and name not in device.from_model]
    return replace(device, from_model=(*device.from_model, *unsaid))


def _is_uncovered(row: Attribute, device: RegisteredDevice, said: DeviceValues, fields: Container[str]) -> bool:
    """Return whether the thing gave the value before and does not any more, so that the model's counts."""
    if row.name in said.given() or row.name in device.from_model:
        return False
    return row.name in VERSIONS or row.name in fields
