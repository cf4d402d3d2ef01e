"""Cuts the libraries of a bundle down to what functions use of them: `make` calls it once they are installed.

botocore reads its data, JSON, whenever it makes a client: for a client of AWS IoT 40 ms of CPU are spent on what no
function asks for. What remains is in its own format, so it reads it as it always does.
"""

import argparse
import gzip
import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Model = dict[str, Any]

# What functions call, by botocore's names; a test compares it with their sources.
CALLED = {
    "cloudformation": frozenset({"DescribeStacks"}),
    "dynamodb": frozenset(
        {"BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query", "TransactWriteItems", "UpdateItem"}
    ),
    "events": frozenset({"PutEvents"}),
    "iot": frozenset(
        {
            "CreateThing",
            "CreateThingType",
            "DescribeEventConfigurations",
            "DescribeThing",
            "DescribeThingType",
            "ListThings",
            "UpdateEventConfigurations",
            "UpdateThing",
            "UpdateThingType",
        }
    ),
    "iot-data": frozenset({"DeleteThingShadow", "GetThingShadow", "UpdateThingShadow"}),
    "lambda": frozenset({"Invoke"}),
    "logs": frozenset({"CreateLogStream", "PutLogEvents"}),
    "secretsmanager": frozenset({"GetSecretValue"}),
    "sqs": frozenset({"GetQueueAttributes", "SendMessage"}),
    "ssm": frozenset({"GetParameter"}),
    "stepfunctions": frozenset({"DescribeExecution", "StartExecution"}),
}

# What botocore reads whatever the service.
TABLES = {"endpoints.json", "partitions.json", "sdk-default-configuration.json", "_retry.json"}


def trim(libraries: Path) -> None:
    """Remove what functions do not use of the libraries in this folder."""
    for unused in ("bin", ".lock"):
        _remove(libraries / unused)
    for found in [*libraries.glob("*.dist-info/INSTALLER"), *libraries.glob("*.dist-info/RE[CQ]*")]:
        found.unlink()
    for found in [*libraries.rglob("__pycache__"), *libraries.rglob("tests")]:
        _remove(found)
    _trim_data(libraries / "botocore" / "data", CALLED)


def _trim_data(data: Path, called: Mapping[str, frozenset[str]]) -> None:
    for entry in data.iterdir():
        if entry.name not in called.keys() | TABLES:
            _remove(entry)
    prefixes = {_trim_service(data / service, operations) for service, operations in called.items()}
    endpoints = json.loads((data / "endpoints.json").read_text())
    for partition in endpoints["partitions"]:
        partition["services"] = {name: one for name, one in partition["services"].items() if name in prefixes}
    _write(data / "endpoints.json", endpoints)


def _trim_service(folder: Path, operations: frozenset[str]) -> str:
    """Leave the newest version of the service's API, with these operations; return the name of its endpoints."""
    *older, newest = sorted(folder.iterdir())
    for version in older:
        _remove(version)
    (newest / "examples-1.json").unlink(missing_ok=True)
    for compressed in newest.glob("*.json.gz"):
        _write(compressed.with_suffix(""), json.loads(gzip.decompress(compressed.read_bytes())))
        compressed.unlink()
    model = with_operations(json.loads((newest / "service-2.json").read_text()), operations)
    _write(newest / "service-2.json", model)
    prefix: str = model["metadata"]["endpointPrefix"]
    return prefix


def with_operations(model: Model, operations: frozenset[str]) -> Model:
    """Return a service's model with these operations, the shapes that they need, and every error.

    Raises:
        KeyError: the service has no such operation.
    """
    chosen = {name: model["operations"][name] for name in sorted(operations)}
    errors = {name for name, shape in model["shapes"].items() if shape.get("exception")}
    needed, ahead = set[str](), errors | set(_shapes_in(chosen))
    while ahead:
        needed |= ahead
        ahead = set(_shapes_in([model["shapes"][name] for name in ahead])) - needed
    shapes = {name: shape for name, shape in model["shapes"].items() if name in needed}
    trimmed: Model = _undocumented(model | {"operations": chosen, "shapes": shapes})
    return trimmed


def _shapes_in(part: object) -> Iterator[str]:
    """Name the shapes to which an operation or a shape refers. A field of a structure may be called shape, too."""
    if isinstance(part, Mapping):
        if isinstance(part.get("shape"), str):
            yield part["shape"]
        for inner in part.values():
            yield from _shapes_in(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _shapes_in(inner)


def _undocumented(part: Any) -> Any:  # noqa: ANN401  # any JSON
    """Leave the texts out; a field that is called documentation is a map, and stays."""
    if isinstance(part, dict):
        texts = {name for name, inner in part.items() if name == "documentation" and isinstance(inner, str)}
        return {name: _undocumented(inner) for name, inner in part.items() if name not in texts}
    return [_undocumented(inner) for inner in part] if isinstance(part, list) else part


def _write(file: Path, content: object) -> None:
    """Write to a new file: the old one may be a hard link into a cache of packages."""
    file.unlink(missing_ok=True)
    file.write_text(json.dumps(content, separators=(",", ":")))


def _remove(entry: Path) -> None:
    if entry.is_dir():
        shutil.rmtree(entry)
    else:
        entry.unlink(missing_ok=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="deploying.libraries", description=trim.__doc__)
    parser.add_argument("libraries", type=Path)
    trim(parser.parse_args().libraries)
