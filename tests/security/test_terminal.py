"""Who may name a device, send to a queue, write a file or a shadow has nothing to say to the operator's terminal."""

import ast
import base64
import csv
import importlib
import io
import json
import pkgutil
import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.panel import Panel
from rich.rule import Rule
from rich.text import Text

from operate import rendering
from operate.adapters.queues import MessageMove
from operate.app import app
from operate.errors import NotAgreedError
from operate.rendering import console
from operate.rendering.replay import MoveBar
from operate.safe_output import visible, write_table
from operate.views.failures import FailedThing
from operate.views.history import ThingHistory
from operate.views.reasons import by_error_and_reason
from tests.bulk_samples import DEVICE, dev_eui, device_row, written
from tests.contract.operate import conftest as scene
from tests.contract.operate.fleet import rejection
from tests.contract.source_code import files, imports, nodes
from tests.journal_samples import accepted, change
from tests.samples import identity_record, registry_event
from tests.security.hostile import (
    ALL_IN_ONE,
    ATTACKS,
    CLIPBOARD,
    FORGED,
    acting,
    arguments,
    captured,
    documents,
    forged,
    texts,
)
from workflows.domain.device import DeviceIds
from workflows.domain.facts import EventFailed

MODULES = [
    importlib.import_module(f"{rendering.__name__}.{each.name}") for each in pkgutil.iter_modules(rendering.__path__)
]
PUBLIC = {
    f"{module.__name__.rpartition('.')[2]}.{name}": each
    for module in MODULES
    for name, each in vars(module).items()
    if not name.startswith("_") and getattr(each, "__module__", None) == module.__name__ and hasattr(each, "__name__")
}
PRINTING = {name: each for name, each in PUBLIC.items() if name.rpartition(".")[2].startswith(("show_", "print_"))}
# What prints nothing by itself, or has a test of its own below.
OTHERS = {
    *(
        "console.PlainConsole",
        "console.ask_to_confirm",
        "console.follow",
        "console.progress",
        "replay.MoveBar",
    ),
    *("console.commands_completed", "console.fitted", "console.redrawn", "console.working_at", "listing.ListLayout"),
    *("console.grid", "console.joined", "console.styled", "console.table", "drift.where"),
    *("console.ask_secret", "console.is_typed", "console.read_input", "console.read_secret"),
}
# Of errors that a correction is known for, and of others; equal reasons, and others.
REASONS = texts | texts.map(lambda text: f"appKey: {text}; devEUI: {text}") | st.just("the same")
FAILURES = st.lists(
    st.builds(
        FailedThing,
        error_name=texts | st.just("InvalidThingError"),
        message=REASONS,
        dev_eui=texts,
        device_id=st.none() | texts,
    ),
    min_size=1,
    max_size=3,
)
# What a type does not say about a parameter.
MORE = {
    "console.print_json": {"document": documents()},
    "console.print_json_line": {"document": documents()},
    "console.print_crash": {"error": texts.map(RuntimeError)},
    "console.print_wrong_call": {"usage": st.just("Usage: thingsync [OPTIONS]\n       COMMAND")},
    "console.print_named": {"lines": st.lists(st.tuples(texts, st.none() | texts | texts.map(console.styled)))},
    "failures.show_failures": {"groups": FAILURES.map(by_error_and_reason)},
    "failures.show_one_error": {"group": FAILURES.map(lambda failures: by_error_and_reason(failures)[0])},
    "status.show_history": {
        "histories": st.lists(st.from_type(ThingHistory), max_size=2),
        "state_machine_arn": texts.map(lambda text: f"arn:aws:states:eu-west-1:1:stateMachine:{text}"),
    },
}


@pytest.fixture(autouse=True, scope="module")
def wide():
    """No line is broken, so that what begins a line was printed as one."""
    before = console.out.size
    console.out.width = console.err.width = 10_000
    yield
    console.out.size = console.err.size = before


