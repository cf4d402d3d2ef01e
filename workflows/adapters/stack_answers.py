"""Answers to CloudFormation: one PUT to the address that came with a custom resource's request."""

from collections.abc import Mapping

import orjson
import urllib3

# ConfigureFunction's timeout must hold both.
CONNECT_TIMEOUT_S = 1.0
READ_TIMEOUT_S = 4.0
ANSWER_TIMEOUT_S = CONNECT_TIMEOUT_S + READ_TIMEOUT_S

_TIMEOUT = urllib3.Timeout(connect=CONNECT_TIMEOUT_S, read=READ_TIMEOUT_S)


class StackAnswerLostError(Exception):
    """CloudFormation could not be told. The text leaves the address out: whoever has it may answer."""


def put_answer(address: str, answer: Mapping[str, str]) -> None:
    """Send ``answer`` to ``address``, a presigned URL.

    Raises:
        StackAnswerLostError: no connection, or CloudFormation takes no answer to this request any more.
    """
    pool = urllib3.PoolManager(timeout=_TIMEOUT, retries=False)
    # The signature covers an empty content type.
    try:
        taken = pool.request("PUT", address, body=orjson.dumps(answer), headers={"content-type": ""})
    except urllib3.exceptions.HTTPError as error:
        raise StackAnswerLostError(f"CloudFormation could not be told ({type(error).__name__}).") from None
    if taken.status >= 400:
        raise StackAnswerLostError(f"CloudFormation refused the answer (HTTP {taken.status}): it is late or a second.")
