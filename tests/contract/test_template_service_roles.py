"""The roles of services: the state machine's is derived from its definition, the rules' from their actions."""

import json
import pathlib

from tests.contract.sam_template import KEY, RESOURCES, of_type, values_in
from tests.contract.template_policies import allowed, statements

STATES = json.loads(pathlib.Path("statemachine.asl.json").read_text())["States"].values()
MACHINE = RESOURCES["StateMachine"]["Properties"]
DEAD_LETTERS = {"Fn::GetAtt": ["RegistryEventsDLQ", "Arn"]}

LOG_DELIVERY = {
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
}
TRACING = {"xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets"}
# Messages, history and definition, and log lines on their way, each under its own encryption context.
KEY_USES = [
    ("kms:EncryptionContext:aws:sqs:arn", ["kms:Decrypt", "kms:GenerateDataKey"]),
    ("kms:EncryptionContext:aws:states:stateMachineArn", ["kms:Decrypt", "kms:GenerateDataKey"]),
    ("kms:EncryptionContext:SourceArn", "kms:GenerateDataKey"),
]


def test_the_machine_may_call_its_states_functions_and_the_dead_letter_queue():
    tasks = [state["Resource"] for state in STATES if state["Type"] == "Task"]
    substitutions = MACHINE["DefinitionSubstitutions"]
    functions = [substitutions[task[2:-1]] for task in tasks if task.endswith("FunctionArn}")]
    called = [(action, one) for action, one in allowed("StateMachineRole") if one not in ("*", KEY)]

    assert sorted(map(str, called)) == sorted(
        map(str, [("lambda:InvokeFunction", one) for one in functions] + [("sqs:SendMessage", DEAD_LETTERS)])
    )
    assert len(tasks) == len(functions) + 1


def test_the_machine_may_log_and_trace():
    unscoped = {action for action, resource in allowed("StateMachineRole") if resource == "*"}

    assert unscoped == LOG_DELIVERY | TRACING


def test_the_machine_uses_the_key_for_its_messages_history_and_log_lines():
    uses = [one for one in statements("StateMachineRole") if one["Resource"] == KEY]

    assert [(next(iter(one["Condition"]["StringEquals"])), one["Action"]) for one in uses] == KEY_USES


def test_the_rules_role_is_assumed_by_the_two_rules_alone():
    (trust,) = RESOURCES["EventRulesRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    names = [one["RuleName"]["Fn::Sub"] for one in of_type("AWS::IoT::TopicRule").values()]
    arn = "arn:${AWS::Partition}:iot:${AWS::Region}:${AWS::AccountId}:rule/"

    # Join and Split: the stack's name, which has no underscore, with one for each dash.
    variables = {"Stack": {"Fn::Join": ["_", {"Fn::Split": ["-", {"Ref": "AWS::StackName"}]}]}}
    assert names == [["${Stack}_ChangeRule", variables], ["${Stack}_DeletionRule", variables]]
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
        "ArnEquals": {"aws:SourceArn": [{"Fn::Sub": [f"{arn}{name}", variables]} for name, variables in names]},
    }


def test_the_rules_role_sends_to_the_queues_of_their_actions():
    targets = {
        value["QueueUrl"]["Ref"]
        for rule in of_type("AWS::IoT::TopicRule").values()
        for value in values_in(rule)
        if isinstance(value, dict) and "QueueUrl" in value
    }

    assert [one for one in allowed("EventRulesRole") if one[0] == "sqs:SendMessage"] == [
        ("sqs:SendMessage", {"Fn::GetAtt": [queue, "Arn"]}) for queue in sorted(targets)
    ]
    assert {action for action, _ in allowed("EventRulesRole")} == {
        "sqs:SendMessage",
        "kms:Decrypt",
        "kms:GenerateDataKey",
    }


def test_the_rules_role_encrypts_for_the_queues_by_iam_alone():
    """The key's policy leaves it to IAM, and a queue that cannot encrypt refuses the event."""
    (use,) = [one for one in statements("EventRulesRole") if one["Resource"] == KEY]
    (queues,) = [one["Resource"] for one in statements("EventRulesRole") if one["Action"] == "sqs:SendMessage"]

    assert use["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert use["Condition"] == {"StringEquals": {"kms:EncryptionContext:aws:sqs:arn": queues}}


def test_the_rules_role_keeps_its_rights_when_an_older_version_is_upgraded():
    """That one put the policy PutEvents on the role from outside; CloudFormation takes it off at last, by its name."""
    names = [one["PolicyName"] for one in RESOURCES["EventRulesRole"]["Properties"]["Policies"]]

    assert names == ["Queues"]
