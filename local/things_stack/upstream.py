"""What The Things Stack makes of a join server's answer to a claim, an unclaim or a read."""

from local.things_stack import definitions
from local.things_stack.claims import DENIED, JoinServerAnswer
from local.things_stack.errors import HTTP_STATUS, Code, StackError

_URL = "https://join-server.example/api/v2/devices/{}"
# The gRPC code of a status that has several is its plainest.
_CODES = {status: code for code, status in HTTP_STATUS.items()} | {
    400: Code.INVALID_ARGUMENT,
    409: Code.ALREADY_EXISTS,
    500: Code.UNKNOWN,
}


def check(method: str, dev_eui: str, answer: JoinServerAnswer) -> None:
    """Raise unless the join server did what ``method`` (``Put``, ``Get`` or ``Delete``) asks."""
    if not 200 <= answer.status < 300:
        raise _refusal(method, dev_eui, answer)


def check_batch(dev_euis: list[str], answer: JoinServerAnswer) -> None:
    """Raise if the join server refuses a call about several devices as a whole."""
    if answer.status == 400 and not answer.message:
        raise definitions.UNCLAIM_DEVICES()
    if not 200 <= answer.status < 300:
        raise _any_refusal("Delete", f"{','.join(dev_euis)}/claims", answer)


def _refusal(method: str, dev_eui: str, answer: JoinServerAnswer) -> StackError:
    status, claiming = answer.status, method == "Put"
    if status == 404:
        return (definitions.DEVICE_NOT_PROVISIONED if claiming else definitions.DEVICE_NOT_CLAIMED)(dev_eui=dev_eui)
    if status == 403 and (answer == DENIED or not claiming):
        return definitions.DEVICE_ACCESS_DENIED(dev_eui=dev_eui)
    if status == 403:
        return definitions.INTERNAL_ERROR(message=answer.message)
    return _any_refusal(method, f"{dev_eui}/claim", answer)


def _any_refusal(method: str, path: str, answer: JoinServerAnswer) -> StackError:
    if answer.status == 0:
        return definitions.REQUEST(op=method, url=_URL.format(path))
    if answer.status == 400:
        return definitions.INTERNAL_ERROR(message=answer.message)
    if answer.status == 401:
        return definitions.CREDENTIALS()
    return definitions.join_server_answered(_CODES.get(answer.status, Code.UNKNOWN))()
