"""Which things are the stack's. Pure."""

from dataclasses import dataclass

from workflows.domain.event import RegistryEvent, Relevance, relevance

# Whose things are given up by the pipeline.
OTHERS: tuple[Relevance, ...] = ("other stack", "other thing type")


@dataclass(frozen=True, slots=True)
class Ours:
    stack_name: str
    thing_type_name: str

    def whose(self, event: RegistryEvent) -> Relevance:
        """Tell it as the pipeline does."""
        return relevance(event, stack_name=self.stack_name, thing_type_name=self.thing_type_name)
