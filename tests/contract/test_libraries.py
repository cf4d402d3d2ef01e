"""What a bundle carries of its libraries: what functions call, as it is, and nothing besides."""

import itertools
import re
from pathlib import Path

import botocore.session
import pytest
from botocore.model import ServiceModel

from deploying.libraries import CALLED, with_operations
from tests.contract.function_sources import aws_calls

FUNCTIONS = sorted(Path("functions").glob("[!_]*.py"))
CALLS = sorted((service, operation) for service, operations in CALLED.items() for operation in operations)
LOADER = botocore.session.get_session().get_component("data_loader")
WHOLE = {service: LOADER.load_service_model(service, "service-2") for service in CALLED}


def test_the_bundle_knows_what_functions_call_and_nothing_else():
    called = {call for function in FUNCTIONS for call in aws_calls(function)}

    assert {(service, operation) for service, operations in CALLED.items() for operation in operations} == called


def test_functions_have_clients_of_these_services_alone():
    clients = re.findall(r'client\("([\w-]+)"', Path("workflows/adapters/aws.py").read_text())

    assert set(clients) == CALLED.keys()


def shape_of(shape, within=()):
    """Write out a shape: botocore sends and reads by this alone."""
    if shape is None or shape.name in within:
        return shape and shape.name
    inner = {
        "structure": lambda: {name: shape_of(each, (*within, shape.name)) for name, each in shape.members.items()},
        "list": lambda: shape_of(shape.member, (*within, shape.name)),
        "map": lambda: [shape_of(each, (*within, shape.name)) for each in (shape.key, shape.value)],
    }.get(shape.type_name, lambda: None)()
    return shape.name, shape.type_name, shape.serialization, shape.metadata, inner


def described(model, name):
    operation = model.operation_model(name)
    shapes = (operation.input_shape, operation.output_shape, *operation.error_shapes)
    return operation.http, operation.auth_type, operation.endpoint, [shape_of(shape) for shape in shapes]


@pytest.mark.parametrize(("service", "operation"), CALLS)
def test_what_is_left_of_an_operation_is_the_whole_of_it(service, operation):
    trimmed = with_operations(WHOLE[service], CALLED[service])

    assert described(ServiceModel(trimmed, service), operation) == described(
        ServiceModel(WHOLE[service], service), operation
    )


@pytest.mark.parametrize("service", sorted(CALLED))
def test_every_error_of_a_service_keeps_its_name(service):
    trimmed = with_operations(WHOLE[service], CALLED[service])

    errors = {shape.name for shape in ServiceModel(WHOLE[service], service).error_shapes}
    assert {shape.name for shape in ServiceModel(trimmed, service).error_shapes} == errors


@pytest.mark.parametrize("service", sorted(CALLED))
def test_no_text_and_no_operation_is_left_that_nobody_needs(service):
    trimmed = with_operations(WHOLE[service], CALLED[service])

    assert trimmed["operations"].keys() == CALLED[service]
    assert list(texts_in(trimmed)) == []
    assert len(trimmed["shapes"]) < len(WHOLE[service]["shapes"])


def texts_in(part):
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    found = [part["documentation"]] if isinstance(part, dict) and isinstance(part.get("documentation"), str) else []
    return itertools.chain(found, *map(texts_in, inner))


def test_an_operation_that_the_service_does_not_have_is_refused():
    with pytest.raises(KeyError, match="CreateTing"):
        with_operations(WHOLE["iot"], {"CreateTing"})
