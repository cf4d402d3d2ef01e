"""A path in a state's Parameters that leads nowhere fails the run (States.Runtime); MiniStack puts null in its place.

Source: https://states-language.net/spec.html#parameters and what Step Functions answers ("The JSONPath … specified for
the field … could not be found in the input …").
"""

import json
import re
from typing import Any

from local.ministack.patching import Patch, Replacement, ministack_module

_REFERENCE = re.compile(r"\$\$?(\.[\w-]+)+")

Payload = dict[str, Any]


def _strict(original: Replacement) -> Replacement:
    def resolve(template: object, data: object, context: Payload | None = None) -> object:
        for field, path in _references(template):
            if not _leads_somewhere(path, (context or {}) if path.startswith("$$") else data):
                raise _not_found(field, path, data)
        return original(template, data, context)

    return resolve


def _references(template: object) -> list[tuple[str, str]]:
    """The fields of this level whose value is a plain path; MiniStack comes back for deeper levels."""
    fields = template.items() if isinstance(template, dict) else ()
    return [
        (name, path)
        for name, path in fields
        if name.endswith(".$") and isinstance(path, str) and _REFERENCE.fullmatch(path)
    ]


def _leads_somewhere(path: str, data: object) -> bool:
    for name in path.split(".")[1:]:
        if not isinstance(data, dict) or name not in data:
            return False
        data = data[name]
    return True


def _not_found(field: str, path: str, data: object) -> Exception:
    error: Exception = ministack_module("services.stepfunctions")._ExecutionError(
        "States.Runtime",
        f"The JSONPath '{path}' specified for the field '{field}' could not be found in the input '{json.dumps(data)}'",
    )
    return error


PATCHES = (Patch("services.stepfunctions", "_resolve_params_obj", "d41c2e27dd1b", _strict),)
