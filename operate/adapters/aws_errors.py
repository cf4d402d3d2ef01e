"""Errors of AWS ► sentences for the person who runs the command."""

import re

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as BotoConnectionError

from operate.adapters.aws import AwsAccess, Clients
from operate.adapters.credentials_errors import (
    CREDENTIAL_ERRORS,
    explained_refusal,
    explained_setting,
    unknown_region,
)
from operate.errors import MissingRightError, NoAnswerError, OperateError, RefusedError, WrongInputError
from workflows.adapters.aws import code_of
from workflows.errors import SyncError, TransientError

EXPECTED = (BotoCoreError, ClientError, OperateError, SyncError)

_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedException", "UnauthorizedOperation"}
# AWS's message: "User: <ARN> is not authorized to perform: <action> on resource: <ARN> because …", or less.
_CALLER = re.compile(r"User: (?P<arn>\S+)")
_ACTION = re.compile(r"perform: (?P<action>[\w-]+:\w+)(?: on resource: (?P<resource>\S+))?(?P<because> because .+)?")
_NO_NAME = (
    "That is no name of a thing: it must be 1 to 128 letters, digits, `:`, `_` and `-`. To find things by a part of "
    "the name: thingsync list --name 'pump-*'"
)
_UNKNOWN = Clients(AwsAccess())


def explained(error: Exception, command: str, clients: Clients = _UNKNOWN) -> OperateError:
    """Return what ``error``, one of ``EXPECTED``, means to the caller of ``command``, who uses ``clients``."""
    if isinstance(error, CREDENTIAL_ERRORS):
        return explained_setting(error, clients)
    match error:
        case OperateError():
            return error
        case ClientError():
            return _refused(error, command, clients)
        case HTTPClientError() | BotoConnectionError():
            return NoAnswerError(_unreachable(error, clients))
        case TransientError():
            return NoAnswerError(f"{str(error).rstrip('.')}. Try again in a moment.")
    return RefusedError(str(error))


def _unreachable(error: Exception, clients: Clients) -> str:
    if clients.is_local:
        return f"The local cloud does not answer at {clients.access.endpoint_url}. Start it: make up"
    hint = unknown_region(clients) or "Check the network, the region and AWS_ENDPOINT_URL."
    return f"AWS could not be reached: {str(error).rstrip('.')}. {hint}"


def _refused(error: ClientError, command: str, clients: Clients) -> OperateError:
    code, message = code_of(error), error.response["Error"].get("Message", "")
    if code in _DENIED:
        return _missing_right(error, command, message, clients)
    if code == "InvalidRequestException" and error.operation_name == "DescribeThing":
        return WrongInputError(_NO_NAME)
    about_credentials = explained_refusal(code, clients)
    return about_credentials or RefusedError(f"AWS refused {error.operation_name} ({code}): {message}")


def _missing_right(error: ClientError, command: str, message: str, clients: Clients) -> MissingRightError:
    if clients.is_local:
        return MissingRightError(f"The local cloud refused {error.operation_name}: {message} Start it again: make up")
    found, caller = _ACTION.search(message), _CALLER.search(message)
    action = found["action"] if found else error.operation_name
    resource = f" on {found['resource']}" if found and found["resource"] else ""
    because = f" AWS says:{found['because']}." if found and found["because"] else ""
    role = caller["arn"] if caller else "your role"
    return MissingRightError(
        f"`thingsync {command}` needs the permission {action}{resource}, which {role} lacks.{because} "
        "Ask the administrator of this account for it."
    )
