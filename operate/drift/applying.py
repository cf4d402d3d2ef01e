"""The plan of a reconciliation, carried out: repairs, and things for foreign devices."""

from collections import Counter
from collections.abc import Iterator

from operate.drift.dead_letters import DeadRepairs
from operate.drift.mirror_plan import Prospect
from operate.drift.mirroring import Mirroring, mirror_rate
from operate.drift.repairs import FinishedRepair, RepairResult, RepairWait, RepairWord, send_repairs
from operate.operator import Operator
from operate.pacing import Pace, Timeout
from operate.rendering.console import follow
from operate.rendering.drift import SHOWN, print_mirror_summary, print_result, print_summary
from operate.retrying import notice_of_things
from workflows.adapters.drift.ledger import Ledger
from workflows.steps.concurrency import map_concurrently
from workflows.steps.drift.inspection import Inspector
from workflows.steps.drift.repairs import Repair, RepairPlanner
from workflows.values import value


@value
class Applying:
    """``rate`` is per second."""

    operator: Operator
    inspector: Inspector
    ledger: Ledger
    rate: float
    timeout: Timeout

    def repair(self, *, json: bool) -> int:
        """Print each result; return how many findings are repaired."""
        planned = self.ledger.repairable()
        total = planned.total() - planned["mirror"]
        if not total:
            return 0
        repaired = _followed("Repaired", self._repairs(), total, json=json)
        if not json:
            print_summary(repaired, total)
        return repaired.total()

    def mirror(self, prospect: Prospect, *, json: bool) -> int:
        """Make things of devices, print the result of each; return how many have none."""
        total = self.ledger.repairable()["mirror"]
        if not total:
            return 0
        made = _followed("Things", self._mirroring(prospect).results(self.ledger.mirrored()), total, json=json).total()
        if not json:
            print_mirror_summary(made, total)
        return total - made

    def _repairs(self) -> Iterator[RepairResult]:
        """Send an event for each finding that can be repaired, wait for its outcome, and compare again."""
        operator, pace = self.operator, Pace(self.rate)
        planner = RepairPlanner(operator.scope, operator.things, operator.journal, operator.things)

        def repairs() -> Iterator[Repair]:
            for found in self.ledger.repairs():
                pace.wait()
                yield planner.plan(found)

        dead = DeadRepairs(operator)
        sent = send_repairs(operator.queue, repairs(), operator.stack.state_machine_arn)
        waiting = RepairWait(operator.journal, self.timeout, notice_of_things(operator), dead.find)
        for finished in waiting.outcomes(sent):
            yield from map_concurrently(self._compare_again, finished)

    def _compare_again(self, finished: FinishedRepair) -> RepairResult:
        repair, result = finished
        look = self.inspector.inspect_again(repair.finding)
        what_to_do = result.dead_letter.what_to_do if result.dead_letter else ""
        return RepairResult(repair.finding, result.outcome, result.error_name, look, what_to_do)

    def _mirroring(self, prospect: Prospect) -> Mirroring:
        return Mirroring(
            application_id=self.operator.stack.parameter("ApplicationId"),
            prospect=prospect,
            inspector=self.inspector,
            journal=self.operator.journal,
            queue=self.operator.activity,
            pace=Pace(mirror_rate(self.rate)),
            timeout=self.timeout,
        )


def _followed(what: str, results: Iterator[RepairResult], total: int, *, json: bool) -> Counter[RepairWord]:
    """Print each result; return how many are good, by what was done."""
    good: Counter[RepairWord] = Counter()

    def count(result: RepairResult) -> None:
        print_result(result, json=json, name=good.total() < SHOWN)
        good[result.done] += result.is_good

    follow(what, results, count, total=total)
    return good
