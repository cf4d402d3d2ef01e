"""A whole fleet is deleted by mistake: its devices stay, and one command makes the things again."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.commands import document, thingsync
from tests.e2e.deployed import deployed
from tests.e2e.field import Simulator, Stack, eventually
from tests.e2e.test_trouble import attributes_of

BRAKED = "braked"
# In an hour. The hour may end in the middle of a test, so none counts on this number alone.
REMOVED = 1


@pytest.fixture(scope="module")
def braked() -> Iterator[Stack]:
    with deployed(BRAKED, {"DeletionsPerHour": str(REMOVED)}) as stack:
        yield stack


def counts() -> Any:
    return document("--stack", BRAKED, "status")["things"]


def delete_all(braked: Stack, names: list[str]) -> int:
    """Delete the things; return how many deletions are held when each has its outcome."""
    before = counts()["removed"]
    for name in names:
        braked.iot.delete_thing(thingName=name)

    def settled() -> int | None:
        found = counts()
        return int(found["failed"]) if found["failed"] + found["removed"] - before == len(names) else None

    return eventually(settled, "deletions carried out or held")


def join_keys(simulator: Simulator, dev_euis: list[str]) -> dict[str, str]:
    records = simulator.state()["js"]
    return {
        each["ids"]["dev_eui"]: str(each["root_keys"])
        for each in records.values()
        if each["ids"]["dev_eui"] in dev_euis
    }


@pytest.mark.usefixtures("unhurried_retries")
def test_a_fleet_that_was_deleted_is_made_again_or_removed_as_its_operator_says(
    braked: Stack, simulator: Simulator, run_id: str
):
    names = [f"{run_id}-{number}" for number in range(5)]
    dev_euis = [f"70B3D5{run_id.upper()}{number:02X}" for number in range(5)]
    for name, dev_eui in zip(names, dev_euis, strict=True):
        braked.create_thing(name, attributes_of(dev_eui, stackName=BRAKED))
    eventually(lambda: counts()["registered"] == len(names) or None, "things are registered")

    held = delete_all(braked, names)
    keys = join_keys(simulator, dev_euis)
    failures = document("--stack", BRAKED, "failures", "--error", "DeletionHeldError")["failures"]
    restored = document("--stack", BRAKED, "restore", "--held", "--yes")

    assert held >= len(names) - 2 * REMOVED
    assert len(failures) == len(keys) == held
    assert {each["outcome"] for each in restored["things"]} == {"registered"}
    assert restored["deletionsSettled"] == held
    assert join_keys(simulator, dev_euis) == keys
    eventually(lambda: (counts()["registered"], counts()["failed"]) == (held, 0) or None, "the old things are settled")

    again = delete_all(braked, [each["thingName"] for each in restored["things"]])
    refused = thingsync("--stack", BRAKED, "redrive", "--yes", "--allow-removals", "0")
    redriven = document("--stack", BRAKED, "redrive", "--yes", "--allow-removals", str(again))

    assert (refused.returncode, "Nothing was sent" in refused.stderr) == (4, True)
    assert (redriven["outcomes"], redriven["deadLetterQueue"]) == ({"removed": again}, 0)
    assert join_keys(simulator, dev_euis) == {}
