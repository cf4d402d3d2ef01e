"""The simulator of The Things Stack as a process of its own, and what tests do with it."""

import subprocess
import sys
from contextlib import contextmanager, suppress

import urllib3

from tests.free_ports import free_port
from tests.patience import eventually
from tests.samples import radio
from tests.things_stack_answers import APP_KEY, IDS, Keys
from workflows.adapters.things_stack import Addresses, TheThingsStack, Transport
from workflows.domain.attributes import NO_VALUES, DeviceKeys
from workflows.domain.device import DeviceIds

API_KEY = "NNSXS.CONTRACT.ABCDEF"
OTHER_EUIS = DeviceIds(IDS.device_id, "70B3D57ED0059999", IDS.join_eui)
OTHER_ID = DeviceIds("pump-7", IDS.dev_eui, IDS.join_eui)
RADIO = radio("EU_863_870_TTN", "MAC_V1_0_3", "PHY_V1_0_3_REV_A")
SERVERS = ("js", "ns", "as")
SETS = {
    "js": lambda stack, ids: stack.set_join(ids, DeviceKeys(APP_KEY)),
    "ns": lambda stack, ids: stack.set_network(ids, RADIO),
    "as": lambda stack, ids: stack.set_application(ids, NO_VALUES),
}


class Simulator:
    """``authorities``: the file with those that signed its certificate; None if it has none."""

    def __init__(self, port, authorities=None):
        self.address = f"https://localhost:{port}" if authorities else f"http://127.0.0.1:{port}"
        self._pool = urllib3.PoolManager(retries=False, ca_certs=authorities and str(authorities))

    def control(self, verb, order, **body):
        response = self._pool.request(verb, f"{self.address}/_control/{order}", json=body)
        assert response.status == 200, response.data
        return response.json()

    def call(self, verb, path, body):
        """Call The Things Stack's API as anybody with the key may."""
        authorization = {"Authorization": f"Bearer {API_KEY}"}
        response = self._pool.request(verb, f"{self.address}/api/v3/{path}", json=body, headers=authorization)
        assert response.status == 200, response.data
        return response.json()

    def held(self, server, device_id=IDS.device_id):
        """Return a server's record of a device, None if it has none."""
        return self.control("GET", "state")[server].get(f"demo-app/{device_id}")

    def is_up(self):
        with suppress(urllib3.exceptions.HTTPError):
            return self._pool.request("GET", f"{self.address}/_control/state").status == 200
        return False


@contextmanager
def started(database, certificate=None, authorities=None):
    """Start on a free port; return when it answers. With a ``certificate`` it serves https."""
    port = free_port()
    options = ["--port", str(port), "--database", database, "--application", "demo-app", "--api-key", API_KEY]
    options += ["--certificate", str(certificate), "--server-address", "localhost"] if certificate else []
    with subprocess.Popen([sys.executable, "-m", "local.things_stack", *options]) as process:
        simulator = Simulator(port, authorities)
        try:
            eventually(lambda: simulator.is_up() or process.poll() is not None)
            assert simulator.is_up(), "the simulator ended instead of answering"
            yield simulator
        finally:
            process.terminate()


def stack_with(simulator, key=API_KEY, *, application_id="demo-app", **transport):
    addresses = Addresses.parse(simulator.address)
    return TheThingsStack(addresses, application_id, api_key=Keys(key), transport=Transport(**transport))
