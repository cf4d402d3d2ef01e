"""The line that says where a command works."""

import pytest

from operate.views.place import Place, is_this_machine

ARN = "arn:aws:cloudformation:eu-west-1:123456789012:stack/thingsync/0a1b"
AWS = "https://cloudformation.eu-west-1.amazonaws.com"


@pytest.mark.parametrize(
    ("place", "line"),
    [
        pytest.param(Place(ARN, AWS), "account 123456789012 · eu-west-1 · stack thingsync", id="an account"),
        pytest.param(
            Place(ARN, AWS, alias="acme-prod"),
            "account 123456789012 (acme-prod) · eu-west-1 · stack thingsync",
            id="an account with an alias",
        ),
        pytest.param(
            Place(ARN, AWS, alias="a" * 63),
            "account 123456789012 · eu-west-1 · stack thingsync",
            id="an alias that would not fit",
        ),
        pytest.param(
            Place(ARN, "http://127.0.0.1:4566", is_chosen=True), "LOCAL · eu-west-1 · stack thingsync", id="local"
        ),
        pytest.param(
            Place(ARN, "http://127.0.0.1:4566"),
            "LOCAL (AWS_ENDPOINT_URL) · eu-west-1 · stack thingsync",
            id="local by the environment",
        ),
        pytest.param(
            Place(ARN, "http://aws:4566"),
            "account 123456789012 at http://aws:4566 (AWS_ENDPOINT_URL) · eu-west-1 · stack thingsync",
            id="an address that is not AWS's",
        ),
        pytest.param(
            Place(ARN, "https://vpce-1.cloudformation.eu-west-1.vpce.amazonaws.com"),
            "account 123456789012 · eu-west-1 · stack thingsync",
            id="an endpoint of a VPC",
        ),
    ],
)
def test_the_line_says_cloud_region_and_stack(place, line):
    assert place.line(80) == line


@pytest.mark.parametrize(
    ("url", "is_here"),
    [
        ("http://localhost:4566", True),
        ("https://LOCALHOST", True),
        ("http://127.1.2.3:4566/", True),
        ("http://[::1]:4566", True),
        ("http://aws.localhost:4566", True),
        ("http://localhost.localstack.cloud:4566", True),
        ("http://localhost.example.com", False),
        ("http://127.0.0.1.example.com", False),
        ("https://cloudformation.eu-west-1.amazonaws.com", False),
        ("http://10.0.0.1:4566", False),
    ],
)
def test_this_machine_is_known_by_its_address(url, is_here):
    assert is_this_machine(url) is is_here
