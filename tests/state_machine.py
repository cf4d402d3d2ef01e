"""The state machine as it is written, and as CloudFormation deploys it."""

import re
from pathlib import Path

ACCOUNT, REGION = "123456789012", "eu-west-1"
DEFINITION = (Path(__file__).parents[1] / "statemachine.asl.json").read_text(encoding="utf-8")


def deployed(dead_letter_queue_url):
    """Return the definition with its substitutions filled in."""
    function = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:"
    with_functions = re.sub(r"\$\{(\w+Function)Arn\}", rf"{function}\1", DEFINITION)
    return with_functions.replace("${Partition}", "aws").replace("${RegistryEventsDLQUrl}", dead_letter_queue_url)