def test_whatever_prints_is_tried():
    assert PUBLIC.keys() - PRINTING.keys() == OTHERS


@pytest.mark.parametrize("name", sorted(PRINTING))
def test_no_text_that_is_printed_acts_on_the_terminal_or_forges_a_line(name):
    @given(arguments(PRINTING[name], **MORE.get(name, {})))
    def printed(given_arguments):
        with captured() as terminal:
            PRINTING[name](**given_arguments)

        assert acting(terminal.getvalue()) == []
        assert forged(terminal.getvalue()) == []

    printed()


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_question_does_not_act(attack, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("n\n"))

    with captured() as terminal, pytest.raises(NotAgreedError, match="Nothing was changed"):
        console.ask_to_confirm(f"Send them through {attack}?", yes=False)

    assert (acting(terminal.getvalue()), forged(terminal.getvalue())) == ([], [])


@pytest.mark.parametrize("attack", ATTACKS)
def test_neither_a_bar_nor_what_is_said_beside_it_acts(attack):
    """In a terminal, where rich moves the cursor itself."""
    with captured(is_terminal=True) as terminal:
        console.out.print(attack)
        with console.progress(attack, total=2) as (bar, task):
            MoveBar(bar, task).update(MessageMove(attack, 1, 2, attack, attack))
            bar.console.print(attack)

    by_others = re.sub(r"\x1b\[\??[0-9;]*[hlmAK]|\r", "", terminal.getvalue())
    assert (acting(by_others), forged(by_others)) == ([], [])


@given(texts, st.integers(2, 40))
def test_a_text_is_cut_to_its_column_and_does_not_act(text, width):
    shown = console.fitted(text, width)

    assert (acting(shown), cell_len(shown)) == ([], width)


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_screen_that_is_shown_again_does_not_act(attack):
    """In a terminal, where rich clears the screen."""
    with captured(is_terminal=True) as terminal, console.redrawn():
        console.out.print(attack)

    by_others = terminal.getvalue().replace("\x1b[2J\x1b[H", "")
    assert (acting(by_others), forged(by_others)) == ([], [])


@given(st.lists(st.fixed_dictionaries({"thing": texts, "reason": texts}), max_size=3))
def test_a_table_for_spreadsheets_does_not_act_either(rows):
    with captured() as terminal:
        write_table(terminal, ("thing", "reason"), rows)

    assert (acting(terminal.getvalue()), forged(terminal.getvalue())) == ([], [])
    assert len(list(csv.reader(io.StringIO(terminal.getvalue())))) == 1 + len(rows)


@given(texts)
def test_what_was_hidden_is_written_out_and_the_rest_stands(text):
    shown = visible(text)

    assert acting(shown) == []
    assert re.sub(r"\\x..|\\u....|\\U........", "", shown) == re.sub(
        r"\\x..|\\u....|\\U........", "", "".join(each for each in text if each != "\n" and not acting(each))
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("\x1b[2J\x07\n\t\r\x7f", r"\x1b[2J\x07\x0a\x09\x0d\x7f", id="control characters"),
        pytest.param("\x9b\x85", r"\x9b\x85", id="control characters of eight bits"),
        pytest.param("\u202e\u2066\u200f\u061c", r"\u202e\u2066\u200f\u061c", id="direction of writing"),
        pytest.param("\u2028\u2029", r"\u2028\u2029", id="separators"),
        pytest.param("a\u200bb\ufeff", r"a\u200bb\ufeff", id="of no width"),
        pytest.param("\U000e0041", r"\U000e0041", id="tags"),
        pytest.param("\udc9b", r"\udc9b", id="a byte of a file name that is no text"),
        pytest.param("Pumpe Süd, 水泵\u30007, 🚰 → ✓", "Pumpe Süd, 水泵\u30007, 🚰 → ✓", id="all that people write"),
    ],
)
def test_what_acts_is_shown_as_what_it_is(text, shown):
    assert visible(text) == shown


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_rich_was_given_by_another_way_does_not_act_either(attack):
    with captured() as terminal:
        console.out.print(Text(attack), Panel(Text(attack)), Rule(Text(attack)))

    assert acting(terminal.getvalue()) == []


