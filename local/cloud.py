"""The local cloud as one thing: ``python -m local.cloud up|down|tts-start|tts-stop|run -- COMMAND``."""

import argparse
import contextlib
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator

from rich.text import Text

from local.bundles import BuildError, packaged_template, sources_digest
from local.configured import in_the_users_words, setup_of
from local.daemons import NotReadyError, PortTakenError
from local.emulator import emulator, isolated_environment
from local.exports import exports, write_exports
from local.places import AWS_PORT, HOST, STACK_NAME, STATE
from local.private import write_private
from local.progress import console, step
from local.settings import SettingsError, real_things_stack
from local.stacks import DeploymentError, deploy_template, outputs_of, parameters_for
from local.things_stacks import ThingsStack, forget_devices, simulated_things_stack, simulator

DEPLOYED = STATE / "deployed"  # digest of what the stack was last deployed from
SAID = {
    "up": f"The local cloud is up: AWS on http://{HOST}:{AWS_PORT}. To point your tools at it: source .local/env",
    "down": "The local cloud is down.",
    "tts-start": "The simulator of The Things Stack is up.",
    "tts-stop": "The simulator of The Things Stack is gone; `make tts-start` starts it on the database it left.",
}
EXPECTED_ERRORS = (BuildError, DeploymentError, NotReadyError, PortTakenError, SettingsError)


def up() -> dict[str, str]:
    """Start what does not run, deploy what has changed, write ``.local/env`` and return what it says.

    A cloud that was down starts empty, on both sides: things in one registry never outlive those in the other.
    """
    real = real_things_stack()
    with _nothing_half_started():
        things_stack = real or _started_simulator()
        with step(f"MiniStack on {HOST}:{AWS_PORT}"):
            emulator().start()
    if real is None:
        _deploy(things_stack)
    else:
        _deploy_for(real)
    variables = exports(things_stack, outputs_of())
    write_exports(variables)
    return variables


def down() -> None:
    """Stop all that ``up`` has started; nothing, if nothing runs."""
    simulator().stop()
    emulator().stop()


def run(command: list[str]) -> int:
    """Run a command beside the local cloud, which is started for it and then stopped unless it ran before."""
    ran_before = emulator().running()
    try:
        variables = up()
        return subprocess.run(command, env={**isolated_environment(), **variables}, check=False).returncode
    finally:
        if not ran_before:
            down()


@contextlib.contextmanager
def _nothing_half_started() -> Iterator[None]:
    """Begin with an empty cloud, unless one runs; stop all of it if a part does not start."""
    ran_before = emulator().running()
    if not ran_before:
        _sweep()
    try:
        yield
    except (NotReadyError, PortTakenError):
        if not ran_before:
            down()
        raise


def _sweep() -> None:
    down()
    forget_devices()
    for file in (DEPLOYED, STATE / "traces.jsonl", emulator().log, simulator().log):
        file.unlink(missing_ok=True)
    shutil.rmtree(STATE / "tmp", ignore_errors=True)


def _started_simulator() -> ThingsStack:
    with step("The Things Stack's simulator"):
        simulator().start()
    return simulated_things_stack()


def _deploy_for(real: ThingsStack) -> None:
    """Deploy for a real Things Stack and say what was set up; the simulator is left alone until that is done."""
    console.print(f"  The Things Stack at {real.url}")
    with in_the_users_words():
        _deploy(real)
        setup = list(setup_of(real, outputs_of()))
    simulator().stop()
    for name, what in setup:
        console.print(Text(f"  {name}: {what}"))


def _deploy(things_stack: ThingsStack) -> None:
    parameters = parameters_for(things_stack)
    digest = hashlib.sha256((sources_digest() + repr(sorted(parameters.items()))).encode()).hexdigest()
    if DEPLOYED.exists() and DEPLOYED.read_text() == digest:
        return
    with step("Building the functions"):
        template_url = packaged_template()
    with step(f"Deploying stack {STACK_NAME}"):
        deploy_template(STACK_NAME, template_url, parameters)
    write_private(DEPLOYED, digest)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local.cloud", description=__doc__)
    parser.add_argument("verb", choices=["up", "down", "tts-start", "tts-stop", "run"])
    parser.add_argument("command", nargs=argparse.REMAINDER, help="of run")
    arguments = parser.parse_args()
    try:
        return _do(arguments.verb, arguments.command)
    except EXPECTED_ERRORS as error:
        console.print(Text(str(error), style="red"))
        return 1


def _do(verb: str, command: list[str]) -> int:
    if verb == "run":
        return run([part for part in command if part != "--"])
    {"up": up, "down": down, "tts-start": simulator().start, "tts-stop": simulator().kill}[verb]()
    console.print(SAID[verb])
    return 0


if __name__ == "__main__":
    sys.exit(main())
