"""What AWS refuses, in sentences for whoever runs the command."""

import re

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, NoRegionError, ProfileNotFound
from botocore.exceptions import ConnectionError as BotoConnectionError
from botocore.exceptions import NoCredentialsError as BotoNoCredentialsError

from operate.errors import MissingRightError, NoAnswerError, NoCredentialsError, OperateError, RefusedError
from workflows.adapters.aws import code_of
from workflows.errors import SyncError, TransientError

EXPECTED = (BotoCoreError, ClientError, OperateError, SyncError)

_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedException", "UnauthorizedOperation"}
_UNKNOWN_CALLER = {
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
# AWS names both in its message, if it names anything: "… to perform: <action> on resource: <ARN> because …".
_ACTION = re.compile(r"perform: (?P<action>[\w-]+:\w+)(?: on resource: (?P<resource>\S+))?")


def named(error: Exception, command: str) -> OperateError:
    """Say what ``error``, one of ``EXPECTED``, means to whoever called ``command``."""
    match error:
        case OperateError():
            return error
        case ClientError():
            return _refused(error, command)
        case BotoNoCredentialsError() | NoRegionError() | ProfileNotFound():
            return NoCredentialsError(
                f"{str(error).rstrip('.')}. Set AWS_PROFILE and AWS_REGION, give --profile and --region, "
                "or --local for the local cloud."
            )
        case HTTPClientError() | BotoConnectionError():
            return NoAnswerError(
                f"AWS could not be reached: {str(error).rstrip('.')}. With --local, is the local cloud up (make up)?"
            )
        case TransientError():
            return NoAnswerError(f"{error} Try again in a moment.")
    return RefusedError(str(error))


def _refused(error: ClientError, command: str) -> OperateError:
    code, message = code_of(error), error.response["Error"].get("Message", "")
    if code in _DENIED:
        return _missing_right(error, command, message)
    if code in _UNKNOWN_CALLER:
        return NoCredentialsError(f"AWS does not accept the credentials ({code}): {message} Log in again.")
    return RefusedError(f"AWS refused {error.operation_name} ({code}): {message}")


def _missing_right(error: ClientError, command: str, message: str) -> MissingRightError:
    told = _ACTION.search(message)
    action = told["action"] if told else error.operation_name
    resource = f" on {told['resource']}" if told and told["resource"] else ""
    return MissingRightError(
        f"`thingsync {command}` needs the right {action}{resource}, which your role does not have. "
        "Ask whoever grants rights in this account for it."
    )
