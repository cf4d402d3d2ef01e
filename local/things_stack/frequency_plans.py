"""Configuration: the frequency plans and bands that devices can be given. No rights are needed."""

import json
from importlib import resources
from typing import Any

from local.things_stack import definitions
from local.things_stack.bands import BANDS, Band
from local.things_stack.call import ApiCall, Route
from local.things_stack.decoding import Message, Shape, malformed
from local.things_stack.kinds import text, unsigned
from local.things_stack.lorawan import PHY_VERSIONS

_FILE = resources.files("local.things_stack").joinpath("frequency-plans.json")
PLANS: dict[str, dict[str, Any]] = {plan["id"]: plan for plan in json.loads(_FILE.read_text(encoding="utf-8"))}


# The versions of each band in the order of their numbers.
PHY_VERSIONS_OF_BAND = {
    band_id: [names[0] for names in PHY_VERSIONS.values() if names[0] in versions]
    for band_id, versions in BANDS.items()
}


def _switch(value: str, path: str) -> bool:
    if value not in _SWITCHES:
        raise malformed(path, "expected true or false")
    return _SWITCHES[value]


_SWITCHES = {"true": True, "1": True, "false": False, "0": False}
_PLANS_QUERY: Shape = {"base_frequency": unsigned, "band_id": text, "gateways_only": _switch}


def band_of(plan_id: str) -> str:
    band_id: str = PLANS[plan_id]["band_id"]
    return band_id


def check_band(plan_id: str, version: str | None) -> Band:
    """Return the band of a plan, or raise if there is no such plan, or no such version of its band."""
    if plan_id not in PLANS:
        raise definitions.FREQUENCY_PLAN_NOT_FOUND(id=plan_id)
    versions = BANDS[band_of(plan_id)]
    if version not in versions:
        raise definitions.NO_BAND_VERSION(ver=version or "PHY_UNKNOWN", id=band_of(plan_id))
    return versions[version]


def _describe(plan: dict[str, Any]) -> Message:
    described = {
        "id": plan["id"],
        "base_id": plan.get("base_id"),
        "name": plan["name"],
        "base_frequency": plan["base_frequency_mhz"],
        "band_id": plan["band_id"],
    }
    return {name: value for name, value in described.items() if value}


def list_plans(call: ApiCall) -> Message:
    """``gateways_only`` changes nothing: which plans are for gateways is not in the file."""
    wanted = call.query_message(_PLANS_QUERY)
    described = [
        _describe(plan)
        for plan in PLANS.values()
        if wanted.get("base_frequency") in (None, plan["base_frequency_mhz"])
        and wanted.get("band_id") in (None, plan["band_id"])
    ]
    return {"frequency_plans": described} if described else {}


def list_phy_versions(call: ApiCall) -> Message:
    wanted = call.query.get("band_id")
    if wanted and wanted not in PHY_VERSIONS_OF_BAND:
        raise definitions.UNKNOWN_BAND(id=wanted)
    return {
        "version_info": [
            {"band_id": band_id, "phy_versions": list(versions)}
            for band_id, versions in PHY_VERSIONS_OF_BAND.items()
            if not wanted or wanted == band_id
        ]
    }


def list_bands(call: ApiCall) -> Message:
    """Band, version, and only the band's ID of its description."""
    wanted_band, wanted_version = (call.parameters.get(name) for name in ("band_id", "phy_version"))
    return {
        "descriptions": {
            band_id: {"band": {version: {"id": band_id} for version in versions if wanted_version in (None, version)}}
            for band_id, versions in PHY_VERSIONS_OF_BAND.items()
            if wanted_band in (None, band_id)
        }
    }


_BANDS = "/configuration/bands"
ROUTES = (
    Route("GET", "/configuration/frequency-plans", list_plans),
    Route("GET", "/configuration/phy-versions", list_phy_versions),
    Route("GET", _BANDS, list_bands),
    Route("GET", _BANDS + "/{band_id}", list_bands),
    Route("GET", _BANDS + "/{band_id}/{phy_version}", list_bands),
)
