"""Facts as events for the systems beside: what is published, and in which calls."""

from collections.abc import Iterable, Iterator, Mapping

from workflows.values import value

# Source: API_PutEvents.html in the EventBridge API Reference.
EVENTS_AT_ONCE = 10


@value
class Streamed:
    """A fact's item as the table's stream has it. ``number`` is its place there."""

    number: str
    item: Mapping[str, object]


@value
class FactEvent:
    """``name`` is the fact's; ``number`` is its place in the stream; ``detail`` is what subscribers get."""

    number: str
    thing_id: str
    name: str
    at: str
    detail: Mapping[str, object]


@value
class Refusal:
    """The first event of a call that was not taken, and the reason."""

    index: int
    error_name: str


@value
class Published:
    """What became of a batch. ``again_from``: this fact and all after it must be delivered again; None if none must."""

    count: int
    unreadable: tuple[str, ...] = ()
    again_from: str | None = None
    error_name: str = ""


def calls_for(events: Iterable[FactEvent]) -> Iterator[list[FactEvent]]:
    """Divide ``events`` into calls, none with two facts of a thing.

    A call may take some of its events and refuse others. So a later fact never goes out before an earlier one.
    """
    call: list[FactEvent] = []
    for event in events:
        if len(call) == EVENTS_AT_ONCE or any(event.thing_id == other.thing_id for other in call):
            yield call
            call = []
        call.append(event)
    if call:
        yield call
