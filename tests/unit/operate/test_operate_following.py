"""Work with a progress bar that is interrupted."""

import threading

import pytest

from operate.rendering.console import follow
from workflows.steps.concurrency import MAX_CONCURRENT, map_concurrently


def test_an_interruption_ends_the_work_behind_a_bar_before_anything_else_happens():
    begun, ended, reported = [], [], []
    all_began, is_interrupted = threading.Barrier(MAX_CONCURRENT), threading.Event()

    def work(number):
        begun.append(number)
        all_began.wait(60)
        if number:
            is_interrupted.wait(60)
        ended.append(number)
        return number

    def interrupted(_number):
        is_interrupted.set()
        raise KeyboardInterrupt("at once")

    def follow_and_report():
        try:
            follow("Written", map_concurrently(work, range(100)), interrupted, total=100)
        finally:
            reported.extend((sorted(begun), sorted(ended), _workers()))

    with pytest.raises(KeyboardInterrupt, match="at once"):
        follow_and_report()

    everything = list(range(MAX_CONCURRENT))
    assert reported == [everything, everything, []]


def _workers():
    return [each.name for each in threading.enumerate() if each.name.startswith("ThreadPoolExecutor")]


def test_what_has_no_end_of_its_own_is_followed_as_well():
    seen = []

    follow("Written", [1, 2, 3], seen.append, total=3)

    assert seen == [1, 2, 3]
