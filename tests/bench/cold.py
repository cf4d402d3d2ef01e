"""Cold starts: how long a fresh interpreter takes to import each function, beside boto3 with one client.

Each round measures every function and the baseline once, in turn, so that a machine that slows down slows all of
them; what counts is the ratio of a function to the baseline of the same round. Times are the interpreter's own start
subtracted, in milliseconds.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.table import Table

ROOT = Path(__file__).parent.parent.parent
ROUNDS = 7
BASELINE = "import boto3; boto3.client('iot')"
NOTHING = "pass"
_BASELINE_NAME = "boto3 with a client"
_ENVIRONMENT = {
    **os.environ,
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_LAMBDA_FUNCTION_NAME": "bench",
    "LAMBDA_TASK_ROOT": str(ROOT),
    "PYTHONDONTWRITEBYTECODE": "",
}


def measured() -> dict[str, Any]:
    functions = sorted(path.stem for path in (ROOT / "functions").glob("*.py") if path.stem != "__init__")
    programs = {name: f"import functions.{name}" for name in functions} | {_BASELINE_NAME: BASELINE}
    _run("; ".join(programs.values()))  # writes the bytecode, which a deployment has in its image already
    rounds = [{name: _net_s(program) for name, program in programs.items()} for _ in range(ROUNDS)]
    figures = {name: _figures(rounds, name) for name in programs}
    return {"cold": {name: figures[name]["ratio"] for name in functions}, "cold_import": figures}


def _net_s(program: str) -> float:
    return max(0.0, _run(program) - _run(NOTHING))


def _run(program: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=_ENVIRONMENT, check=True)
    return time.perf_counter() - began


def _figures(rounds: list[dict[str, float]], name: str) -> dict[str, float]:
    ratios = [times[name] / times[_BASELINE_NAME] for times in rounds]
    return {
        "ms": round(statistics.median(times[name] for times in rounds) * 1000),
        "ratio": round(statistics.median(ratios), 2),
        "ratio_min": round(min(ratios), 2),
        "ratio_max": round(max(ratios), 2),
    }


def tables(found: Mapping[str, Any]) -> list[Table]:
    """Return the table of ``measured``."""
    table = Table(title=f"Cold import, median of {ROUNDS} fresh interpreters")
    table.add_column("Function")
    for heading in ("ms", "ratio", "ratio min", "ratio max"):
        table.add_column(heading, justify="right")
    for name, figures in found["cold_import"].items():
        ratios = (f"{figures[each]:.2f}" for each in ("ratio", "ratio_min", "ratio_max"))
        table.add_row(name, f"{figures['ms']:.0f}", *ratios)
    return [table]
