"""A file ► the things that it plans and the bad rows. Each pass reads the file again, one row or device at a time."""

from collections.abc import Callable, Iterator, Mapping

from operate.adapters.stacks import Stack
from operate.bulk.checking import BadRow, PlannedThing, Target, check_entry
from operate.bulk.columns import Columns, columns_of
from operate.bulk.end_devices import attribute_at, entry_of_device, path_of
from operate.bulk.entries import FileEntry, entry_of_row
from operate.bulk.files import CsvRow, Source, kind_of, read_rows
from operate.bulk.json_files import read_objects
from operate.bulk.problems import RowProblem, Unit
from operate.bulk.register import Register
from operate.errors import WrongInputError
from workflows.domain.planning import StackDefaults
from workflows.values import value


def target_of(stack: Stack) -> Target:
    return Target(
        stack_name=stack.name,
        defaults=StackDefaults(
            frequency_plan_id=stack.output("FrequencyPlanId"),
            claim_lorawan_version=stack.output("ClaimLoRaWANVersion"),
            claim_regional_parameters_version=stack.output("ClaimRegionalParametersVersion"),
        ),
        naming_scheme=stack.parameters.get("ThingNameScheme", "DevEUI"),
    )


@value
class FileForm:
    """How a kind of file says what it says; ``entries`` reads it each time, ``unused`` columns say nothing."""

    unit: Unit
    name_of: Callable[[str], str]
    entries: Callable[[], Iterator[FileEntry]]
    unused: tuple[str, ...] = ()


def csv_form(source: Source, columns: Columns) -> FileForm:
    """An entry is a row, and its number the line."""

    def entries() -> Iterator[FileEntry]:
        rows = read_rows(source)
        next(rows)
        return (entry_of_row(row, columns) for row in rows)

    return FileForm("line", columns.name_of, entries, columns.unused)


def json_form(source: Source, ignored: frozenset[str]) -> FileForm:
    """An entry is a device, and its number how many come before it, plus one."""
    return FileForm("device", path_of, lambda: (entry_of_device(each, ignored) for each in read_objects(source)))


@value
class Sheet:
    """A file of devices, a CSV file with a valid header or JSON."""

    form: FileForm
    source: Source
    target: Target

    def check(self, register: Register) -> Iterator[PlannedThing | BadRow]:
        """Check everything in the first pass; ``register`` records the things and finds duplicates."""
        for found in self._checked():
            line = register.duplicate_line(found.dev_eui, found.line) if found.dev_eui else 0
            if line:
                yield self._with_doubles(found, {"devEUI": line})
            elif isinstance(found, PlannedThing) and (doubles := register.add(found)):
                yield self._with_doubles(found, doubles)
            else:
                yield found

    def things(self, *, without: Callable[[int], bool] = lambda _line: False) -> Iterator[PlannedThing]:
        """Read the things again, but for those on lines that are left out.

        Raises:
            WrongInputError: the file has changed since it was checked.
        """
        for found in self._checked(without):
            if isinstance(found, BadRow):
                raise WrongInputError(f"{self.source} changed during the import: {found.problems[0]}. Start again.")
            yield found

    def _checked(self, without: Callable[[int], bool] = lambda _line: False) -> Iterator[PlannedThing | BadRow]:
        return (check_entry(each, self.target) for each in self.form.entries() if not without(each.line))

    def _with_doubles(self, found: PlannedThing | BadRow, lines: Mapping[str, int]) -> BadRow:
        unit, device = self.form.unit, found.dev_eui or ""
        same = "is the same as on line" if unit == "line" else "is the same as in device"
        doubles = (
            RowProblem(found.line, self.form.name_of(meaning), f"{same} {line}", device, unit=unit)
            for meaning, line in lines.items()
        )
        problems = (*(found.problems if isinstance(found, BadRow) else ()), *doubles)
        return BadRow(found.line, problems, found.dev_eui, found.thing_name, found.missing, found.values)


def open_sheet(source: Source, target: Target, *, ignored: tuple[str, ...] = ()) -> Sheet:
    """Read the beginning of a file of devices.

    Raises:
        WrongInputError: it is neither CSV nor JSON, or a CSV file's header is invalid.
    """
    if kind_of(source).is_json:
        return Sheet(json_form(source, _ignored_fields(ignored)), source, target)
    header: CsvRow | None = next(read_rows(source), None)
    if header is None:
        raise WrongInputError(f"{source} is empty. Its first line must name the columns.")
    return Sheet(csv_form(source, columns_of(header.cells, ignored=ignored)), source, target)


def _ignored_fields(names: tuple[str, ...]) -> frozenset[str]:
    found = {name: attribute_at(name) for name in names}
    if unknown := ", ".join(name for name, attribute in found.items() if not attribute):
        raise WrongInputError(
            f"There is no field {unknown} to ignore. Name a device's field that becomes an attribute, "
            "as mac_settings.rx1_delay, or the attribute."
        )
    return frozenset(found.values())
