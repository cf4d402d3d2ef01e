"""``.local/env``: shell lines that point the AWS CLI, boto3 and curl at the local cloud."""

import shlex
from collections.abc import Mapping
from pathlib import Path

from local.emulator import aws_environment
from local.places import ROOT, STACK_NAME, STATE
from local.private import write_private
from local.stacks import Outputs
from local.things_stacks import ThingsStack

# Our variable: the stack's output.
OUTPUTS = {
    "QUEUE_URL": "QueueUrl",
    "DLQ_URL": "DeadLetterQueueUrl",
    "STATE_MACHINE_ARN": "StateMachineArn",
}

# Version 1 of the AWS CLI ignores AWS_ENDPOINT_URL for `aws sqs`: it has an address of its own for it in each region.
# The path is that of `make`, for who has no AWS CLI; the words are right in sh, bash and zsh.
AWS_CLI = """aws() {{
  "$(unset -f aws; command -v aws || echo {path})" ${{AWS_ENDPOINT_URL:+"--endpoint-url=$AWS_ENDPOINT_URL"}} "$@"
}}
"""


def exports(things_stack: ThingsStack, outputs: Outputs, stack_name: str = STACK_NAME) -> dict[str, str]:
    return {
        **aws_environment(),
        "TTS_URL": things_stack.url,
        "TTS_APPLICATION": things_stack.application_id,
        "TTS_API_KEY": things_stack.api_key,
        **({"TTS_IDENTITY_SERVER": things_stack.identity_server} if things_stack.identity_server else {}),
        "STACK_NAME": stack_name,
        **{variable: outputs[output] for variable, output in OUTPUTS.items()},
    }


def write_exports(variables: Mapping[str, str], file: Path = STATE / "env") -> None:
    """Write them for ``source .local/env``; the file holds both clouds' keys, so it is the user's alone."""
    lines = [f"export {name}={shlex.quote(value)}\n" for name, value in variables.items()]
    path = shlex.quote(str(ROOT / ".venv" / "bin" / "aws"))
    write_private(file, "".join(lines) + AWS_CLI.format(path=path))
