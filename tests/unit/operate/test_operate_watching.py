"""A screen that is shown again until somebody ends it."""

import pytest

from operate.errors import UnknownThingError
from operate.watching import Refresh, watched
from workflows.errors import RegistryUnavailableError


class Screen:
    """Answers each round with the next of ``results``: raises an error, returns anything else."""

    def __init__(self, *results):
        self._results = list(results)

    def __call__(self):
        result = self._results.pop(0)
        if isinstance(result, BaseException):
            raise result
        return result


def slept(pauses):
    return pauses.append


def test_the_last_round_makes_the_result():
    pauses = []

    assert watched(Screen(True, True, False), Refresh(5, 3, slept(pauses))) is False
    assert watched(Screen(False, True), Refresh(5, 2, slept(pauses))) is True
    assert pauses == [5, 5, 5]


def test_ctrl_c_ends_it_while_it_waits_or_reads():
    def interrupted(seconds):
        raise KeyboardInterrupt

    assert watched(Screen(False, True), Refresh(5, None, interrupted)) is False
    assert watched(Screen(True, KeyboardInterrupt()), Refresh(5, None, slept([]))) is True


def test_an_outage_is_shown_and_watched_on(capsys):
    outage = RegistryUnavailableError("AWS did not answer.")

    assert watched(Screen(True, outage, True), Refresh(1, 3, slept([]))) is True
    assert "AWS did not answer." in capsys.readouterr().out


def test_any_other_error_ends_it():
    with pytest.raises(UnknownThingError, match="none"):
        watched(Screen(UnknownThingError("none")), Refresh(1, 2, slept([])))
