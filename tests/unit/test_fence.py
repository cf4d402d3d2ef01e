"""A run works on its thing only while it holds it."""

import pytest

from tests.fakes.journal import FakeJournal
from tests.journal_samples import CREATED, UPDATE, accepted, append
from tests.samples import MARK
from workflows.errors import SupersededError
from workflows.steps.fence import held_state


def test_a_run_that_holds_its_thing_gets_the_state():
    journal = FakeJournal()
    state = append(journal, accepted())

    assert held_state(journal, MARK) == state


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param([], id="nobody has accepted anything"),
        pytest.param([accepted(), CREATED], id="it was done before"),
        pytest.param([accepted(), accepted(UPDATE)], id="another run has taken the thing over"),
    ],
)
def test_a_run_that_does_not_hold_its_thing_is_superseded(facts):
    journal = FakeJournal()
    append(journal, *facts)

    with pytest.raises(SupersededError, match=f"Another run took the thing over while run {MARK.run} was stopped"):
        held_state(journal, MARK)
