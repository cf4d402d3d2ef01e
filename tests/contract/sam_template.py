"""template.yaml as data: CloudFormation's short tags become long ones (``!Ref X`` is ``{"Ref": "X"}``)."""

import pathlib

import yaml

PATH = pathlib.Path("template.yaml")


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's tags beside plain YAML."""


def _tagged(loader, suffix, node):
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        text = loader.construct_scalar(node)
        return {name: text.split(".", 1) if suffix == "GetAtt" else text}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    return {name: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _tagged)

TEMPLATE = yaml.load(PATH.read_text(), Loader=_Loader)
RESOURCES = TEMPLATE["Resources"]
PARAMETERS = TEMPLATE["Parameters"]
KEY = {"Fn::GetAtt": ["EncryptionKey", "Arn"]}


def of_type(resource_type):
    """Return the properties of every resource of this type, by logical ID."""
    return {name: one["Properties"] for name, one in RESOURCES.items() if one["Type"] == resource_type}


FUNCTIONS = {name.removesuffix("Function"): one for name, one in of_type("AWS::Serverless::Function").items()}


def module_of(function):
    """Return the path of the module that this function's handler is in."""
    return pathlib.Path(*FUNCTIONS[function]["Handler"].split(".")[:-1]).with_suffix(".py")


def values_in(node):
    """Yield every value in ``node``, however deep."""
    yield node
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for child in children:
        yield from values_in(child)
