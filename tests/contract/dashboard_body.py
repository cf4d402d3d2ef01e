"""The dashboard in template.yaml as data; ``${…}`` in it is still to be filled in."""

import json

from tests.contract.sam_template import RESOURCES

TEXT, GIVEN = RESOURCES["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
WIDGETS = json.loads(TEXT)["widgets"]
