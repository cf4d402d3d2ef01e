"""A class's name says which one it is: no two of the product have the same."""

import ast
from collections import defaultdict

from tests.contract.source_code import files, parsed


def test_no_two_classes_have_one_name():
    modules = defaultdict(list)
    for path in files("functions", "workflows", "operate", "local"):
        for node in parsed(path).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                modules[node.name].append(str(path))

    assert {name: where for name, where in modules.items() if len(where) > 1} == {}
