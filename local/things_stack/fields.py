"""Dotted paths into messages: reading, copying and clearing what a field mask names."""

import copy
from collections.abc import Iterable, Iterator, Mapping

from local.things_stack import definitions
from local.things_stack.decoding import Json, Message, Shape
from local.things_stack.kinds import anything, structure


def asks_for(mask: Iterable[str], *paths: str) -> bool:
    """Whether the mask asks for any of the paths, by itself or through a field above it."""
    return any(f"{path}.".startswith(f"{masked}.") for masked in mask for path in paths)


def touches(mask: Iterable[str], path: str) -> bool:
    """Whether the mask asks for the path, or for anything below it."""
    return any(asks_for((masked,), path) or asks_for((path,), masked) for masked in mask)


def check_mask(mask: Iterable[str], allowed: set[str], shape: Shape) -> None:
    """Raise field_mask_paths for paths that the call does not take, or that no message of the shape has."""
    forbidden = [path for path in mask if not (_allowed(path, allowed) and _exists(path, shape))]
    if forbidden:
        raise definitions.FIELD_MASK_PATHS(forbidden_paths=forbidden)


def check_unmasked_parts(mask: Iterable[str], message: Message, allowed: set[str], shape: Shape) -> None:
    """Raise non_zero_path for a value below a masked path that the call does not take."""
    leaves = sorted(_leaves(message, shape))
    for masked in mask:
        for leaf in leaves:
            if leaf.startswith(f"{masked}.") and not _allowed(leaf, allowed):
                raise definitions.NON_ZERO_PATH(path=leaf)


def _allowed(path: str, allowed: Iterable[str]) -> bool:
    """Whether a path is in the list; a trailing ``.*`` there means the field with everything below it."""
    return path in allowed or any(entry.endswith(".*") and f"{path}.".startswith(entry[:-1]) for entry in allowed)


def _exists(path: str, shape: Shape) -> bool:
    """Whether a message of the shape has the path; what it keeps without looking into it has any."""
    name, _, below = path.partition(".")
    kind = shape.get(name)
    if kind is None or not below:
        return kind is not None
    return _exists(below, kind) if isinstance(kind, Mapping) else kind in (structure, anything)


def _leaves(message: Message, shape: Shape, prefix: str = "") -> Iterator[str]:
    for name, value in message.items():
        if isinstance(shape[name], Mapping):
            yield from _leaves(value, shape[name], f"{prefix}{name}.")
        else:
            yield prefix + name


def value_at(message: Message, path: str) -> Json:
    """The value at a path, None if it or anything above it is absent."""
    value: Json = message
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def is_zero(hexadecimal: str | None) -> bool:
    """Whether an EUI, address or key is absent or all zeros."""
    return not (hexadecimal or "").strip("0")


def copied(message: Message) -> Message:
    return copy.deepcopy(message)


def copy_fields(target: Message, source: Message, mask: Iterable[str]) -> None:
    """Write the masked fields of the source into the target; a masked but absent field is cleared.

    The message around a masked field comes along, empty if need be.
    """
    for path in mask:
        *parents, name = path.split(".")
        branch = _branch(target, source, parents)
        value = value_at(source, path)
        if branch is not None and value is None:
            branch.pop(name, None)
        elif branch is not None:
            branch[name] = copy.deepcopy(value)


def _branch(target: Message, source: Json, parents: list[str]) -> Message | None:
    """The target's message at a path, made where the source has one; None if neither has."""
    for parent in parents:
        source = source.get(parent) if isinstance(source, dict) else None
        if not isinstance(target.get(parent), dict):
            if not isinstance(source, dict):
                return None
            target[parent] = {}
        target = target[parent]
    return target


def selection(message: Message, mask: Iterable[str]) -> Message:
    """What an answer shows of a record: ids and times always, otherwise what the mask asks for."""
    chosen: Message = {}
    copy_fields(chosen, message, ["ids", "created_at", "updated_at", *mask])
    return chosen
