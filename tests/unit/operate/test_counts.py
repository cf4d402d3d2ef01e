"""What is said of a fleet that was not counted to the end."""

import pytest

from operate.views.counts import STATUSES, Counted, counts_of

NONE = dict.fromkeys(STATUSES, Counted(0))
UNFINISHED = Counted(10_000, is_all=False, methods={"created": 9_000, "claimed": 1_000})


def test_what_was_counted_is_exact_and_needs_no_estimate():
    counts = counts_of(NONE | {"registered": Counted(7, methods={"created": 7}), "failed": Counted(2)})

    assert (counts.things["registered"], counts.things["failed"], counts.methods) == (7, 2, {"created": 7})
    assert {counts.precision(status) for status in STATUSES} == {"exact"}
    assert not counts.is_estimated


def test_the_rest_of_all_things_is_about_as_many_as_there_are_of_the_status_that_was_not_counted():
    sample = [("registered", "created")] * 75 + [("registered", "claimed")] * 25 + [("failed", None)] * 3

    counts = counts_of(NONE | {"registered": UNFINISHED, "failed": Counted(432)}, 123_888, sample)

    assert (counts.things["registered"], counts.precision("registered")) == (123_000, "about")
    assert counts.methods == {"created": 92_600, "claimed": 30_900, "adopted": 0, "mirrored": 0}
    assert (counts.things["failed"], counts.precision("failed")) == (432, "exact")
    assert counts.is_estimated


def test_several_statuses_share_the_rest_as_in_the_sample():
    sample = [("registered", "created")] * 80 + [("removed", None)] * 20

    counts = counts_of(NONE | {"registered": UNFINISHED, "removed": Counted(9_500, is_all=False)}, 100_000, sample)

    assert (counts.things["registered"], counts.things["removed"]) == (80_000, 20_000)
    assert (counts.precision("registered"), counts.precision("removed")) == ("about", "about")


def test_a_method_that_is_too_rare_for_the_sample_has_as_many_things_as_were_counted():
    few = Counted(10_000, is_all=False, methods={"created": 9_996, "claimed": 4})

    counts = counts_of(NONE | {"registered": few}, 100_000, [("registered", "created")] * 50)

    assert counts.methods == {"created": 100_000, "claimed": 4, "adopted": 0, "mirrored": 0}


@pytest.mark.parametrize("stored", [0, 500, 10_000])
def test_a_count_older_than_what_was_counted_makes_it_a_lower_bound(stored):
    counts = counts_of(NONE | {"registered": UNFINISHED}, stored, [("registered", "created")])

    assert (counts.things["registered"], counts.precision("registered")) == (10_000, "atLeast")
    assert counts.methods == {"created": 9_000, "claimed": 1_000}


def test_without_a_sample_there_is_only_a_lower_bound():
    counts = counts_of(NONE | {"registered": UNFINISHED}, 100_000)

    assert (counts.things["registered"], counts.precision("registered")) == (10_000, "atLeast")
