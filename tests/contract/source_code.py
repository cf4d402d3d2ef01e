"""The project's own source as syntax trees: what a file imports, defines and names."""

import ast
import functools
import pathlib
import re

ROOMS = ("functions", "workflows", "operate", "local", "deploying")


def files(*folders):
    """Return every module below ``folders``, but empty ones."""
    found = [path for folder in folders for path in pathlib.Path(folder).rglob("*.py")]
    return sorted(path for path in found if path.stat().st_size)


@functools.cache
def parsed(path):
    return ast.parse(path.read_text())


def nodes(path, *kinds):
    return [node for node in ast.walk(parsed(path)) if isinstance(node, kinds)]


def imports(path):
    """Return the dotted name of everything that ``path`` imports when it runs, not what it names for types alone."""
    for_types = {id(inner) for node in nodes(path, ast.If) if _type_checking(node) for inner in ast.walk(node)}
    plain = {alias.name for node in nodes(path, ast.Import) if id(node) not in for_types for alias in node.names}
    found = [node for node in nodes(path, ast.ImportFrom) if id(node) not in for_types]
    return plain | {f"{node.module}.{alias.name}" for node in found for alias in node.names}


def _type_checking(node):
    return ast.unparse(node.test) == "TYPE_CHECKING"


def functions(path):
    return nodes(path, ast.FunctionDef, ast.AsyncFunctionDef)


def length(node):
    """Lines from the first to the last, docstring included, decorators not."""
    return node.end_lineno - node.lineno + 1


def defined_names(path):
    """Return every name that ``path`` gives: its own, of classes, functions, parameters and variables."""
    classes = {node.name for node in nodes(path, ast.ClassDef)}
    callables = {node.name for node in functions(path)}
    parameters = {node.arg for node in nodes(path, ast.arg)}
    variables = {node.id for node in nodes(path, ast.Name) if isinstance(node.ctx, ast.Store)}
    return {path.stem} | classes | callables | parameters | variables


def words(name):
    """Split ``snake_case`` and ``CamelCase``."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}
