"""The first call of each function beside a warm one: what an event pays that meets a new instance.

Each is the real handler in a fresh interpreter, with the environment that Lambda gives it and a recorded event; AWS and
The Things Stack are a server in another process that repeats what they said. Times are the interpreter's CPU alone.
"""

import json
import os
import statistics
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from rich.table import Table

from tests.bench.bundle import ROOT, deployed
from tests.bench.recording import recorded
from tests.bench.replaying import Recorded, replayed

ROUNDS, AT_ONCE = 3, 2
Times = Mapping[str, Any]
_OF_SERVERS = ("CLUSTER_ADDRESS", "AWS_ENDPOINT_URL")


def measured(rounds: int = ROUNDS) -> dict[str, Any]:
    """Return ``first_call``, and what it is calculated from in milliseconds."""
    with deployed() as bundle, recorded() as found:
        jobs = [(name, found[name], bundle) for name in sorted(found) for _ in range(rounds)]
        with ThreadPoolExecutor(AT_ONCE) as pool:  # one for each core that a small machine has
            times = list(pool.map(instance, *zip(*jobs, strict=True)))
    runs: dict[str, list[Times]] = defaultdict(list)
    for (name, *_), each in zip(jobs, times, strict=True):
        runs[name].append(each)
    ratios = {name: _median(each["first_s"] / _median(each["warm_s"]) for each in of) for name, of in runs.items()}
    return {
        "first_call": {name: round(ratio, 2) for name, ratio in ratios.items()},
        "first_call_ms": {
            name: {
                "init": _ms(each["init_s"] for each in of),
                "first": _ms(each["first_s"] for each in of),
                "warm": _ms(_median(each["warm_s"]) for each in of),
                "own": _ms(_median(each["own_s"]) for each in of),
            }
            for name, of in runs.items()
        },
    }


def tables(found: Mapping[str, Any]) -> list[Table]:
    table = Table(title=f"CPU of a function's first call and of a warm one, median of {ROUNDS} fresh interpreters")
    table.add_column("Function")
    for heading in ("init ms", "first ms", "warm ms", "ratio", "own code ms"):
        table.add_column(heading, justify="right")
    for name, ratio in found["first_call"].items():
        ms = found["first_call_ms"][name]
        cells = (f"{ms['init']:.0f}", f"{ms['first']:.1f}", f"{ms['warm']:.1f}", f"{ratio:.2f}", f"{ms['own']:.2f}")
        table.add_row(name, *cells)
    return [table]


def instance(name: str, recorded_of: Recorded, bundle: str) -> Times:
    """Run an instance of a function; return its times."""
    with replayed(recorded_of.answers) as address:
        event = json.dumps(recorded_of.event)
        for of_server in (recorded_of.environment.get(each, "") for each in _OF_SERVERS):
            event = event.replace(of_server, address) if of_server else event
        done = subprocess.run(
            [sys.executable, "-P", "-m", "tests.bench.instance", name],
            env=_environment(recorded_of, address, bundle),
            input=event,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(f"{name}: {done.stderr}")
    times: Times = json.loads(done.stdout.rpartition("\n")[2])
    return times


def _environment(recorded_of: Recorded, address: str, bundle: str) -> dict[str, str]:
    return {
        **recorded_of.environment,
        "AWS_ENDPOINT_URL": address,
        "AWS_LAMBDA_FUNCTION_NAME": "bench",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "CLUSTER_ADDRESS": address,
        "LAMBDA_TASK_ROOT": bundle,
        "PYTHONPATH": os.pathsep.join([bundle, str(ROOT)]),
    }


def _median(numbers: Any) -> float:
    return statistics.median(numbers)


def _ms(seconds: Any) -> float:
    return round(_median(seconds) * 1000, 2)
