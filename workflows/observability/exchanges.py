"""An exchange with The Things Stack: traced, and counted where it was refused for rate or got no usable answer."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from workflows.observability.metrics import count
from workflows.observability.tracing import traced_exchange

TOO_MANY_REQUESTS = 429
SERVER_ERRORS = 500


@contextmanager
def counted_exchange(host: str, method: str, url: str, *, stack_name: str) -> Iterator[Callable[[int, int], None]]:
    """Enclose one exchange over HTTP; the caller reports its status and the length of the body in bytes."""
    try:
        with traced_exchange(host, method, url) as traced:

            def answered(status: int, length: int) -> None:
                traced(status, length)
                _count_refusal(status, stack_name)

            yield answered
    except Exception:
        count("CallsUnanswered", stack_name=stack_name)
        raise


def _count_refusal(status: int, stack_name: str) -> None:
    if status == TOO_MANY_REQUESTS:
        count("CallsThrottled", stack_name=stack_name)
    elif status >= SERVER_ERRORS:
        count("CallsUnanswered", stack_name=stack_name)
