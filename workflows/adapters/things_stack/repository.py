"""The Device Repository of a deployment of The Things Stack, as the steps speak of it."""

from collections.abc import Callable, Mapping
from typing import Any

from workflows.adapters.things_stack import model_calls as calls
from workflows.adapters.things_stack.answers import Answer
from workflows.adapters.things_stack.calls import Call
from workflows.adapters.things_stack.error_table import NoTemplate, not_the_things_stack
from workflows.adapters.things_stack.fields import values_in
from workflows.domain.attributes import DeviceValues
from workflows.domain.model import Firmware, ModelVersion, Template
from workflows.errors import NoDeviceRepositoryAnswer
from workflows.ports.things_stack import DeviceRepository


class TheDeviceRepository(DeviceRepository):
    """Every method is one call. ``ask`` makes it, under the stack's key."""

    def __init__(self, ask: Callable[[Call], Answer]) -> None:
        self._ask = ask

    def is_there(self) -> bool:
        try:
            self._ask(calls.list_brands(1))
        except NoDeviceRepositoryAnswer:
            return False
        return True

    def brands(self) -> tuple[str, ...]:
        return _listed(self._ask(calls.list_brands()).body, "brands", "brand_id")

    def models(self, brand_id: str) -> tuple[str, ...]:
        return _listed(self._ask(calls.list_models(brand_id)).body, "models", "model_id")

    def firmware(self, brand_id: str, model_id: str) -> tuple[Firmware, ...]:
        body = self._ask(calls.read_model(brand_id, model_id)).body or {}
        return tuple(_firmware(each) for each in _maps(body.get("firmware_versions")) if _is_text(each.get("version")))

    def template(self, version: ModelVersion) -> Template:
        return self._template(calls.read_template(version))

    def template_by_numbers(self, vendor_id: int, profile_id: int) -> Template | None:
        try:
            return self._template(calls.read_template_by_numbers(vendor_id, profile_id))
        except (NoTemplate, NoDeviceRepositoryAnswer):
            return None

    def band(self, plan_id: str) -> str | None:
        plans = _maps((self._ask(calls.list_plans()).body or {}).get("frequency_plans"))
        bands = [each.get("band_id") for each in plans if each.get("id") == plan_id]
        return next((band for band in bands if isinstance(band, str)), None)

    def _template(self, call: Call) -> Template:
        answer = self._ask(call)
        match answer.body:
            case {"end_device": dict(device), "field_mask": {"paths": list(paths)}}:
                values = values_in(device, "as").over(values_in(device, "ns"))
                return Template(_masked(values, paths), joins=device.get("supports_join") is True)
            case _:
                raise not_the_things_stack(call, answer.status)


def _masked(values: DeviceValues, paths: list[Any]) -> DeviceValues:
    """Take what the mask names: what is false is in the mask alone, and what is in neither is not the template's."""
    rows = DeviceValues.rows().values()
    return values.only([row.name for row in rows if any(f"{row.field}.".startswith(f"{path}.") for path in paths)])


def _firmware(message: Mapping[str, Any]) -> Firmware:
    numeric, hardware, profiles = (message.get(key) for key in ("numeric", "supported_hardware_versions", "profiles"))
    return Firmware(
        version=message["version"],
        numeric=numeric if isinstance(numeric, int) else None,
        hardware=tuple(filter(_is_text, hardware)) if isinstance(hardware, list) else (),
        bands=tuple(profiles) if isinstance(profiles, dict) else (),
    )


def _listed(body: Mapping[str, object] | None, name: str, key: str) -> tuple[str, ...]:
    found = [each.get(key) for each in _maps((body or {}).get(name))]
    return tuple(each for each in found if isinstance(each, str))


def _maps(found: object) -> list[dict[str, Any]]:
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _is_text(value: object) -> bool:
    return isinstance(value, str)
