"""A notebook's file ► compressed parts that fit into the journal's table ► the file again, on another machine.

Neither the file nor its parts are ever in memory as a whole.
"""

import zlib
from collections.abc import Iterator
from pathlib import Path

from workflows.errors import UnexpectedAnswerError
from workflows.ports.reconciling import Shelf

# DynamoDB takes items of 400 KB.
PART_BYTES = 350_000
_BLOCK_BYTES = 1 << 20


def leave(shelf: Shelf, run: str, path: Path) -> int:
    """Return how many parts there are."""
    parts = 0
    for part in parts_of(path):
        shelf.put(run, part, parts)
        parts += 1
    return parts


def take(shelf: Shelf, run: str, parts: int, path: Path) -> None:
    """Write the file.

    Raises:
        UnexpectedAnswerError: the parts are not all. Lambda may begin an invocation twice, and one writes over the
            other's.
    """
    unpacking = zlib.decompressobj()
    with path.open("wb") as file:
        for part in range(parts):
            file.write(unpacking.decompress(shelf.get(run, part)))
        file.write(unpacking.flush())
    if not unpacking.eof:
        raise UnexpectedAnswerError(f"The notebook of the run {run} ends before its end, after {parts} parts.")


def parts_of(path: Path) -> Iterator[bytes]:
    waiting = bytearray()
    for packed in _packed(path):
        waiting += packed
        while len(waiting) >= PART_BYTES:
            yield bytes(waiting[:PART_BYTES])
            del waiting[:PART_BYTES]
    if waiting:
        yield bytes(waiting)


def _packed(path: Path) -> Iterator[bytes]:
    packing = zlib.compressobj(level=1)
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            yield packing.compress(block)
    yield packing.flush()
