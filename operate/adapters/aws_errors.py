"""Errors of AWS ► sentences for the person who runs the command."""

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
# AWS names both in its message, or neither: "… to perform: <action> on resource: <ARN> because …".
_ACTION = re.compile(r"perform: (?P<action>[\w-]+:\w+)(?: on resource: (?P<resource>\S+))?")


def explained(error: Exception, command: str) -> OperateError:
    """Return what ``error``, one of ``EXPECTED``, means to the caller of ``command``."""
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
                f"AWS could not be reached: {str(error).rstrip('.')}. With --local: is the local cloud up (make up)?"
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
    found = _ACTION.search(message)
    action = found["action"] if found else error.operation_name
    resource = f" on {found['resource']}" if found and found["resource"] else ""
    return MissingRightError(
        f"`thingsync {command}` needs the permission {action}{resource}, which your role lacks. "
        "Ask the administrator of this account for it."
    )
