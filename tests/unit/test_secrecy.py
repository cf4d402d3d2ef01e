"""What holds a key, a claim code or all of a thing's attributes never prints it."""

import importlib
import inspect
import pathlib
from dataclasses import fields, is_dataclass

import pytest

from workflows.domain.attributes import DeviceKeys

SECRET_FIELDS = {
    *DeviceKeys.rows(),
    *("authentication_code", "expected_code"),
    *("attributes", "spelled", "body"),  # whatever a thing's user wrote, keys included
}
# The attributes of the Identity Server's record are our mark.
NO_SECRETS = {("IdentityRecord", "attributes")}

MODULES = [path for room in ("domain", "steps") for path in pathlib.Path("workflows", room).glob("[!_]*.py")]


def dataclasses_of(path):
    module = importlib.import_module(".".join(path.with_suffix("").parts))
    return [
        one
        for _, one in inspect.getmembers(module, lambda each: inspect.isclass(each) and is_dataclass(each))
        if one.__module__ == module.__name__
    ]


FIELDS = [
    pytest.param(field, id=f"{one.__name__}.{field.name}")
    for path in MODULES
    for one in dataclasses_of(path)
    for field in fields(one)
    if field.name in SECRET_FIELDS and (one.__name__, field.name) not in NO_SECRETS
]


@pytest.mark.parametrize("field", FIELDS)
def test_a_secret_field_is_not_printed(field):
    assert not field.repr


def test_all_that_hold_secrets_are_checked():
    assert {parameter.id.split(".")[0] for parameter in FIELDS} >= {
        *("Thing", "PlannedDevice", "DeviceKeys", "QRCode", "WellFormed", "RegistryEvent", "Message"),
    }
