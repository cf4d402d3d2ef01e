"""The dashboard in template.yaml as data, with all that is optional; ``${…}`` in it is still to be filled in."""

import json

from tests.contract.sam_template import RESOURCES

BODY, GIVEN = RESOURCES["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
OPTIONAL = {name: value["Fn::If"] for name, value in GIVEN.items() if "Fn::If" in value}


def _with_options():
    text = BODY
    for name, (_condition, part, _nothing) in OPTIONAL.items():
        text = text.replace(f"${{{name}}}", part["Fn::Sub"])
    return text


TEXT = _with_options()
WIDGETS = json.loads(TEXT)["widgets"]
