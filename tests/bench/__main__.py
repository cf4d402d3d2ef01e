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
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parent.parent.parent
ROUNDS = 7
BASELINE = "import boto3; boto3.client('iot')"
NOTHING = "pass"
_ENVIRONMENT = {
    **os.environ,
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_LAMBDA_FUNCTION_NAME": "bench",
    "LAMBDA_TASK_ROOT": str(ROOT),
    "PYTHONDONTWRITEBYTECODE": "",
}


def main() -> None:
    functions = sorted(path.stem for path in (ROOT / "functions").glob("*.py") if path.stem != "__init__")
    programs = {name: f"import functions.{name}" for name in functions} | {"boto3 with a client": BASELINE}
    _run("; ".join(programs.values()))  # writes the bytecode, which a deployment has in its image already
    rounds = [{name: _net_s(program) for name, program in programs.items()} for _ in range(ROUNDS)]
    _print(rounds, list(programs))


def _net_s(program: str) -> float:
    return max(0.0, _run(program) - _run(NOTHING))


def _run(program: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=_ENVIRONMENT, check=True)
    return time.perf_counter() - began


def _print(rounds: list[dict[str, float]], names: list[str]) -> None:
    table = Table(title=f"Cold import, median of {ROUNDS} fresh interpreters")
    table.add_column("Function")
    for heading in ("ms", "ratio", "ratio min", "ratio max"):
        table.add_column(heading, justify="right")
    for name in names:
        ratios = [times[name] / times["boto3 with a client"] for times in rounds]
        median_ms = statistics.median(times[name] for times in rounds) * 1000
        cells = (f"{median_ms:.0f}", f"{statistics.median(ratios):.2f}", f"{min(ratios):.2f}", f"{max(ratios):.2f}")
        table.add_row(name, *cells)
    Console().print(table)


if __name__ == "__main__":
    main()
