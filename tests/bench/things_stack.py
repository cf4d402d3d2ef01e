"""Creating devices at The Things Stack: requests, devices a second and CPU time, by the steps of CreateDevice.

Beside it the same requests, sent by urllib3 alone, and with ``ttn-lw-cli`` on the PATH the official command line: log
it in before, and let its configuration name the server of ``TTS_URL``. Without ``TTS_URL`` the simulator answers, in a
process of its own. All devices are removed again.
"""

import json
import os
import resource
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import orjson
import urllib3
from rich.table import Table

from tests.registering import registration
from tests.samples import JOIN_EUI, MARK, planned
from tests.simulated_stack import API_KEY, started
from tests.things_stack_answers import Keys
from workflows.adapters.things_stack import Addresses, TheThingsStack, Transport
from workflows.adapters.things_stack.answers import Answer
from workflows.adapters.things_stack.calls import Call
from workflows.domain.planning import PlannedDevice
from workflows.steps.removal import Removal

CLI = "ttn-lw-cli"
COUNT, BY_CLI = 200, 20
AT_ONCE, ROUNDS = 20, 5
OURS, BARE = "thingsync", "urllib3 alone, the same requests"


Create = Callable[[PlannedDevice], object]


@dataclass(frozen=True, slots=True)
class Server:
    url: str
    application_id: str
    api_key: str = field(repr=False)

    def application(self, transport: Transport) -> TheThingsStack:
        addresses = Addresses.parse(self.url, allow_http=True)
        return TheThingsStack(addresses, self.application_id, api_key=Keys(self.api_key), transport=transport)


