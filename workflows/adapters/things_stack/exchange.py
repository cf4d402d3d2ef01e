"""One call to the server it is for: its answer if it was accepted, else what to raise."""

from workflows.adapters.things_stack.addresses import Addresses
from workflows.adapters.things_stack.answers import Answer
from workflows.adapters.things_stack.calls import Call
from workflows.adapters.things_stack.error_table import exception_for
from workflows.adapters.things_stack.transport import Transport


def accepted(transport: Transport, addresses: Addresses, *, call: Call, api_key: str) -> Answer:
    """Make the call; raise the exception that stands for its refusal."""
    address = addresses.identity if call.server == "IS" else addresses.cluster
    answer = transport.exchange(call, address, api_key)
    if not answer.accepted:
        raise exception_for(call, answer)
    return answer
