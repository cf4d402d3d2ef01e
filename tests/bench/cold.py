"""Cold starts: the CPU that a fresh interpreter takes to import each function as it is deployed.

The baseline is boto3 with one client, as installed. Each round measures every function and the baseline once, in turn,
so that a machine that slows down slows all of them; what counts is the ratio to the baseline of the same round. The
interpreter's own start and end are left out. So is what a function makes before its first event: ``first_calls``
counts that.
"""

import itertools
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import boto3
from rich.table import Table

from tests.bench.bundle import ROOT, deployed

ROUNDS = 7
BASELINE = "boto3 with a client"
FROM_SOURCES = "create_device from sources alone"
_INSTALLED = str(Path(boto3.__file__).parent.parent)

# Each is what it adds to those above it.
LIBRARIES = {
    "botocore": "import botocore.session",
    "its first client": "s = botocore.session.get_session(); s.create_client('dynamodb')",
    "four more": "[s.create_client(each) for each in ('iot', 'secretsmanager', 'stepfunctions', 'logs')]",
    "Powertools' logs and metrics": "import aws_lambda_powertools.logging, aws_lambda_powertools.metrics",
    "the X-Ray SDK with Powertools' Tracer": "import aws_lambda_powertools.tracing, aws_xray_sdk.core",
    "orjson": "import orjson",
    "marshmallow": "import marshmallow",
    "boto3, which no bundle holds": "import boto3",
}


def measured() -> dict[str, Any]:
    """Return ``cold``, ``cold_import`` and ``libraries``: figures of each function and each library."""
    functions = sorted(path.stem for path in (ROOT / "functions").glob("[!_]*.py"))
    with deployed() as bundle, tempfile.TemporaryDirectory() as sources:
        programs = {name: (bundle, _imported(name)) for name in functions}
        shutil.copytree(bundle, sources, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
        programs[FROM_SOURCES] = (sources, _imported("create_device"))
        programs[BASELINE] = (_INSTALLED, "import boto3; boto3.client('iot')")
        _round(programs)  # reads the files once
        rounds = [_round(programs) for _ in range(ROUNDS)]
        libraries = [_libraries(bundle) for _ in range(ROUNDS)]
    figures = {name: _figures(rounds, name) for name in programs}
    baseline_ms = figures[BASELINE]["ms"]
    added = {name: statistics.median(each[name] for each in libraries) for name in LIBRARIES}
    return {
        "cold": {name: figures[name]["ratio"] for name in functions},
        "cold_import": figures,
        "libraries": {name: round(ms / baseline_ms, 2) for name, ms in added.items()},
    }


def _imported(function: str) -> str:
    """Return a program that imports as Lambda does, but makes nothing that the first event would need."""
    return f"import gc; gc.disable(); import functions.{function}"


def _round(programs: Mapping[str, tuple[str, str]]) -> dict[str, float]:
    return {name: _cpu_ms(path, [program])[0] for name, (path, program) in programs.items()}


def _libraries(bundle: str) -> dict[str, float]:
    path = f"{bundle}{os.pathsep}{_INSTALLED}"  # boto3 is in no bundle
    return dict(zip(LIBRARIES, _cpu_ms(path, LIBRARIES.values()), strict=True))


def _cpu_ms(path: str, statements: Iterable[str]) -> list[float]:
    """Run the statements in one fresh interpreter; return the CPU time of each."""
    steps = "\n".join(f"{statement}\nmoments.append(time.process_time())" for statement in statements)
    program = f"import json, time\nmoments = [time.process_time()]\n{steps}\nprint(json.dumps(moments))"
    words = [sys.executable, "-S", "-P", "-c", program]
    done = subprocess.run(words, env=_environment(path), check=True, stdout=subprocess.PIPE, text=True)
    return [(after - before) * 1000 for before, after in itertools.pairwise(json.loads(done.stdout))]


def _environment(path: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": path,
        "PYTHONDONTWRITEBYTECODE": "1",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_LAMBDA_FUNCTION_NAME": "bench",
        "LAMBDA_TASK_ROOT": path,
    }


def _figures(rounds: list[dict[str, float]], name: str) -> dict[str, float]:
    ratios = [times[name] / times[BASELINE] for times in rounds]
    return {
        "ms": round(statistics.median(times[name] for times in rounds)),
        "ratio": round(statistics.median(ratios), 2),
        "ratio_min": round(min(ratios), 2),
        "ratio_max": round(max(ratios), 2),
    }


def tables(found: Mapping[str, Any]) -> list[Table]:
    """Return the tables of ``measured``."""
    functions = Table(title=f"Cold import as deployed, CPU, median of {ROUNDS} fresh interpreters")
    functions.add_column("Function")
    for heading in ("ms", "ratio", "ratio min", "ratio max"):
        functions.add_column(heading, justify="right")
    for name, figures in found["cold_import"].items():
        ratios = (f"{figures[each]:.2f}" for each in ("ratio", "ratio_min", "ratio_max"))
        functions.add_row(name, f"{figures['ms']:.0f}", *ratios)
    libraries = Table(title="What libraries add to it, each to those above")
    libraries.add_column("Library")
    libraries.add_column("ratio", justify="right")
    for name, ratio in found["libraries"].items():
        libraries.add_row(name, f"{ratio:.2f}")
    return [functions, libraries]
