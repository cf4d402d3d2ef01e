"""Which things belong to the stack."""

from workflows.domain.event import RegistryEvent, Relevance, relevance
from workflows.values import value

# The pipeline releases the devices of these things.
NOT_OURS: tuple[Relevance, ...] = ("other stack", "other thing type")


@value
class StackScope:
    stack_name: str
    thing_type_name: str

    def relevance(self, event: RegistryEvent) -> Relevance:
        """Return whose thing the event is about, by the pipeline's own rule."""
        return relevance(event, stack_name=self.stack_name, thing_type_name=self.thing_type_name)
