"""What ``thingsync redrive`` tells of a thing is where it stands when all its messages are served, in any order."""

import pytest

from tests.model.redriving import Redrive, calm, flapping, outage, storm

SEEDS = range(200)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(outage, calm, id="the-outage-is-over"),
        pytest.param(outage, outage, id="the-outage-goes-on"),
        pytest.param(outage, flapping, id="it-comes-and-goes"),
        pytest.param(storm, calm, id="after-a-storm"),
        pytest.param(storm, storm, id="in-a-storm"),
    ],
)
def test_every_outcome_is_reported_and_none_that_does_not_last(before, after):
    redrives = [each for each in (Redrive(seed, before=before, after=after) for seed in SEEDS) if each.planned]

    assert len(redrives) > len(SEEDS) / 2
    assert [(each.told, each.stands) for each in redrives if each.told not in (None, each.stands)] == []
    assert [each.stands for each in redrives if each.told is None and not each.is_told_in_the_end()] == []
