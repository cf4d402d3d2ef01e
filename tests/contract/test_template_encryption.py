"""What holds events or secrets is encrypted with the stack's key, and the key is open to whom it must be."""

import fnmatch

import pytest

from tests.contract.sam_template import KEY, RESOURCES, TEMPLATE, of_type
from tests.contract.template_policies import as_list

ENCRYPTED_BY = {
    "AWS::SQS::Queue": "KmsMasterKeyId",
    "AWS::Logs::LogGroup": "KmsKeyId",
    "AWS::SecretsManager::Secret": "KmsKeyId",
}
STORES = [
    pytest.param(properties, name, id=logical_id)
    for resource_type, name in ENCRYPTED_BY.items()
    for logical_id, properties in of_type(resource_type).items()
]
STATEMENTS = RESOURCES["EncryptionKey"]["Properties"]["KeyPolicy"]["Statement"]
MACHINE = RESOURCES["StateMachine"]["Properties"]

GUARDS = {
    "Account": [],
    "LogGroups": ["kms:EncryptionContext:aws:logs:arn"],
    "LogDelivery": ["kms:EncryptionContext:SourceArn"],
}


@pytest.mark.parametrize(("properties", "name"), STORES)
def test_a_store_is_encrypted_with_the_stacks_key(properties, name):
    assert properties[name] == KEY


# Except after a first deployment that failed, when there is nothing to keep.
STAYS = ("RetainExceptOnCreate", "Retain")


def test_the_journal_is_encrypted_with_it_too_and_stays_when_the_stack_is_deleted():
    journal = RESOURCES["JournalTable"]

    assert journal["Properties"]["SSESpecification"] == {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": KEY}
    assert journal["Properties"]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert (journal["DeletionPolicy"], journal["UpdateReplacePolicy"]) == STAYS


def test_the_machine_is_encrypted_and_its_log_holds_no_data():
    assert MACHINE["EncryptionConfiguration"]["Type"] == "CUSTOMER_MANAGED_KMS_KEY"
    assert MACHINE["EncryptionConfiguration"]["KmsKeyId"] == KEY
    assert MACHINE["LoggingConfiguration"]["IncludeExecutionData"] is False


def test_the_key_stays_when_the_stack_is_deleted():
    key = RESOURCES["EncryptionKey"]

    assert (key["DeletionPolicy"], key["UpdateReplacePolicy"]) == STAYS


def test_the_key_is_open_to_each_under_its_own_condition():
    guarded = {
        one["Sid"]: [key for test in one.get("Condition", {}).values() for key in test]
        for one in STATEMENTS
        if one["Effect"] == "Allow"
    }

    assert guarded == GUARDS


def test_the_key_is_open_to_nobody_in_general():
    principals = [value for one in STATEMENTS for value in one["Principal"].values()]

    assert "*" not in principals


def test_the_keys_policy_names_no_role_since_kms_may_not_see_a_new_one_yet():
    people = [one["Principal"]["AWS"] for one in STATEMENTS if "AWS" in one["Principal"]]

    assert people == [{"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}]


def test_the_key_encrypts_every_log_group_of_the_stack():
    (guard,) = (one for one in STATEMENTS if one["Sid"] == "LogGroups")
    patterns = [
        pattern["Fn::Sub"].split(":log-group:")[1]
        for pattern in guard["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"]
    ]

    for group in of_type("AWS::Logs::LogGroup").values():
        assert any(fnmatch.fnmatchcase(group["LogGroupName"]["Fn::Sub"], pattern) for pattern in patterns)


def test_log_groups_keep_lines_for_the_days_given_and_are_deleted_with_the_stack():
    groups = of_type("AWS::Logs::LogGroup")

    assert set(groups) == {
        f"{one}LogGroup" for one in ("Functions", "Things", "StateMachine", "ActivityApi", "Reconcile")
    }
    assert {str(one["RetentionInDays"]) for one in groups.values()} == {"{'Ref': 'LogRetentionDays'}"}
    assert {RESOURCES[name]["DeletionPolicy"] for name in groups} == {"Delete"}


def test_all_functions_write_one_log_group_in_json():
    assert TEMPLATE["Globals"]["Function"]["LoggingConfig"] == {
        "LogGroup": {"Ref": "FunctionsLogGroup"},
        "LogFormat": "JSON",
    }


@pytest.mark.parametrize("queue", sorted(of_type("AWS::SQS::Queue")))
def test_a_queue_and_the_machine_use_a_data_key_for_the_same_time(queue):
    machine_s = MACHINE["EncryptionConfiguration"]["KmsDataKeyReusePeriodSeconds"]

    assert RESOURCES[queue]["Properties"]["KmsDataKeyReusePeriodSeconds"] == machine_s


def test_every_principal_of_a_service_may_only_use_the_key():
    actions = {action for one in STATEMENTS if "Service" in one["Principal"] for action in as_list(one["Action"])}

    assert actions <= {"kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"}
