"""Play the scene on the local cloud that `.local/env` names, then draw the commands and the dashboard."""

import sys
from pathlib import Path

from local.pictures import dashboard, scene, terminal
from local.places import REGION, STACK_NAME
from local.progress import step

COMMANDS = {
    "import": ["import", "examples/import.csv", "--yes", "--report", ".local/import.report.csv"],
    "list": ["list"],
    "status": ["status"],
    "failures": ["failures"],
    "dlq": ["dlq"],
    "redrive": ["redrive", "--yes"],
    "history": ["history", scene.CHANGED],
    "doctor": ["doctor"],
}


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with terminal.recorded("make demo", folder / "demo.svg", until="What to try next") as console:
        scene.play(console)
    with step("The dashboard"):
        (folder / "dashboard.svg").write_text(dashboard.picture(f"{STACK_NAME}-{REGION}"))
    for name, words in COMMANDS.items():
        with step(f"thingsync {name}"):
            terminal.picture(words, folder / f"{name}.svg")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
