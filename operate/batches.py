"""Taking a stream in pieces, so that memory does not grow with it."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

# As many connections as a boto3 client keeps open.
WIDTH = 10


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def looked_up(look_up: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
    """Map ``look_up``, which waits for answers, over ``items`` in their order, ``WIDTH`` at a time."""
    with ThreadPoolExecutor(WIDTH) as pool:
        for batch in batches(items, WIDTH):
            yield from pool.map(look_up, batch)