@pytest.mark.parametrize("print_document", [console.print_json, console.print_json_line])
@pytest.mark.parametrize("attack", ATTACKS)
def test_no_text_in_json_acts(attack, print_document):
    with captured() as terminal:
        print_document({attack: [attack]})

    assert (acting(terminal.getvalue()), json.loads(terminal.getvalue())) == ([], {attack: [attack]})


@given(documents())
def test_programs_read_from_json_what_was_there(document):
    with captured() as terminal:
        console.print_json_line(document)

    assert json.loads(terminal.getvalue()) == document
    assert terminal.getvalue().isascii()


OPERATE = files("operate")
CONSOLE = "operate/rendering/console.py"
# Who prints is one of these, or a text goes around the console.
SAYING = {
    "print",
    "echo",
    "secho",
    "style",
    "prompt",
    "confirm",
    "progressbar",
    "Console",
    "Progress",
    "Live",
    "rprint",
}
STREAMS = {"stdout", "stderr", "__stdout__", "__stderr__"}


@pytest.mark.parametrize("path", [path for path in OPERATE if str(path) != CONSOLE], ids=str)
def test_nothing_is_printed_around_the_console(path):
    calls = [ast.unparse(node.func) for node in nodes(path, ast.Call)]
    said = {call for call in calls if call.rpartition(".")[2] in SAYING}
    streams = {node.attr for node in nodes(path, ast.Attribute)} & STREAMS

    assert {name for name in imports(path) if name.split(".")[0] in ("rich", "click", "logging", "warnings")} == set()
    assert {call for call in said if call not in ("out.print", "err.print", "self.bar.console.print")} == set()
    assert streams <= ({"stdout"} if str(path) == "operate/safe_output.py" else set())
    assert "write" not in {call.rpartition(".")[2] for call in calls}


field, simulator, fleet = scene.field, scene.simulator, scene.fleet


def refused(done, shown):
    """Nothing acts, on either output; and yet it is printed."""
    assert (acting(done.output), forged(done.output)) == ([], [])
    assert shown in done.output.replace("\n", "")
    return done


def test_a_collaborator_says_nothing_by_the_attributes_of_a_device(fleet):
    attributes = {"aws-stack": f"other\x1b[2J\x1b[H\n{FORGED}\u202e", "aws-thing-id": "x", "aws-run": "x"}
    fleet.devices.create_identity(
        identity_record(DeviceIds("theirs", dev_eui(9), "0000000000000001"), f"a\x1b]0;b\x07\n{FORGED}", "", attributes)
    )

    refused(fleet.call("reconcile"), r"stack other\x1b[2J\x1b[H\x0aFORGED")
    shown = refused(fleet.call("reconcile", "--json"), "other")
    assert json.loads(shown.stdout)["text"].endswith("\u202e")


def test_a_device_says_nothing_by_its_shadow(field):
    thing_id = field.create_thing("pump-7")
    field.happened("pump-7", *rejection(), thing_id=thing_id)
    error = {"name": "InvalidThingError", "message": f"{CLIPBOARD}\n{FORGED}\x9b2J"}
    field.shadows.update_thing_shadow(
        thingName="pump-7",
        shadowName="registration",
        payload=json.dumps({"state": {"reported": {"error": error, "status": "\x1b[2J"}}}),
    )

    assert FORGED not in refused(field.call("status", "pump-7"), "InvalidThingError").output
    shown = refused(field.call("status", "pump-7", "--json"), "FORGED")
    assert json.loads(shown.stdout)["shadow"]["error"] == error


