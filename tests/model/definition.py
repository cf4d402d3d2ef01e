"""The state machine's own definition, read as Step Functions reads it, as far as it goes."""

import json
from functools import cache
from pathlib import Path

import orjson

NOTHING_ELSE = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS
FILE = Path(__file__).parents[2] / "statemachine.asl.json"


@cache
def states():
    return json.loads(FILE.read_text())["States"]


START = json.loads(FILE.read_text())["StartAt"]


def through_json(value):
    """What a step gets is text that another step wrote. What is no JSON is refused, as by ``json``, only sooner."""
    return orjson.loads(orjson.dumps(value, option=NOTHING_ELSE))


def value_at(path, data, context):
    """Find ``$.a.b`` in the state, ``$$.Execution.Name`` in the context."""
    found = context if path.startswith("$$") else data
    for name in path.lstrip("$").split(".")[1:]:
        found = found[name]
    return found


def parameters_of(state, data, context):
    return _filled(state["Parameters"], data, context) if "Parameters" in state else data


def passed(state, data, context):
    return state["Result"] if "Result" in state else parameters_of(state, data, context)


def _filled(template, data, context):
    if not isinstance(template, dict):
        return template
    return dict(_field(name, value, data, context) for name, value in template.items())


def _field(name, value, data, context):
    if not name.endswith(".$"):
        return name, _filled(value, data, context)
    if value.startswith("States.JsonToString("):
        return name[:-2], json.dumps(value_at(value[len("States.JsonToString(") : -1], data, context))
    return name[:-2], value_at(value, data, context)


def with_result(place, data, result):
    """Put ``result`` where ``ResultPath`` says: nowhere (null), in the place of everything, or under one name."""
    path = place.get("ResultPath", "$")
    if path is None:
        return data
    return result if path == "$" else {**data, path.removeprefix("$."): result}


def chosen(state, data):
    found = (choice["Next"] for choice in state["Choices"] if _applies(choice, data))
    return next(found, state.get("Default"))


def _applies(choice, data):
    if "IsPresent" in choice:
        return choice["Variable"].removeprefix("$.") in data
    return value_at(choice["Variable"], data, {}) == choice["StringEquals"]


def matching(rules, error_name):
    """The first retrier or catcher that names the error."""
    return next((rule for rule in rules if {error_name, "States.ALL"} & set(rule["ErrorEquals"])), None)
