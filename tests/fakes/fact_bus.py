"""An event bus that takes events until it is to refuse one."""

from workflows.domain.publishing import Refusal
from workflows.ports.publishing import FactBus


class FakeFactBus(FactBus):
    """``calls``: the numbers of the events of each call; ``taken``: those that subscribers get.

    ``refuses``: numbers that are refused; ``raises``: what the next call raises.
    """

    def __init__(self, refuses=(), raises=None):
        self.calls, self.taken, self.refuses, self.raises = [], [], refuses, raises

    def put(self, events):
        if self.raises:
            raise self.raises
        self.calls.append([event.number for event in events])
        self.taken += [event.number for event in events if event.number not in self.refuses]
        refused = [index for index, event in enumerate(events) if event.number in self.refuses]
        return Refusal(refused[0], "ThrottlingException") if refused else None
