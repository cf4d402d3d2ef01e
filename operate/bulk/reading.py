"""A CSV file ► the things that it plans and the bad rows. Each pass reads the file again, one row at a time."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

from operate.adapters.stacks import Stack
from operate.bulk.checking import BadRow, PlannedThing, Target, check_row
from operate.bulk.columns import Columns, columns_of
from operate.bulk.files import CsvRow, Source, read_rows
from operate.bulk.problems import RowProblem
from operate.bulk.register import Register
from operate.errors import WrongInputError
from workflows.domain.planning import StackDefaults


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


@dataclass(frozen=True, slots=True)
class Sheet:
    """A CSV file with a valid header."""

    source: Source
    columns: Columns
    target: Target

    def check(self, register: Register) -> Iterator[PlannedThing | BadRow]:
        """Check every row in the first pass; ``register`` records the things and finds duplicates."""
        for found in self._rows():
            line = register.duplicate_line(found.dev_eui, found.line) if found.dev_eui else 0
            if line:
                yield self._with_doubles(found, {"devEUI": line})
            elif isinstance(found, PlannedThing) and (doubles := register.add(found)):
                yield self._with_doubles(found, doubles)
            else:
                yield found

    def things(self, *, without: Container[int] = ()) -> Iterator[PlannedThing]:
        """Read the things again, ``without`` the rows of these lines.

        Raises:
            WrongInputError: the file has changed since it was checked.
        """
        for found in self._rows():
            if found.line in without:
                continue
            if isinstance(found, BadRow):
                raise WrongInputError(f"{self.source} changed during the import: {found.problems[0]}. Start again.")
            yield found

    def _rows(self) -> Iterator[PlannedThing | BadRow]:
        everything = read_rows(self.source)
        next(everything)
        return (check_row(row, self.columns, self.target) for row in everything)

    def _with_doubles(self, found: PlannedThing | BadRow, lines: Mapping[str, int]) -> BadRow:
        device = found.dev_eui or ""
        doubles = (
            RowProblem(found.line, self.columns.name_of(meaning), f"is the same as on line {line}", device)
            for meaning, line in lines.items()
        )
        problems = (*(found.problems if isinstance(found, BadRow) else ()), *doubles)
        return BadRow(found.line, problems, found.dev_eui, found.thing_name, found.missing)


def open_sheet(source: Source, target: Target, *, ignored: tuple[str, ...] = ()) -> Sheet:
    """Read the header of a CSV file.

    Raises:
        WrongInputError: it is no CSV file, or its header is invalid.
    """
    header: CsvRow | None = next(read_rows(source), None)
    if header is None:
        raise WrongInputError(f"{source} is empty. Its first line must name the columns.")
    return Sheet(source, columns_of(header.cells, ignored=ignored), target)
