"""Several calls at once."""

from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from workflows.domain.batches import batches

T = TypeVar("T")
R = TypeVar("R")

# A boto3 client keeps this many connections open.
MAX_CONCURRENT = 10


def map_concurrently(call: Callable[[T], R], items: Iterable[T]) -> Generator[R, None, None]:
    """Map ``call`` over ``items``, ``MAX_CONCURRENT`` at a time; the results keep the order of the items."""
    with ThreadPoolExecutor(MAX_CONCURRENT) as pool:
        for batch in batches(items, MAX_CONCURRENT):
            yield from pool.map(call, batch)
