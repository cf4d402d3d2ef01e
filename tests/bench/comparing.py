"""Reconcile in process: CPU, memory and disk for a fleet of things that agree, from answers like the registries'.

The network takes its own time; how long a run takes in all is the sum (docs/scaling.md).
"""

import hashlib
import json
import resource
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console

from tests.drift import SCOPE
from tests.fakes.reconcile_runs import FakeReconcileRuns
from tests.journal_samples import accepted, change, entry
from tests.samples import CREATE, MARK, planned, registered_device
from workflows.adapters.drift import shelf
from workflows.adapters.drift.notebook import FileNotebook
from workflows.adapters.journal.items import snapshot_in, snapshot_item
from workflows.adapters.things_stack.answers import identity_records
from workflows.domain.drift.reconciling import Order
from workflows.domain.facts import DeviceCreated
from workflows.domain.fold import fold
from workflows.domain.pages import Page, Pages
from workflows.domain.registry_things import ListedThing
from workflows.steps.drift.inspection import Inspector
from workflows.steps.drift.reconcile import Pauses, Reconciler, Sources, summary

COUNT = 100_000
# What it measured on one vCPU. docs/scaling.md and Reconcile's time to stop are calculated from this.
STATED = {"devices": COUNT, "cpu_s": 44, "peak_mib": 40, "notebook_mib": 182, "packed_mib": 23, "pack_s": 0.8}
MEBIBYTE = 2**20
EUI, THING_ID, DEVICE_ID = "70B3D57ED0ABCDEF", "0f9e8d7c-0000-4000-8000-0123456789ab", "eui-70b3d57ed0abcdef"


def main() -> None:
    count = int(next((each for each in sys.argv[1:] if each.isdecimal()), COUNT))
    with tempfile.TemporaryDirectory() as folder:
        found = measured(count, Path(folder, "notes"))
    if "--json" in sys.argv:
        print(json.dumps({"reconcile": found}))  # noqa: T201  # a command
        return
    Console().print(
        f"Reconcile, {count:,} things that agree: {found['cpu_s']} s of CPU, {found['peak_mib']} MiB of memory, "
        f"{found['notebook_mib']} MiB on disk, {found['packed_mib']} MiB packed in {found['pack_s']} s of CPU"
    )


def measured(count: int, path: Path) -> Mapping[str, float]:
    began_s = time.process_time()
    with FileNotebook.opened(str(path)) as notes:
        assert _reconciler(count).work(Order("run", "Report", 0), notes) == "done"
        done = summary(notes, complete=True)
    worked_s = time.process_time()
    assert (done.things, done.devices, done.missing + done.differing + done.orphaned + done.foreign) == (
        count,
        count,
        0,
    )
    packed = sum(len(part) for part in shelf.parts_of(path))
    return {
        "devices": count,
        "cpu_s": round(worked_s - began_s, 1),
        "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "notebook_mib": round(path.stat().st_size / MEBIBYTE),
        "packed_mib": round(packed / MEBIBYTE),
        "pack_s": round(time.process_time() - worked_s, 1),
    }


def _reconciler(count: int) -> Reconciler:
    nobody: Any = None  # nothing differs, so nobody is asked
    runs = FakeReconcileRuns()
    runs.begin("run")
    return Reconciler(
        sources=Sources(_pages(count, 500, _devices), _pages(count, 700, _snapshots), _pages(count, 250, _things)),
        inspector=Inspector(SCOPE, nobody, nobody, nobody),
        planner=nobody,
        queue=nobody,
        log=nobody,
        runs=runs,
        pauses=Pauses(lambda: None, lambda _: None),
        has_time=lambda: True,
    )


def _pages(count: int, size: int, items: Any) -> Pages[Any]:  # of three kinds
    def page(place: str) -> Page[Any]:
        begin = int(place or 0)
        return Page(items(range(begin, min(begin + size, count))), str(begin + size) if begin + size < count else None)

    return page


def _renamed(text: str, numbers: range) -> Iterator[str]:
    """Give each copy the names of a thing and a device of its own."""
    for number in numbers:
        random = hashlib.sha256(str(number).encode()).hexdigest()
        eui, thing_id = random[:16].upper(), str(uuid.UUID(random[16:48]))
        yield text.replace(EUI, eui).replace(DEVICE_ID, f"eui-{eui.lower()}").replace(THING_ID, thing_id)


_DEVICE = replace(registered_device(planned(device_id=DEVICE_ID, dev_eui=EUI)), named=DEVICE_ID)
_FACT = DeviceCreated(change(), _DEVICE)
_BEFORE = fold([accepted(device_id=DEVICE_ID)])
_SNAPSHOT = json.dumps(
    snapshot_item(entry(_BEFORE, _FACT, THING_ID, EUI), fold([accepted(device_id=DEVICE_ID), _FACT]))
)
_RECORD = json.dumps(
    {
        "ids": {"device_id": DEVICE_ID, "dev_eui": EUI, "join_eui": _DEVICE.join_eui},
        "name": _DEVICE.values.name,
        "description": _DEVICE.values.description,
        "attributes": replace(MARK, thing_id=THING_ID).attributes(),
        "join_server_address": "eu1.cloud.thethings.network",
    }
)


def _devices(numbers: range) -> Any:
    answer = f'{{"end_devices": [{",".join(_renamed(_RECORD, numbers))}]}}'
    return identity_records(orjson.loads(answer))


def _snapshots(numbers: range) -> Any:
    return [snapshot_in(json.loads(each)) for each in _renamed(_SNAPSHOT, numbers)]


def _things(numbers: range) -> Any:
    return [ListedThing(each, 1, CREATE | {"devEUI": each}) for each in _renamed(EUI, numbers)]


if __name__ == "__main__":
    main()
