"""Words that were retired stay out of code, documents and template: docs/glossary.md has the words in use."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SUFFIXES = {".py", ".md", ".json", ".in"}
AREAS = {
    "docs": [Path("README.md"), Path("CHANGELOG.md"), Path("CONTRIBUTING.md"), Path("docs")],
    "template": [Path("template.yaml"), Path("statemachine.asl.json")],
    "workflows": [Path("workflows")],
    "functions": [Path("functions")],
    "operate": [Path("operate")],
    "local": [Path("local")],
    "build": [Path("Makefile"), Path("pyproject.toml"), Path("requirements")],
}

# The retired words, as regular expressions ► what to write instead. Identifiers are split into their words before.
RETIRED = {
    r"letters?": "message, dead-lettered message",
    r"mend(s|ed|ing)?": "fix, repair; for the emulator: patch",
    r"(un)?told|tell(s|er|ers|ing)?": "say, report, name, show, notify, log; of two things: distinguish; True if",
    r"fates?": "result, outcome, status",
    r"born|births?": "registered in The Things Stack, mirrored, reserved",
    r"kept": "retained, reserved, stored, unchanged; stays",
    r"(?-i:HEAD)|heads": "snapshot",
    r"(?-i:END)": "tombstone",
    r"anew": "again, a new …",
    r"stands?|stood|standing": "status, record match; is, lies, must",
    r"giv(e|es|ing|en) up|gave up": "release, time out, stop",
    r"troubles?": "error, outage, problem",
    r"looked up": "read, map_concurrently",
    r"hoist(s|ed|ing)?": "global options first",
    r"pressing|to press|press twice": "run; Options",
    r"(im)?patien(ce|t|tly)": "timeout",
    r"silent runs?": "unreported run",
    r"sights?": "Comparison",
    r"(?-i:Depth)": "ServerState",
    r"assembly": "bootstrap",
    r"rooms|room of its own": "layer",
    r"believ(e|es|ed|ing)": "trust, obey, assume; is cached",
    r"(go|goes|went) with the stack|the stack (goes|went)": "is deleted with the stack",
    r"let(s|ting)? (in|go)": "accept, release",
    r"comes? again": "is delivered again",
    r"turns? in circles": "never loops",
    r"whoever|whomever": "people who, everybody who",
}

# Where such a word is right, and why.
ALLOWED = {
    r"dead[ -]?letter(s|ed|ing)?": "the word of SQS",
    r"letters?( and |, )digits|letter by letter|letter case|(upper|lower)[- ]case letters?": "of an alphabet",
    r"(\d+|random|ascii|first|with a|without) letters?|(?-i:LETTERS)": "of an alphabet",
    r"separator, letter|startswith\(letter\)": "the first letter of a field in a QR code",
    r"(?-i:Queue Depth)": "how many messages a queue holds",
    r"(?-i:END DEVICES?)": "a constant about end devices",
    r"(?-i:END CERTIFICATE)": "the last line of a certificate in PEM form",
    r"SIMPLE HEAD": "a name in rich",
    r"tests/patience\.py": "a file of the tests",
}

IN_IDENTIFIER = re.compile(r"([a-z0-9])([A-Z])|([A-Z]{2,})([A-Z][a-z])")
RETIRED_WORD = re.compile(rf"\b({'|'.join(RETIRED)})\b", re.IGNORECASE)
ALLOWED_WORD = re.compile(rf"\b({'|'.join(ALLOWED)})(?!\w)", re.IGNORECASE)


def retired_words(text: str) -> Iterator[tuple[int, str]]:
    """Return the number of the line and the word."""
    words = ALLOWED_WORD.sub("", IN_IDENTIFIER.sub(r"\1\3 \2\4", text).replace("_", " "))
    for found in RETIRED_WORD.finditer(words):
        yield words.count("\n", 0, found.start()) + 1, found[0]


def instead_of(word: str) -> str:
    return next(instead for words, instead in RETIRED.items() if re.fullmatch(words, word, re.IGNORECASE))


def texts(paths: list[Path]) -> Iterator[tuple[Path, str]]:
    for path in paths:
        files = [path] if path.is_file() else [each for each in sorted(path.rglob("*")) if each.suffix in SUFFIXES]
        yield from ((file, file.read_text()) for file in files)


@pytest.mark.parametrize("area", AREAS)
def test_no_retired_word_is_used(area):
    found = [
        f"{path}:{line}: {word!r}: write {instead_of(word)!r}"
        for path, text in texts(AREAS[area])
        for line, word in retired_words(text)
    ]

    assert not found, f"{len(found)} retired words:\n" + "\n".join(found)


@pytest.mark.parametrize("area", AREAS)
def test_every_area_has_texts(area):
    assert [path for path, _ in texts(AREAS[area])] != []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        pytest.param("def print_mended(letters, is_born):", ["mended", "letters", "born"], id="snake case"),
        pytest.param("class ThingTeller(RunEndedUntold):", ["Teller", "Untold"], id="camel case"),
        pytest.param("the item `HEAD`; of all heads", ["HEAD", "heads"], id="case matters"),
        pytest.param("what was given up when the stack goes", ["given up", "the stack goes"], id="several words"),
    ],
)
def test_a_retired_word_is_found(line, words):
    assert [word for _, word in retired_words(line)] == words


def test_the_line_of_a_word_is_named_behind_words_that_are_allowed():
    assert list(retired_words("letters and digits\ndead_letters\n\nmended")) == [(4, "mended")]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("DeadLettersAlarm, dead_letters, the dead-letter queue", id="queue"),
        pytest.param("1 to 32 letters and digits; letter case makes no difference", id="alphabet"),
        pytest.param("We recommend standard tokens: see troubleshooting.md, born4you", id="parts of other words"),
        pytest.param("string.ascii_letters, random_letters(39), <secret, 52 letters>", id="random letters"),
        pytest.param("the head of a table, start_from_head, box.SIMPLE_HEAD", id="other heads"),
    ],
)
def test_a_word_in_use_is_left_alone(line):
    assert list(retired_words(line)) == []
