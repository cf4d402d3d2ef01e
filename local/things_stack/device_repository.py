"""The Device Repository's data: brands, their models, and what a device of a model is like in a band.

The data are in the form of the public repository: ``vendors`` is its vendor/index.yaml; of each of the ``brands``
``index`` is that folder's index.yaml, and ``models``, ``profiles``, ``codecs`` and ``scripts`` are its other files.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from local.things_stack import definitions
from local.things_stack.bands import BANDS
from local.things_stack.decoding import Json, Message
from local.things_stack.profiles import template_of

Data = Mapping[str, Any]

_ASSETS = "https://assets.example/devices"
_BANDS = BANDS.keys() - {"ISM_2400", "MA_869_870_DRAFT"}
BRAND_FIELDS = {
    "brand_id": "id",
    "name": "name",
    "private_enterprise_number": "pen",
    "organization_unique_identifiers": "ouis",
    "lora_alliance_vendor_id": "vendorID",
    "website": "website",
    "email": "email",
    "logo": "logo",
}
_RENAMED = {"productURL": "product_url", "dataSheetURL": "datasheet_url", "resellerURLs": "resellers"}
_MODEL_FIELDS = (
    *("name", "description", "hardwareVersions", "firmwareVersions", "sensors", "dimensions", "weight", "battery"),
    *("operatingConditions", "ipCode", "keyProvisioning", "keySecurity", "photos", "videos", "productURL"),
    *("dataSheetURL", "resellerURLs", "compliances", "additionalRadios"),
)


def _snake_case(name: str) -> str:
    return _RENAMED.get(name, re.sub(r"[A-Z]", lambda upper: "_" + upper[0].lower(), name))


MODEL_FIELDS = {"brand_id", "model_id", *map(_snake_case, _MODEL_FIELDS)}


class Repository:
    """The data of one or more files; of brands with the same ID the last one counts."""

    def __init__(self, *data: Data) -> None:
        self._vendors = {vendor["id"]: vendor for each in data for vendor in each.get("vendors", [])}
        self._folders = {brand_id: folder for each in data for brand_id, folder in each.get("brands", {}).items()}

    def brands(self) -> list[Message]:
        """The brands that are listed: no drafts, and none that a file is missing of."""
        vendors = (vendor for brand_id, vendor in sorted(self._vendors.items()) if self._is_listed(brand_id))
        return [_brand(vendor) for vendor in vendors]

    def _is_listed(self, brand_id: str) -> bool:
        folder = self._folders.get(brand_id)
        if folder is None or self._vendors[brand_id].get("draft"):
            return False
        return {*folder["index"]["endDevices"]} <= {*folder["models"]}

    def models(self, brand_id: str = "") -> list[Message]:
        """The models of listed brands: of all of them, or of one."""
        listed = (brand["brand_id"] for brand in self.brands() if brand_id in ("", brand["brand_id"]))
        return [
            _model(brand, model, self._folders[brand]["models"][model])
            for brand in listed
            for model in sorted(self._folders[brand]["index"]["endDevices"])
        ]

    def template(self, ids: Message) -> Message:
        """Return the template for ``version_ids``, which come back in it.

        Raises:
            StackError: the repository has none.
        """
        found = self._profile_of(ids)
        folder = found.get("vendorID") or ids["brand_id"]
        return template_of(ids, self._file(folder, "profiles", found["id"]), has_codec="codec" in found)

    def template_by_numbers(self, vendor_id: int, profile_id: int) -> Message:
        """Return the template for the numbers that the LoRa Alliance and the maker gave.

        Only what the brand's index has under ``profileIDs`` is found; and nothing of a brand, if any profile of its
        models is not among its own files, be it another brand's.
        """
        brands = [brand_id for brand_id, vendor in self._vendors.items() if vendor.get("vendorID") == vendor_id]
        for brand_id in filter(self._is_listed, brands):
            entry = self._folders[brand_id]["index"].get("profileIDs", {}).get(str(profile_id), {})
            if "endDeviceID" in entry and self._has_all_profiles(brand_id):
                return self.template(_ids_of_entry(brand_id, entry))
        raise definitions.END_DEVICE_PROFILE_NOT_FOUND(vendor_id=str(vendor_id), vendor_profile_id=str(profile_id))

    def _has_all_profiles(self, brand_id: str) -> bool:
        folder = self._folders[brand_id]
        models = (folder["models"][model_id] for model_id in folder["index"]["endDevices"])
        versions = (version for model in models for version in model["firmwareVersions"])
        used = {profile["id"] for version in versions for profile in version["profiles"].values()}
        return used <= {*folder["profiles"]}

    def codec(self, ids: Message) -> tuple[str, Message]:
        """Return the codec of ``version_ids`` with its ID.

        Raises:
            StackError: there is none.
        """
        codec_id = self._profile_of(ids).get("codec", "")
        if not codec_id:
            given = {name: ids[name] for name in ("firmware_version", "band_id")}
            raise definitions.NO_CODEC(**given)
        codec: Message = self._file(ids["brand_id"], "codecs", codec_id)
        return codec_id, codec

    def script(self, brand_id: str, name: str) -> str:
        text: str = self._file(brand_id, "scripts", name)
        return text

    def _profile_of(self, ids: Message) -> Message:
        """What the model says about its profile in a band."""
        brand_id, model_id, band_id = (ids[name] for name in ("brand_id", "model_id", "band_id"))
        if brand_id not in self._folders:
            raise definitions.DR_STORE_BRAND_NOT_FOUND(brand_id=brand_id)
        if model_id not in self._folders[brand_id]["index"]["endDevices"]:
            raise definitions.DR_STORE_MODEL_NOT_FOUND(brand_id=brand_id, model_id=model_id)
        versions = self._file(brand_id, "models", model_id)["firmwareVersions"]
        wanted = next((version for version in versions if version["version"] == ids["firmware_version"]), None)
        if wanted is None:
            given = {name: ids[name] for name in ("brand_id", "model_id", "firmware_version")}
            raise definitions.FIRMWARE_VERSION_NOT_FOUND(**given)
        if band_id not in _BANDS:
            raise definitions.BAND_NOT_FOUND()
        profiles: Message = {_band(region): profile for region, profile in wanted["profiles"].items()}
        if band_id not in profiles:
            raise definitions.NO_PROFILE_FOR_BAND(band_id=band_id)
        found: Message = profiles[band_id]
        return found

    def _file(self, brand_id: str, kind: str, name: str) -> Json:
        held = self._folders.get(brand_id, {}).get(kind, {})
        if name not in held:
            suffix = "" if kind == "scripts" else ".yaml"
            raise definitions.FILE_NOT_FOUND(filename=f"vendor/{brand_id}/{name}{suffix}")
        return held[name]


def _band(region: str) -> str:
    """``EU863-870`` is ``EU_863_870``, ``CN470-510-20-A`` is ``CN_470_510_20_A``."""
    return re.sub(r"(?<=[A-Z])(?=\d)", "_", region).replace("-", "_")


def _ids_of_entry(brand_id: str, entry: Message) -> Message:
    hardware = {"hardware_version": entry["hardwareVersion"]} if entry.get("hardwareVersion") else {}
    return {
        "brand_id": brand_id,
        "model_id": entry["endDeviceID"],
        **hardware,
        "firmware_version": entry["firmwareVersion"],
        "band_id": _band(entry["region"]),
    }


def _brand(vendor: Message) -> Message:
    brand = {name: vendor[own] for name, own in BRAND_FIELDS.items() if vendor.get(own)}
    return {**brand, **({"logo": _asset(brand["brand_id"], brand["logo"])} if "logo" in brand else {})}


def _asset(brand_id: str, name: str) -> str:
    return f"{_ASSETS}/vendor/{brand_id}/{name}"


def _model(brand_id: str, model_id: str, file: Message) -> Message:
    model = {_snake_case(name): _converted(file[name]) for name in _MODEL_FIELDS if file.get(name)}
    if "firmware_versions" in model:
        model["firmware_versions"] = [*_firmware_versions(file["firmwareVersions"])]
    if "photos" in model:
        photos = model["photos"]
        others = {"other": [_asset(brand_id, name) for name in photos["other"]]} if "other" in photos else {}
        model["photos"] = {"main": _asset(brand_id, photos["main"]), **others}
    return {"brand_id": brand_id, "model_id": model_id, **model}


def _converted(value: Json) -> Json:
    if isinstance(value, list):
        return [_converted(each) for each in value]
    if isinstance(value, dict):
        return {_snake_case(name): _converted(each) for name, each in value.items()}
    return value


def _firmware_versions(versions: list[Message]) -> Iterator[Message]:
    for version in versions:
        profiles = {_band(region): _profile(profile) for region, profile in version["profiles"].items()}
        described = {
            "version": version["version"],
            "numeric": version.get("numeric"),
            "supported_hardware_versions": version.get("hardwareVersions"),
            "profiles": profiles,
        }
        yield {name: value for name, value in described.items() if value}


def _profile(profile: Message) -> Message:
    described = {
        "vendor_id": profile.get("vendorID"),
        "profile_id": profile["id"],
        "lorawan_certified": profile.get("lorawanCertified"),
        "codec_id": profile.get("codec"),
    }
    return {name: value for name, value in described.items() if value}
