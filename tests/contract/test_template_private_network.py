"""A Things Stack in a private network: where the functions run, and what the parameters take."""

import re

import pytest

from tests.contract.sam_template import FUNCTIONS, PARAMETERS, TEMPLATE

EMPTY = {name: {"Fn::Equals": [{"Ref": name}, ""]} for name in ("SubnetIds", "SecurityGroupIds")}
GIVEN = {name: {"Fn::Not": [empty]} for name, empty in EMPTY.items()}
SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:lorawan/authorities-AbCdEf"


def test_all_functions_in_the_private_network_are_in_the_same_one():
    networks = [one["VpcConfig"] for one in FUNCTIONS.values() if "VpcConfig" in one]
    split = {name: {"Fn::Split": [",", {"Ref": name}]} for name in EMPTY}

    assert networks == [{"Fn::If": ["InPrivateNetwork", split, {"Ref": "AWS::NoValue"}]}] * 9
    assert TEMPLATE["Conditions"]["InPrivateNetwork"] == GIVEN["SubnetIds"]


def test_subnets_and_security_groups_come_together_or_not_at_all():
    [rule] = TEMPLATE["Rules"]["NetworkComesWhole"]["Assertions"]

    assert rule["Assert"] == {
        "Fn::Or": [{"Fn::And": list(EMPTY.values())}, {"Fn::And": list(GIVEN.values())}],
    }
    assert rule["AssertDescription"].startswith("Give both SubnetIds and SecurityGroupIds")


@pytest.mark.parametrize(
    ("parameter", "text", "taken"),
    [
        pytest.param("SubnetIds", "", True, id="none"),
        pytest.param("SubnetIds", "subnet-0123456789abcdef0", True, id="one"),
        pytest.param("SubnetIds", "subnet-0123456789abcdef0,subnet-01234567", True, id="two"),
        pytest.param("SubnetIds", "subnet-0123456789abcdef0, subnet-01234567", False, id="space"),
        pytest.param("SubnetIds", "sg-0123456789abcdef0", False, id="of another kind"),
        pytest.param("SecurityGroupIds", "sg-0123456789abcdef0,sg-01234567", True, id="groups"),
        pytest.param("SecurityGroupIds", "default", False, id="a group's name"),
        pytest.param("CertificateAuthoritySecretArn", "", True, id="no authorities"),
        pytest.param("CertificateAuthoritySecretArn", SECRET, True, id="a secret"),
        pytest.param("CertificateAuthoritySecretArn", SECRET.replace("aws:", "aws-cn:"), True, id="in China"),
        pytest.param("CertificateAuthoritySecretArn", SECRET.removesuffix("-AbCdEf"), False, id="an incomplete ARN"),
        pytest.param("CertificateAuthoritySecretArn", "lorawan/authorities", False, id="a secret's name"),
        pytest.param("CertificateAuthoritySecretArn", "-----BEGIN CERTIFICATE-----", False, id="the bundle itself"),
    ],
)
def test_a_parameter_takes_what_aws_takes_and_refuses_the_rest_at_once(parameter, text, taken):
    assert bool(re.fullmatch(PARAMETERS[parameter]["AllowedPattern"], text)) == taken
