"""What holds in a region where the stack's parameters say nothing."""

import fnmatch
import json
import pathlib
import re

import boto3
import pytest

from tests.contract.sam_template import RESOURCES, TEMPLATE
from workflows.domain import lorawan

REGIONS = TEMPLATE["Mappings"]["Regions"]

# First match wins.
PLANS = {
    "us-*": "US_902_928_FSB_2",
    "ca-*": "US_902_928_FSB_2",
    "eu-*": "EU_863_870_TTN",
    "me-*": "EU_863_870_TTN",
    "il-central-1": "IL_917_920_TTN",
    "ap-south-*": "IN_865_867",
    "ap-southeast-[15]": "AS_920_923",
    "ap-southeast-2": "AU_915_928_FSB_2",
    "ap-east-1": "AS_923_925",
    "ap-northeast-1": "AS_920_923_TTN_JP_1",
    "ap-northeast-2": "KR_920_923_TTN",
    "sa-east-1": "AU_915_928_FSB_2",
    "cn-*": "CN_470_510_FSB_11",
}


def regions_with(*services):
    """Return the regions in which botocore has an endpoint of one of these services, in every partition."""
    session = boto3.Session()
    return {
        region
        for partition in session.get_available_partitions()
        for service in services
        for region in session.get_available_regions(service, partition_name=partition)
    }


WITH_IOT = regions_with("iot")
WITHOUT_IOT = regions_with("lambda", "sqs", "stepfunctions") - WITH_IOT


def plan_of(region):
    return next(plan for pattern, plan in PLANS.items() if fnmatch.fnmatchcase(region, pattern))


def default_in(region, setting):
    """Resolve what every use of the mapping resolves to."""
    variables = RESOURCES["DispatchFunction"]["Properties"]["Environment"]["Variables"]
    _, _, looked_up = variables[setting]["Fn::If"]
    _, _, key, otherwise = looked_up["Fn::FindInMap"]
    return REGIONS.get(region, {}).get(key, otherwise["DefaultValue"])


def test_every_region_with_aws_iot_has_a_line_and_no_other():
    assert set(REGIONS) == WITH_IOT


def test_a_region_without_aws_iot_is_refused_at_once():
    rule = TEMPLATE["Rules"]["RegionHasAwsIot"]
    (assertion,) = rule["Assertions"]

    assert "RuleCondition" not in rule
    (refused,) = assertion["Assert"]["Fn::Not"]
    assert refused == {"Fn::Contains": [sorted(WITHOUT_IOT), {"Ref": "AWS::Region"}]}
    assert "AWS IoT Core does not exist in this AWS region" in assertion["AssertDescription"]


def test_the_documents_list_the_regions_that_work():
    section = pathlib.Path("docs/deploying.md").read_text().split("## Regions\n\n")[1].split("\n\n")[0]

    assert sorted(re.findall(r"`([a-z0-9-]+-\d)`", section)) == sorted(WITH_IOT)


def test_every_partition_with_aws_iot_has_a_console():
    session = boto3.Session()
    with_iot = {
        partition
        for partition in session.get_available_partitions()
        if session.get_available_regions("iot", partition_name=partition)
    }

    assert set(TEMPLATE["Mappings"]["Partitions"]) == with_iot


@pytest.mark.parametrize("region", sorted(REGIONS))
def test_a_region_has_the_plan_of_its_part_of_the_world(region):
    assert REGIONS[region]["FrequencyPlanId"] == plan_of(region)


def test_the_things_stack_knows_every_plan():
    plans = json.loads(pathlib.Path("local/things_stack/frequency-plans.json").read_text())
    for_devices = {plan["id"] for plan in plans if plan["end_device"]}

    assert {line["FrequencyPlanId"] for line in REGIONS.values()} <= for_devices


def test_a_region_without_a_line_deploys_with_a_given_plan_only():
    rule = TEMPLATE["Rules"]["RegionHasFrequencyPlan"]
    (assertion,) = rule["Assertions"]

    assert rule["RuleCondition"] == {"Fn::Equals": [{"Ref": "FrequencyPlanId"}, ""]}
    assert assertion["Assert"] == {"Fn::Contains": [sorted(REGIONS), {"Ref": "AWS::Region"}]}
    assert "FrequencyPlanId" in assertion["AssertDescription"]


@pytest.mark.parametrize(
    ("region", "versions"),
    [
        pytest.param("eu-west-1", ("1.0.3", "1.0.3-a"), id="Europe"),
        pytest.param("us-east-1", ("1.0.3", "1.0.3-a"), id="North America"),
        pytest.param("il-central-1", ("1.0.4", "RP002-1.0.3"), id="Israel, whose band knows no older ones"),
        pytest.param("xx-north-1", ("1.0.3", "1.0.3-a"), id="a region without a line"),
    ],
)
def test_claims_without_versions_get_those_of_the_region(region, versions):
    settings = ("CLAIM_LORAWAN_VERSION", "CLAIM_REGIONAL_PARAMETERS_VERSION")

    assert tuple(default_in(region, setting) for setting in settings) == versions


@pytest.mark.parametrize("region", sorted(REGIONS))
def test_the_claim_versions_of_a_region_go_together(region):
    mac = lorawan.lorawan_version(default_in(region, "CLAIM_LORAWAN_VERSION"))
    phy = lorawan.lorawan_phy_version(default_in(region, "CLAIM_REGIONAL_PARAMETERS_VERSION"))

    assert lorawan.is_pair(mac, phy)
