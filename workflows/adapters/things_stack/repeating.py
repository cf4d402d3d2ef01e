"""Repeats calls of The Things Stack, for who makes thousands of them and has no state machine that would."""

from collections.abc import Callable, Mapping

from workflows.adapters.things_stack.addresses import Addresses
from workflows.adapters.things_stack.answers import Answer
from workflows.adapters.things_stack.calls import Call
from workflows.adapters.things_stack.client import ApiKey
from workflows.adapters.things_stack.inspection import Inspection
from workflows.adapters.things_stack.transport import Transport
from workflows.errors import RegistryThrottledError, RegistryUnavailableError, TransientError

# A rate limit is counted by the minute. A host that does not answer should be reported sooner.
PAUSES_S: Mapping[type[TransientError], tuple[float, ...]] = {
    RegistryThrottledError: (2, 4, 8, 16, 32),
    RegistryUnavailableError: (1, 2, 4),
}


class RepeatingInspection(Inspection):
    def __init__(
        self,
        addresses: Addresses,
        application_id: str,
        *,
        api_key: ApiKey,
        transport: Transport,
        sleep: Callable[[float], None],
    ) -> None:
        super().__init__(addresses, application_id, api_key=api_key, transport=transport)
        self._sleep = sleep

    def ask(self, call: Call) -> Answer:
        pauses = 0
        while True:
            try:
                return super().ask(call)
            except (RegistryThrottledError, RegistryUnavailableError) as error:
                pauses_s = PAUSES_S[type(error)]
                if pauses >= len(pauses_s):
                    raise
                self._sleep(pauses_s[pauses])
                pauses += 1
