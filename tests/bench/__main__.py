"""Measures what a change costs and how that grows (docs/performance.md): tables for people, or one object of JSON.

Each module has ``measured``, which returns keys of the object, and ``tables``, which shows them. To add one, put it
into ``MODULES``. ``python -m tests.bench changes uplinks`` measures these two alone.
"""

import json
import sys
from types import ModuleType

from rich.console import Console

from tests.bench import changes, cold, first_calls, fleets, things_stack, uplinks

MODULES: tuple[ModuleType, ...] = (cold, first_calls, changes, uplinks, fleets, things_stack)


def main(arguments: list[str]) -> None:
    wanted = {each for each in arguments if each != "--json"}
    chosen = [module for module in MODULES if not wanted or _name(module) in wanted]
    if unknown := wanted - {_name(module) for module in MODULES}:
        sys.exit(f"No such part: {', '.join(sorted(unknown))}. There are {', '.join(map(_name, MODULES))}, and --json.")
    progress, found = Console(stderr=True), {}
    for module in chosen:
        progress.print(f"{_name(module)} …", style="dim")
        found |= module.measured()
        if "--json" not in arguments:
            Console().print(*module.tables(found))
    if "--json" in arguments:
        print(json.dumps(found))  # noqa: T201  # a command


def _name(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]


if __name__ == "__main__":
    main(sys.argv[1:])
