"""Which AWS calls the command ``thingsync`` makes, by its source."""

import ast
import pathlib

from tests.contract.function_sources import SERVICES, action_of, parsed, reached, service_of

COMMAND = pathlib.Path("operate/app.py")
CLIENTS = pathlib.Path("operate/adapters/aws.py")
# What adapters that the command shares with the functions could do beside: action -> class and method.
NEVER_CALLED = {
    "iot:CreateThingType": ("IoTThingRegistry", "create_thing_type"),
    "iot:UpdateEventConfigurations": ("IoTThingRegistry", "set_event_switches"),
    "iot:UpdateThingType": ("IoTThingRegistry", "make_searchable"),
    "iot:UpdateThingShadow": ("IoTRegistrationShadow", "write"),
}


def actions_of_the_command():
    """Return the IAM actions of all calls in the modules that the command loads."""
    return {action for file in reached(COMMAND) for action in _actions_in(file)} - set(NEVER_CALLED)


def uses_of(adapter):
    """Return what ``operate/`` does with an adapter: the method that it calls at once, None if it keeps the object."""
    nodes = [node for file in pathlib.Path("operate").rglob("*.py") for node in ast.walk(parsed(file))]
    made = [node for node in nodes if isinstance(node, ast.Call) and ast.unparse(node.func) == adapter]
    called = {id(node.value): node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return {called.get(id(node)) for node in made}


def _actions_in(file):
    for owner in parsed(file).body:
        for call in (one for one in ast.walk(owner) if isinstance(one, ast.Call)):
            if isinstance(call.func, ast.Attribute) and (service := _service(file, owner, call.func.value)):
                method = call.func.attr
                yield action_of(service, ast.literal_eval(call.args[0]) if method == "get_paginator" else method)


def _service(file, owner, client):
    """Return the service that ``client`` calls; None if it is no client."""
    name = ast.unparse(client)
    if name == "self._client":
        return service_of(file, owner)
    if name.startswith("self._clients."):
        return _services_of_clients()[name.rpartition(".")[2]]
    return service_of(file, owner) if name == "client" and isinstance(owner, ast.FunctionDef) else None


def _services_of_clients():
    """Return the service of each property of ``Clients``, by the type that it returns."""
    [clients] = [one for one in parsed(CLIENTS).body if isinstance(one, ast.ClassDef) and one.name == "Clients"]
    typed = [(one.name, one.returns) for one in clients.body if isinstance(one, ast.FunctionDef)]
    named = {name: kind.value for name, kind in typed if isinstance(kind, ast.Constant)}
    return {name: SERVICES[kind] for name, kind in named.items() if kind in SERVICES}
