"""The requests of the Device Repository: all of them read. Pure.

Source: The Things Stack API, ``lorawan-stack/api/ttn/lorawan/v3``: devicerepository and configuration_services
(``.proto``).
"""

from urllib.parse import quote

from workflows.adapters.things_stack.calls import Call
from workflows.domain.model import ModelVersion

# More than there are; a server gives at most as many.
_ALL = 1000


def list_brands(at_most: int = _ALL) -> Call:
    return Call("DR", "brands", "", "GET", f"/dr/brands?limit={at_most}&order_by=brand_id")


def list_models(brand_id: str) -> Call:
    return Call("DR", "models", brand_id, "GET", f"{_brand(brand_id)}/models?limit={_ALL}&order_by=model_id")


def read_model(brand_id: str, model_id: str) -> Call:
    path = f"{_model(brand_id, model_id)}?field_mask=firmware_versions"
    return Call("DR", "model", f"{brand_id}/{model_id}", "GET", path)


def read_template(version: ModelVersion) -> Call:
    """The hardware version is in no path: the Device Repository does not look at it."""
    of_model = _model(version.brand_id, version.model_id)
    path = f"{of_model}/{_quoted(version.firmware_version)}/{_quoted(version.band_id)}/template"
    return Call("DR", "template", f"{version.brand_id}/{version.model_id}", "GET", path)


def read_template_by_numbers(vendor_id: int, profile_id: int) -> Call:
    path = f"/dr/vendors/{vendor_id}/profiles/{profile_id}/template"
    return Call("DR", "template by numbers", f"{vendor_id}/{profile_id}", "GET", path)


def list_plans() -> Call:
    return Call("NS", "plans", "", "GET", "/configuration/frequency-plans")


def _brand(brand_id: str) -> str:
    return f"/dr/brands/{_quoted(brand_id)}"


def _model(brand_id: str, model_id: str) -> str:
    return f"{_brand(brand_id)}/models/{_quoted(model_id)}"


def _quoted(name: str) -> str:
    return quote(name, safe="")
