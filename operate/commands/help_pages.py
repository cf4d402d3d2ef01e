"""The pages of ``--help``: plain text, values without typer's types, whole sentences, examples."""

import re
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from operate.commands.examples import EXAMPLES

# typer writes the type of a value, as <str> or <int range>, and of a choice the choices.
_TYPE = re.compile(r" <(?P<type>[^>]+)>$")
_ARGUMENT = re.compile(r"(?P<open>[{[])(?P<name>(?!OPTIONS).+)[}\]](?P<several>(?:\.\.\.)?)")
_VALUES = {"str": "TEXT", "list[str]": "TEXT", "int": "N", "float": "N", "int range": "N", "float range": "N"}
_FILES = {"path": "FILE", "file": "FILE"}
_SENTENCE_CHARS = 300
_EVERYWHERE = (
    "Before or after every command: --stack NAME, --profile NAME, --region NAME, or --local for the local cloud. "
    "`thingsync --help` explains them."
)


class _HelpPage:
    """What typer's commands and groups have in common; ``ctx`` and ``formatter`` are typer's."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:  # noqa: ANN401
        """Write an argument as THING or [THING]."""
        pieces: list[str] = super().collect_usage_pieces(ctx)  # type: ignore[misc]
        return [_in_usage(each) for each in pieces]

    def format_options(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401
        shown: dict[str, list[tuple[str, str]]] = {"argument": [], "option": []}
        for param in self.get_params(ctx):  # type: ignore[attr-defined]
            if record := param.get_help_record(ctx):
                name = _TYPE.sub("", record[0]).upper() if param.param_type_name == "argument" else _plain(record[0])
                shown[param.param_type_name].append((name, _ranges_in_words(record[1])))
        for kind, records in shown.items():
            if records:
                with formatter.section(f"{kind.capitalize()}s"):
                    formatter.write_dl(records)


def _in_usage(piece: str) -> str:
    """Write the name of an argument alone: typer puts {} around it or [] and ... behind it, whatever it says itself."""
    found = _ARGUMENT.fullmatch(piece)
    if not found:
        return piece
    name = found["name"].upper()
    several = "" if "…" in name else found["several"]
    return f"[{name}]{several}" if found["open"] == "[" and not name.startswith("[") else f"{name}{several}"


def _plain(option: str) -> str:
    return _TYPE.sub(lambda found: f" {(_VALUES | _FILES).get(found['type'], found['type'])}", option)


def _ranges_in_words(text: str) -> str:
    """Write ``1 to 100`` for ``1<=x<=100``, and ``at least 0`` for ``x>=0``."""
    return re.sub(r"\bx>=(?=\d)", "at least ", text.replace("<=x<=", " to "))


class Command(_HelpPage, TyperCommand):
    """A command."""


class Group(_HelpPage, TyperGroup):
    """A command of commands."""

    def format_options(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401
        super().format_options(ctx, formatter)
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(
                [
                    (name, each.get_short_help_str(_SENTENCE_CHARS))
                    for name, each in commands
                    if each and not each.hidden
                ]
            )


def epilog(name: str, more: str = "") -> str:
    """Return what ends the help of a command: examples, and what holds everywhere."""
    # typer keeps the lines of a paragraph that begins so.
    examples = "\n".join(("\b", "Examples:", *(f"  {line}" for line in EXAMPLES.get(name, ()))))
    return "\n\n".join(filter(None, (examples if name in EXAMPLES else "", _EVERYWHERE if name else "", more)))


def explain_all(commands: typer.Typer, path: str = "") -> None:
    """Give every command, and those of its groups, such a page."""
    for command in commands.registered_commands:
        name = command.name or (command.callback.__name__ if command.callback else "")
        command.cls, command.epilog = Command, epilog(f"{path}{name}")
    for group in commands.registered_groups:
        if group.typer_instance:
            group.cls, group.epilog = Group, epilog(f"{path}{group.name}")
            explain_all(group.typer_instance, f"{path}{group.name} ")
