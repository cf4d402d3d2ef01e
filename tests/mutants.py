"""Change one thing in the code and see whether a unit test notices: `make mutants` prints the changes that none did.

For each area it draws COUNT places that the unit tests run, the same ones for the same SEED, and runs the tests that
reach the place. The code is changed in a copy. A survivor is a missing test, code that nobody needs, or the same
behaviour in other words.
"""

import argparse
import ast
import copy
import os
import pathlib
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import coverage

AREAS = {
    "steps": ["workflows/steps"],
    "schemas": ["workflows/schemas"],
    "operate": ["operate"],
}
# What unit tests do not reach: calls, the terminal, options.
NOT_LOGIC = ("operate/adapters/", "operate/commands/", "operate/rendering/")
COPY = pathlib.Path(".build/mutants")
TIMEOUT_S = 600
OTHER_OPERATOR = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
}


@dataclass(frozen=True)
class Mutant:
    """``node`` becomes ``text``."""

    path: pathlib.Path
    node: ast.expr
    text: str

    @property
    def source(self):
        """The file's text with the change; columns of syntax trees count bytes."""
        lines = (COPY / self.path).read_bytes().splitlines(keepends=True)
        before = b"".join(lines[: self.node.lineno - 1]) + lines[self.node.lineno - 1][: self.node.col_offset]
        after = lines[self.node.end_lineno - 1][self.node.end_col_offset :] + b"".join(lines[self.node.end_lineno :])
        return before + f"({self.text})".encode() + after

    def __str__(self):
        return f"{self.path}:{self.node.lineno}: {ast.unparse(self.node)}  →  {self.text}"


def changes(node: ast.AST) -> Iterator[str]:
    """Yield what an expression may become."""
    match node:
        case ast.Compare(ops=[operator]):
            yield _changed(node, ops=[OTHER_OPERATOR[type(operator)]()])
        case ast.BoolOp():
            yield _changed(node, op=OTHER_OPERATOR[type(node.op)]())
            yield from (_changed(node, values=_without(node.values, each)) for each in node.values)
        case ast.UnaryOp(op=ast.Not()):
            yield ast.unparse(node.operand)
        case ast.IfExp():
            yield from (ast.unparse(node.body), ast.unparse(node.orelse))
        case _:
            yield from _other_values(node)


def _other_values(node):
    match node:
        case ast.BinOp(op=ast.Add() | ast.Sub()):
            yield _changed(node, op=OTHER_OPERATOR[type(node.op)]())
        case ast.Constant(value=bool()):
            yield str(not node.value)
        case ast.Constant(value=int()):
            yield str(node.value + 1)
        case ast.Tuple(elts=[_, _, *_]) | ast.Set(elts=[_, _, *_]):
            yield from (_changed(node, elts=_without(node.elts, each)) for each in node.elts)


def _changed(node, **fields):
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return ast.unparse(changed)


def _without(nodes, left_out):
    return [each for each in nodes if each is not left_out]


def mutants_of(path: pathlib.Path) -> Iterator[Mutant]:
    tree = ast.parse((COPY / path).read_text())
    types = {id(inner) for node in ast.walk(tree) for each in _types_in(node) for inner in ast.walk(each)}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.expr)
            and id(node) not in types
            and not isinstance(getattr(node, "ctx", None), ast.Store)
        ):
            yield from (Mutant(path, node, text) for text in changes(node))
        elif isinstance(node, ast.Return | ast.Expr) and isinstance(node.value, ast.Call):
            yield Mutant(path, node.value, "None")


def _types_in(node):
    """What says a type changes nothing that a test could see; nor does what a class is made of."""
    match node:
        case ast.ClassDef():
            return node.decorator_list
        case ast.Assign(value=ast.Subscript() as alias) | ast.Subscript(slice=ast.Tuple() as alias):
            return [alias]
        case _:
            here = (getattr(node, name, None) for name in ("annotation", "returns"))
            return [each for each in here if each is not None]


class Reached:
    """Which tests run which line, by a run of all unit tests."""

    def __init__(self):
        (COPY / ".coveragerc").write_text("[run]\ndynamic_context = test_function\nsource = workflows,operate\n")
        if _run("coverage", "run", "--rcfile=.coveragerc", "-m", "pytest", "-q", "tests/unit", timeout_s=1800):
            raise SystemExit("The unit tests fail without any change: see make test-unit.")
        self._measured = coverage.CoverageData(str(COPY / ".coverage"))
        self._measured.read()

    def tests(self, mutant: Mutant) -> list[str]:
        """Return the tests that run the line; of a line that runs at import, all that run any of the module."""
        by_line = self._measured.contexts_by_lineno(str((COPY / mutant.path).resolve()))
        here = by_line.get(mutant.node.lineno, [])
        named = {context for context in here if context}
        if here and not named:
            named = {context for contexts in by_line.values() for context in contexts if context}
        return sorted(filter(None, map(_node_id, named)))


def _node_id(context: str) -> str | None:
    """``tests.unit.test_x.TestY.test_z`` ► ``tests/unit/test_x.py::TestY::test_z``."""
    parts = context.split(".")
    for size in range(len(parts) - 1, 0, -1):
        path = pathlib.Path(*parts[:size]).with_suffix(".py")
        if (COPY / path).is_file():
            return "::".join((str(path), *parts[size:]))
    return None


def _run(*arguments, timeout_s):
    environment = {name: value for name, value in os.environ.items() if name != "AWS_ENDPOINT_URL"}
    changed = environment | {"PYTHONPATH": str(COPY.resolve()), "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(
        command, cwd=COPY, env=changed, capture_output=True, timeout=timeout_s, check=False
    ).returncode


def survives(mutant: Mutant, tests: list[str]) -> bool:
    place = COPY / mutant.path
    original = place.read_bytes()
    place.write_bytes(mutant.source)
    try:
        # A constant is seen by tests that run none of its module, too: so a survivor meets all of them.
        return _passes(tests) and _passes(["tests/unit"])
    except subprocess.TimeoutExpired:
        return False
    finally:
        place.write_bytes(original)


def _passes(tests):
    return _run("pytest", "-qx", "-p", "no:cacheprovider", *tests, timeout_s=TIMEOUT_S) == 0


def _copy_all():
    shutil.rmtree(COPY, ignore_errors=True)
    COPY.mkdir(parents=True)
    for name in subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=True).stdout.splitlines():
        target = COPY / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(name, target)


def _drawn(folders, count, seed, reached):
    files = sorted(path for folder in folders for path in pathlib.Path(folder).rglob("*.py"))
    logic = [path for path in files if not str(path).startswith(NOT_LOGIC)]
    every = [mutant for path in logic for mutant in mutants_of(path)]
    random.Random(seed).shuffle(every)
    known = ((mutant, tests) for mutant in every if (tests := reached.tests(mutant)))
    return [drawn for drawn, _ in zip(known, range(count), strict=False)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("areas", nargs="*", default=[*AREAS], help=f"of {', '.join(AREAS)}; all if none is named")
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    _copy_all()
    reached = Reached()
    for area in options.areas:
        survivors = 0
        for mutant, tests in _drawn(AREAS[area], options.count, options.seed, reached):
            if survives(mutant, tests):
                survivors += 1
                print(mutant, flush=True)
        print(f"{area}: {survivors} of {options.count} survived", flush=True)


if __name__ == "__main__":
    main()
