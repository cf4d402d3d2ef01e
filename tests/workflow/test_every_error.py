"""No error that can end a run goes without a run that it ends."""

from pathlib import Path

from workflows.errors import OperatorError, RejectedError, TransientError, leaf_names

PROVOKED = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))


def test_every_error_that_can_end_a_run_is_provoked_in_this_folder():
    errors = set().union(*map(leaf_names, (TransientError, RejectedError, OperatorError)))

    assert [error for error in sorted(errors) if error not in PROVOKED] == []
