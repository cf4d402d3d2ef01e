"""Parameters explain themselves and refuse nonsense at once; outputs show the defaults in use."""

import re

import pytest
import yaml

from tests.contract.sam_template import PARAMETERS, PATH, RESOURCES, TEMPLATE
from workflows.adapters.things_stack.addresses import Address
from workflows.domain import lorawan
from workflows.errors import StackConfigurationError

INTERFACE = TEMPLATE["Metadata"]["AWS::CloudFormation::Interface"]
OUTPUTS = TEMPLATE["Outputs"]

# Properties that name a resource; without them CloudFormation makes a name of the stack's.
NAMES = {
    *("AlarmName", "DashboardName", "FunctionName", "LogGroupName", "ManagedPolicyName", "Name", "QueueName"),
    *("RoleName", "RuleName", "StateMachineName", "TopicName"),
}
# Types that name another resource where others name themselves.
NAMES_OF_OTHERS = {"AWS::Lambda::Permission", "AWS::Logs::MetricFilter"}
each_parameter = pytest.mark.parametrize("parameter", sorted(PARAMETERS))


@each_parameter
def test_a_parameter_is_described_and_bounded(parameter):
    given = PARAMETERS[parameter]

    assert given["Description"].endswith(".")
    assert {"AllowedPattern", "AllowedValues", "MinValue"} & set(given)
    assert "ConstraintDescription" in given or "AllowedValues" in given


def test_every_parameter_is_in_one_group_with_a_label():
    grouped = [name for group in INTERFACE["ParameterGroups"] for name in group["Parameters"]]

    assert sorted(grouped) == sorted(PARAMETERS)
    assert set(INTERFACE["ParameterLabels"]) == set(PARAMETERS)


def test_only_the_cluster_and_the_application_must_be_given():
    assert {name for name, one in PARAMETERS.items() if "Default" not in one} == {
        "ClusterAddress",
        "ApplicationId",
        "ApplicationApiKey",
    }


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("eu1.cloud.thethings.network", id="host"),
        pytest.param("localhost:1885", id="host and port"),
        pytest.param("http://127.0.0.1:1885", id="plain http"),
        pytest.param("https://Stack.example.com/", id="https with a slash"),
        pytest.param("https://stack.example.com/api/v3", id="path"),
        pytest.param("ftp://stack.example.com", id="scheme"),
        pytest.param("stack.example.com:", id="colon without port"),
        pytest.param("-stack.example.com", id="dash in front"),
        pytest.param("", id="empty"),
    ],
)
def test_the_template_takes_the_addresses_that_the_client_takes(address):
    assert bool(re.fullmatch(PARAMETERS["ClusterAddress"]["AllowedPattern"], address)) == _is_address(address)


@pytest.mark.parametrize("text", ["0", "1", "100", "1000000"])
def test_the_limit_on_removals_is_a_whole_number(text):
    pattern = PARAMETERS["DeletionsPerHour"]["AllowedPattern"]

    assert re.fullmatch(pattern, text)
    assert not any(re.fullmatch(pattern, each) for each in (f"{text}.0", f"{text}e2", f"-{text}", f"0{text}", ""))


def _is_address(text):
    try:
        Address.parse("ClusterAddress", text)
    except StackConfigurationError:
        return False
    return True


def test_every_claim_version_on_offer_is_known():
    macs = [text for text in PARAMETERS["ClaimLoRaWANVersion"]["AllowedValues"] if text]
    phys = [text for text in PARAMETERS["ClaimRegionalParametersVersion"]["AllowedValues"] if text]

    assert ", ".join(macs) == lorawan.ACCEPTED_LORAWAN_VERSIONS
    assert ", ".join(phys) == lorawan.ACCEPTED_REGIONAL_PARAMETERS_VERSIONS


def test_every_output_is_described():
    assert all(output["Description"] for output in OUTPUTS.values())


@pytest.mark.parametrize(
    ("output", "variable"),
    [
        ("FrequencyPlanId", "FREQUENCY_PLAN_ID"),
        ("ClaimLoRaWANVersion", "CLAIM_LORAWAN_VERSION"),
        ("ClaimRegionalParametersVersion", "CLAIM_REGIONAL_PARAMETERS_VERSION"),
    ],
)
def test_an_output_shows_the_default_that_the_functions_use(output, variable):
    variables = RESOURCES["DispatchFunction"]["Properties"]["Environment"]["Variables"]

    assert OUTPUTS[output]["Value"] == variables[variable]


def test_given_names_contain_the_stacks_name():
    """Two stacks fit in one account and region."""
    named = {
        (logical_id, key): value
        for logical_id, resource in RESOURCES.items()
        for key, value in resource["Properties"].items()
        if key in NAMES and resource["Type"] not in NAMES_OF_OTHERS
    }

    assert ("RegistryEvents", "QueueName") in named
    assert [key for key, value in named.items() if "AWS::StackName" not in str(value)] == []


def test_the_template_has_no_yaml_alias_since_cloudformation_reads_none():
    assert not [event for event in yaml.parse(PATH.read_text()) if isinstance(event, yaml.AliasEvent)]
