"""What lies around the functions: their environment, their logs, and the clock of the state machine."""

import importlib
import pkgutil
import sys

from tests.patience import eventually
from workflows import bootstrap
from workflows.adapters.things_stack.trust import public_context

STACK = "thingsync"
FINGERPRINT_SECRET = "Fp7-0f-Keys-That-Nobody-May-Read"
THINGS_LOG_GROUP = f"/thethings/lorawan/{STACK}/things"
_ASSEMBLY = [
    importlib.import_module(f"{bootstrap.__name__}.{found.name}") for found in pkgutil.iter_modules(bootstrap.__path__)
]


def environment(cloud, simulator, journal_table):
    """Return what the template gives the functions."""
    return {
        "STACK_NAME": STACK,
        "THING_TYPE_NAME": "lorawan",
        "FREQUENCY_PLAN_ID": "EU_863_870_TTN",
        "CLAIM_LORAWAN_VERSION": "1.0.3",
        "CLAIM_REGIONAL_PARAMETERS_VERSION": "1.0.3-a",
        "CLUSTER_ADDRESS": simulator.address,
        "IDENTITY_SERVER_ADDRESS": "",
        "ALLOW_HTTP": "false",
        "APPLICATION_ID": "demo-app",
        "DELETE_POLICY": "Delete",
        "ADOPTED_DEVICES": "NamesOnly",
        "DELETIONS_PER_HOUR": "100",
        "JOURNAL_TABLE": journal_table,
        "FINGERPRINT_SECRET_ARN": cloud.fingerprint_secret_arn,
        "API_KEY_SECRET_ARN": cloud.api_key_secret_arn,
        "CERTIFICATE_AUTHORITY_SECRET_ARN": "",
        "STATE_MACHINE_ARN": cloud.state_machine_arn,
        "DEAD_LETTER_QUEUE_URL": cloud.dead_letter_queue_url,
        "THINGS_LOG_GROUP": THINGS_LOG_GROUP,
    }


def forget_instances():
    """Let every function begin as a new instance, which reads its environment."""
    forget_built(*_ASSEMBLY)


def forget_built(*modules):
    """Let what the functions keep for the life of an instance be built again, but for what is the same in each.

    Reading the public authorities takes longer than a step.
    """
    for module in modules:
        for each in vars(module).values():
            if each is not public_context:
                getattr(each, "cache_clear", lambda: None)()


def wait_until(happened):
    assert eventually(happened), "what the test waits for does not happen"


def happens_once(action):
    """Return what does ``action`` when it is called first, and nothing after that."""
    actions = [action]
    return lambda: actions.pop()() if actions else None


class CurrentOutput:
    """Standard output as it is at each write: the logger took hold of it at import, pytest changes it after that."""

    def write(self, text):
        sys.stdout.write(text)

    def flush(self):
        sys.stdout.flush()


class Written:
    """What the functions have written to their standard streams so far."""

    def __init__(self, capsys):
        self._capsys, self._text = capsys, ""

    def text(self):
        self._text += "".join(self._capsys.readouterr())
        return self._text


class Clock:
    """Stands in for the clock that moto sleeps by between two attempts; ``meanwhile`` is what happens then."""

    def __init__(self):
        self.waits_s = []
        self.meanwhile = lambda: None

    def sleep(self, seconds):
        self.waits_s.append(seconds)
        self.meanwhile()
