"""Puts together, once per Lambda instance, what answers CloudFormation."""

from functools import cache

from workflows.adapters import aws
from workflows.adapters.own_stack import CloudFormationOwnStack
from workflows.adapters.stack_answers import AnswerAddress
from workflows.bootstrap.configuring import configure
from workflows.steps.custom_resource import CustomResource


@cache
def custom_resource() -> CustomResource:
    ensuring = configure()
    return CustomResource(ensuring, CloudFormationOwnStack(aws.cloudformation(), ensuring.deployed.stack_id))


def answer_address(url: str) -> AnswerAddress:
    """Raise ``ForeignAnswerAddressError``."""
    return AnswerAddress.parse(url, aws.cloudformation())