class Recorder(Transport):
    """Notes the calls of one device, which are those of any other with other names."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[Call] = []

    def exchange(self, call: Call, addresses: Addresses, api_key: str) -> Answer:
        self.calls.append(call)
        return super().exchange(call, addresses, api_key)


@dataclass(frozen=True, slots=True)
class Created:
    devices_per_s: float
    cpu_ms: float


def measured(count: int = COUNT) -> dict[str, object]:
    with _server() as server:
        calls, sample = _recorded(server)
        creates = {OURS: _ours(server), BARE: _bare(server, calls, sample)}
        found = {threads: _in_turn(server, creates, count, threads) for threads in (1, AT_ONCE)}
        runs = [_run(name, threads, _median(each[name])) for threads, each in found.items() for name in creates]
        official = list(_by_cli(server)) if shutil.which(CLI) and "TTS_URL" in os.environ else []
    alone = _median(found[1][OURS])
    ratios = [ours.cpu_ms / bare.cpu_ms for ours, bare in zip(found[1][OURS], found[1][BARE], strict=True)]
    return {
        "things_stack": {
            "requests_per_create": len(calls),
            "devices_per_s": alone.devices_per_s,
            "cpu_ms_per_create": alone.cpu_ms,
            "cpu_ratio": round(statistics.median(ratios), 2),
            "server": "the simulator" if "TTS_URL" not in os.environ else "TTS_URL",
            "runs": [*runs, *official],
        }
    }


def _in_turn(server: Server, creates: Mapping[str, Create], count: int, threads: int) -> dict[str, list[Created]]:
    """Let each client create some devices, again and again, so that a machine that slows down slows all of them."""
    rounds = [
        {name: _timed(server, create, count // ROUNDS, threads) for name, create in creates.items()}
        for _ in range(ROUNDS)
    ]
    return {name: [each[name] for each in rounds] for name in creates}


def _median(rounds: Sequence[Created]) -> Created:
    return Created(
        statistics.median(each.devices_per_s for each in rounds), statistics.median(each.cpu_ms for each in rounds)
    )


def tables(measured: Mapping[str, object]) -> list[Table]:
    found = measured["things_stack"]
    assert isinstance(found, dict)
    title = (
        f"Creating a device takes {found['requests_per_create']} requests, and {found['cpu_ratio']} times the CPU "
        f"that these take alone ({found['server']})"
    )
    table = Table(title=title)
    for heading in ("Client", "at once", "devices/s", "CPU ms a device"):
        table.add_column(heading, justify="left" if heading == "Client" else "right")
    for run in found["runs"]:
        table.add_row(
            run["client"], str(run["at_once"]), f"{run['devices_per_s']:.1f}", f"{run['cpu_ms_per_create']:.2f}"
        )
    return [table]


def _run(name: str, at_once: int, created: Created) -> dict[str, object]:
    values = {"devices_per_s": created.devices_per_s, "cpu_ms_per_create": created.cpu_ms}
    return {"client": name, "at_once": at_once, **values}


@contextmanager
def _server() -> Iterator[Server]:
    if "TTS_URL" in os.environ:
        yield Server(os.environ["TTS_URL"], os.environ["TTS_APPLICATION"], os.environ["TTS_API_KEY"])
        return
    with tempfile.TemporaryDirectory() as folder, started(Path(folder, "state.sqlite")) as simulator:
        yield Server(simulator.address, "demo-app", API_KEY)


def _devices(count: int) -> list[PlannedDevice]:
    """Devices that nobody has: the run gives the first half of their EUIs."""
    run = f"70B3D5{uuid4().hex[:6].upper()}"
    euis = [f"{run}{number:04X}" for number in range(count)]
    return [planned(device_id=f"bench-{eui.lower()}", dev_eui=eui) for eui in euis]


def _recorded(server: Server) -> tuple[list[Call], PlannedDevice]:
    recorder, [device] = Recorder(), _devices(1)
    application = server.application(recorder)
    registration(application, device, MARK).create()
    calls = [*recorder.calls]
    Removal(application, MARK).remove(device.device_id)
    return calls, device


def _ours(server: Server) -> Create:
    application = server.application(Transport(at_once=AT_ONCE))
    return lambda device: registration(application, device, MARK).create()


def _bare(server: Server, calls: Sequence[Call], sample: PlannedDevice) -> Create:
    pool = urllib3.PoolManager(retries=False, maxsize=AT_ONCE)
    headers = {"Authorization": f"Bearer {server.api_key}", "Content-Type": "application/json"}
    requests = [(call.method, f"{server.url}/api/v3{call.path}", orjson.dumps(call.body).decode()) for call in calls]

    def create(device: PlannedDevice) -> None:
        for method, url, body in requests:
            answer = pool.request(
                method, _named(url, sample, device), body=_named(body, sample, device), headers=headers
            )
            assert answer.status == 200, answer.data

    return create


def _named(text: str, sample: PlannedDevice, device: PlannedDevice) -> str:
    return text.replace(sample.device_id, device.device_id).replace(sample.dev_eui, device.dev_eui)


def _timed(server: Server, create: Create, count: int, threads: int) -> Created:
    with ThreadPoolExecutor(threads) as pool, _removed(server, threads + count) as devices:
        warm, timed = devices[:threads], devices[threads:]
        list(pool.map(create, warm))
        began_s, cpu_s = time.perf_counter(), time.process_time()
        list(pool.map(create, timed))
        cpu_s, took_s = time.process_time() - cpu_s, time.perf_counter() - began_s
    return Created(round(count / took_s, 1), round(cpu_s / count * 1000, 2))


@contextmanager
def _removed(server: Server, count: int) -> Iterator[list[PlannedDevice]]:
    """Yield devices to create; remove them at the end."""
    devices = _devices(count)
    try:
        yield devices
    finally:
        application = server.application(Transport(at_once=AT_ONCE))
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda device: Removal(application, MARK).remove(device.device_id), devices))


def _by_cli(server: Server) -> Iterator[dict[str, object]]:
    """Create some devices by a process each, one after the other and several at once, and by one for all."""
    for threads in (1, AT_ONCE):
        with ThreadPoolExecutor(threads) as pool, _removed(server, BY_CLI) as devices:
            created = _timed_children(lambda: list(pool.map(lambda each: _cli(server, _official(each)), devices)))
            yield _run(f"{CLI}, a process each", threads, created)
    with _removed(server, BY_CLI) as devices:
        yield _run(f"{CLI}, its JSON stream", 1, _timed_children(lambda: _cli(server, *map(_official, devices))))


def _timed_children(create: Callable[[], object]) -> Created:
    before, began_s = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    create()
    took_s, after = time.perf_counter() - began_s, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Created(round(BY_CLI / took_s, 1), round(cpu_s / BY_CLI * 1000, 2))


def _official(device: PlannedDevice) -> str:
    """Write the device as the official command line reads it."""
    values = device.values
    return json.dumps(
        {
            "ids": {"device_id": device.device_id, "dev_eui": device.dev_eui, "join_eui": JOIN_EUI},
            "name": values.name,
            "description": values.description,
            "frequency_plan_id": values.frequency_plan_id,
            "lorawan_version": values.lorawan_version,
            "lorawan_phy_version": values.lorawan_phy_version,
            "supports_join": True,
            "root_keys": {"app_key": {"key": device.keys.app_key}},
        }
    )


def _cli(server: Server, *devices: str) -> None:
    """The keys go through a pipe: no list of processes shows them."""
    command = [CLI, "end-devices", "create", "--application-id", server.application_id]
    done = subprocess.run(command, check=False, input="\n".join(devices), text=True, capture_output=True)
    # Its texts may show what it was given.
    assert done.returncode == 0, f"{CLI} ended with {done.returncode}: is it logged in, and does it know the server?"
