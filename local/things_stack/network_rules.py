"""How the Network Server judges a Set: by what the request sets, and otherwise by what it has of the device.

A rule whose fields are all set is checked at once, any other after the record was read, so its error comes later.
"""

from collections.abc import Callable

from local.things_stack import definitions, fields
from local.things_stack.decoding import Json, Message
from local.things_stack.errors import StackError

_FIELD_VALUE = definitions.field_value("networkserver")
_BOUNDS = {"lorawan_version": ("MACVersion", 6), "lorawan_phy_version": ("PHYVersion", 12)}


class Judgement:
    """``paths``: what is set, the IDs that the request gives among them; ``stored`` is empty for a new device."""

    def __init__(self, device: Message, mask: list[str], stored: Message) -> None:
        self.device, self.stored = device, stored
        given = [name for name in ("join_eui", "dev_eui", "dev_addr") if name in device["ids"]]
        self.paths = [*mask, "ids.application_ids", "ids.device_id", *(f"ids.{name}" for name in given)]
        self._to_be_zero: dict[str, bool] = {}
        self._later: list[Callable[[], object]] = []

    def sets(self, *paths: str) -> bool:
        return fields.asks_for(self.paths, *paths)

    def holder(self, path: str) -> Message:
        """Where the value is to be found: the request if it sets it, else the record."""
        return self.device if self.sets(path) else self.stored

    def value(self, path: str) -> Json:
        return fields.value_at(self.holder(path), path)

    def refuse(self, path: str, cause: StackError | None = None) -> StackError:
        return _FIELD_VALUE(cause, field=path)

    def never_empty(self, path: str) -> None:
        if self.sets(path) and path not in self.device:
            name, highest = _BOUNDS.get(path, ("", 0))
            bound = definitions.FIELD_BOUND(field=name, min=1, max=highest, value=0) if name else None
            raise self.refuse(path, bound)

    def zero(self, path: str, *, wanted: bool = True) -> None:
        """The value must be zero, or must not be."""
        if not self.sets(path):
            self._to_be_zero[path] = wanted
        elif _is_zero(self.device, path) != wanted:
            problem = definitions.FIELD_NOT_ZERO if wanted else definitions.FIELD_IS_ZERO
            raise self.refuse(path, problem(name=path))

    def follow(self, flag: str, *, is_set: bool, paths: tuple[str, ...], zero: bool) -> None:
        """Where a flag is as given, the paths must be zero, or not zero; if one is not so, the flag must differ."""
        if self.sets(flag):
            if bool(fields.value_at(self.device, flag)) != is_set:
                return
            for path in paths:
                self.zero(path, wanted=zero)
        for path in paths:
            if self.sets(path) and _is_zero(self.device, path) != zero:
                self.zero(flag, wanted=is_set)

    def rule(self, rule: Callable[[], object], *paths: str) -> None:
        """Check a rule about these fields as soon as they are known."""
        if all(self.sets(path) for path in paths):
            rule()
        else:
            self._later.append(rule)

    def rule_of(self, flag: str, rule: Callable[[], None], *paths: str, is_set: bool) -> None:
        """Check a rule that holds where a flag is as given, if the request sets that or anything it is about."""

        def where_it_holds() -> None:
            if bool(self.value(flag)) == is_set:
                rule()

        if self.sets(flag) and bool(self.device.get(flag)) != is_set:
            return
        if self.sets(flag, *paths):
            self.rule(where_it_holds, flag, *paths)

    def finish(self) -> None:
        """Check what needs the record."""
        for path, wanted in self._to_be_zero.items():
            if _is_zero(self.stored, path) != wanted:
                raise self.refuse(path)
        for rule in self._later:
            rule()


def _is_zero(device: Message, path: str) -> bool:
    """An address of zeros is none, unlike EUIs and keys."""
    value = fields.value_at(device, path)
    return fields.is_zero(value) if path.endswith("dev_addr") else value is None
