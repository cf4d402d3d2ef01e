"""The stack deployed by SAM's own commands, as to AWS; ``local.stacks`` does the same in a third of the time."""

import json
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from local.emulator import isolated_environment
from local.places import AWS_PORT, BUILD, ROOT
from local.stacks import CAPABILITIES, DeploymentError

SAM = ROOT / ".venv" / "sam" / "bin" / "sam"
POLL_S = "0.3"


def sam_deploy(stack_name: str, parameters: Mapping[str, str], port: int = AWS_PORT) -> None:
    """Run ``sam build`` and ``sam deploy`` against the emulator.

    Raises:
        DeploymentError: one of them failed; the text is what it said.
    """
    folder = BUILD / "sam"
    _sam(port, "build", "--build-in-source", "--build-dir", str(folder))
    with tempfile.TemporaryDirectory() as private:
        file = Path(private) / "parameters.yaml"  # a key is among them, and every user may see a command's words
        file.write_text(json.dumps(dict(parameters)))
        _sam(
            port,
            "deploy",
            *("--template-file", str(folder / "template.yaml"), "--stack-name", stack_name, "--resolve-s3"),
            *("--capabilities", *CAPABILITIES, "--parameter-overrides", f"file://{file}"),
            *("--no-confirm-changeset", "--no-progressbar"),
        )


def _sam(port: int, *arguments: str) -> None:
    done = subprocess.run(
        [str(SAM), *arguments],
        cwd=ROOT,
        env=_environment(port),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DeploymentError(f"sam {arguments[0]}: {done.stdout}{done.stderr}")


def _environment(port: int) -> dict[str, str]:
    outer = isolated_environment(port)
    without_make = {name: value for name, value in outer.items() if not name.startswith(("MAKE", "MFLAGS"))}
    own = {"THINGSYNC_BUILD": "local", "SAM_CLI_TELEMETRY": "0", "SAM_CLI_POLL_DELAY": POLL_S}
    return {**without_make, **own, "HOME": str(Path(BUILD) / "sam-home")}
