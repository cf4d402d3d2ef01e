"""A notebook goes from one machine to another in parts that an item of the table has room for."""

import random

import pytest

from workflows.adapters.drift import shelf
from workflows.errors import UnexpectedAnswerError
from workflows.ports.reconciling import Shelf


class Shelves(Shelf):
    def __init__(self):
        self.parts = {}

    def put(self, run, notes, part):
        self.parts[run, part] = notes

    def get(self, run, part):
        return self.parts[run, part]


@pytest.mark.parametrize(("size", "count"), [(1, 1), (100_000, 1), (3_000_000, 9)])
def test_a_file_comes_out_as_it_was_put_in(tmp_path, size, count):
    here, there, shelves = tmp_path / "here", tmp_path / "there", Shelves()
    here.write_bytes(random.Random(7).randbytes(size))  # random bytes are packed into no less
    there.write_bytes(b"of an earlier run")

    parts = shelf.leave(shelves, "run", here)
    shelf.take(shelves, "run", parts, there)

    assert (parts, there.read_bytes()) == (count, here.read_bytes())
    assert max(map(len, shelves.parts.values())) <= shelf.PART_BYTES


def test_a_file_of_which_parts_are_missing_is_refused(tmp_path):
    here, shelves = tmp_path / "here", Shelves()
    here.write_bytes(random.Random(7).randbytes(1_000_000))
    parts = shelf.leave(shelves, "run", here)

    with pytest.raises(UnexpectedAnswerError, match="notebook of the run run ends before its end, after 2 parts"):
        shelf.take(shelves, "run", parts - 1, tmp_path / "there")
