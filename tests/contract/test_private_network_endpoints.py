"""The VPC endpoints that docs/private-things-stack.md lists are those of the services that the functions call."""

import pathlib
import re

import pytest

from tests.contract.function_sources import SERVICES, reached
from tests.contract.sam_template import FUNCTIONS, module_of

PAGE = pathlib.Path("docs/private-things-stack.md").read_text()
CLIENTS = pathlib.Path("workflows/adapters/aws.py")  # makes them all, and calls nothing
PRIVATE = sorted(name for name, one in FUNCTIONS.items() if "VpcConfig" in one)
# What AWS calls the endpoint of a service that has another name in boto3.
ENDPOINTS = {"iot": "iot.api", "iot-data": "iot.data", "stepfunctions": "states"}
# CloudFormation takes a custom resource's answer by a presigned address of S3.
ANSWERS = {"Configure": {"s3"}}


def listed():
    rows = re.findall(r"^\| `com\.amazonaws\.<region>\.([\w.]+)`[^|]*\| (.+) \|$", PAGE, re.MULTILINE)
    return {
        service: set(PRIVATE) if text == "all nine" else set(re.findall(r"`(\w+)`", text)) for service, text in rows
    }


def called(function):
    texts = [path.read_text() for path in reached(module_of(function)) if path != CLIENTS]
    services = {service for client, service in SERVICES.items() if any(re.search(rf"\b{client}\b", t) for t in texts)}
    return {ENDPOINTS.get(service, service) for service in services} | ANSWERS.get(function, set())


@pytest.mark.parametrize("function", PRIVATE)
def test_a_function_in_a_private_network_has_an_endpoint_for_each_service_that_it_calls(function):
    assert {service for service, functions in listed().items() if function in functions} == called(function)


def test_all_functions_of_the_page_are_those_in_the_private_network():
    assert len(PRIVATE) == 9
    assert set().union(*listed().values()) == set(PRIVATE)
