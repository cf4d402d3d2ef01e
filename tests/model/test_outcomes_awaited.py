"""What ``thingsync redrive`` reports of a thing is its status when all its messages are processed, in any order."""

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
    assert [(each.reported, each.status) for each in redrives if each.reported not in (None, each.status)] == []
    assert [each.status for each in redrives if each.reported is None and not each.is_reported_in_the_end()] == []
