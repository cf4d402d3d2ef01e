"""Reads a CloudFormation template, whose short forms (``!Ref``, ``!GetAtt``) are no plain YAML."""

from typing import Any

import yaml


class _Loader(yaml.SafeLoader):
    """SafeLoader that turns ``!Name value`` into ``{"Fn::Name": value}``."""


def _long_form(loader: _Loader, name: str, node: yaml.Node) -> dict[str, Any]:
    value = _value(loader, node)
    if name == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {name if name in ("Ref", "Condition") else f"Fn::{name}": value}


def _value(loader: _Loader, node: yaml.Node) -> object:
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    return str(node.value)


_Loader.add_multi_constructor("!", _long_form)


def parsed(text: str) -> dict[str, Any]:
    template: dict[str, Any] = yaml.load(text, Loader=_Loader)  # nosec B506
    return template