def test_who_may_send_to_the_queue_says_nothing_by_a_message(field):
    payload = base64.b64encode(json.dumps(registry_event()).encode()).decode()
    failures = [{"errorMessage": f"\x1b[1A\x1b[2K\r{FORGED}\n{FORGED}"}]
    field.bury(json.dumps({"base64OriginalPayload": payload, "failures": failures}))
    field.bury("<html>", ErrorName=f"\u202e{CLIPBOARD}[/][red]")

    refused(field.call("dlq"), r"\x1b[1A\x1b[2K\x0dFORGED")
    refused(field.call("dlq", "--json"), "FORGED")


def test_what_failed_says_nothing_by_the_name_of_its_error(field):
    field.happened("pump-7", accepted(), EventFailed(change(), f"\x1b[2J\n{FORGED}"))

    for command in ("failures", "history", "replay"):
        arguments = [] if command == "failures" else ["pump-7"]
        refused(field.call(command, *arguments, answers="n\n"), r"\x1b[2J\x0aFORGED" if command != "replay" else "send")
    refused(field.call("failures", "--csv"), r"\x1b[2J\x0aFORGED")
    refused(field.call("failures", "--json"), "FORGED")
    refused(field.call("history", "pump-7", "--json"), "FORGED")


def test_a_manufacturer_says_nothing_by_the_header_of_a_file(fleet, tmp_path):
    header = [*DEVICE, f"\x1b[2J\x1b[H{FORGED}"]
    file = written(tmp_path / "devices.csv", header, [*device_row(1), ""])

    done = refused(fleet.call("import", file, "--dry-run"), "column 6")

    assert done.exit_code == 0


def test_the_name_of_a_file_says_nothing(fleet, tmp_path):
    file = tmp_path / f"{ALL_IN_ONE.replace('/', '')}.csv"
    absent = refused(fleet.call("import", file), "cannot be read")
    written(file, ["dev_eui", "name"], ["x", "y"])

    bad = refused(fleet.call("import", file), "1 of 1 rows are bad")

    assert (absent.exit_code, bad.exit_code) == (2, 2)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(lambda attack: [attack], id="a command"),
        pytest.param(lambda attack: ["status", "pump", attack], id="an argument too many"),
        pytest.param(lambda attack: ["status", f"--{attack}"], id="an option"),
        pytest.param(lambda attack: ["import", "x", "--rate", attack], id="a value"),
        pytest.param(lambda attack: ["dlq", attack], id="a command of a command"),
        pytest.param(lambda attack: ["replay", "pump", "--timeout", attack], id="a time"),
        pytest.param(lambda attack: ["replay", "--execution", attack], id="a run"),
        pytest.param(lambda attack: ["status", attack], id="a thing"),
        pytest.param(lambda attack: ["import", "x.csv", "--ignore", attack], id="a column"),
        pytest.param(lambda attack: ["set", "pump", f"{attack}=x"], id="an attribute"),
        pytest.param(lambda attack: ["set", f"{attack}", "name=x"], id="a thing to change"),
    ],
)
def test_what_somebody_had_the_operator_paste_says_nothing(field, words):
    done = field.call(*words(ALL_IN_ONE))

    assert (acting(done.output), forged(done.output)) == ([], [])
    assert done.exit_code != 0
    assert done.output != ""


def test_a_fault_of_ours_says_nothing_that_its_text_says():
    program = f"""
import operate.app
def faulty(): raise RuntimeError({CLIPBOARD!r} + "\\n" + {FORGED!r})
operate.app.app = faulty
operate.app.main()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert (done.returncode, acting(done.stderr), forged(done.stderr)) == (1, [], [])
    assert r"RuntimeError: \x1b]52;c;cm0gLXJmIH4=\x07" in done.stderr


def test_every_command_is_there_to_be_tried():
    assert {command.name or command.callback.__name__ for command in app.registered_commands} == {
        *("status", "history", "failures", "replay", "redrive", "restore", "export", "reconcile", "doctor", "import"),
        *("list", "set"),
    }
