"""No error that can end a run goes without a run that it ends."""

from pathlib import Path

import pytest

from workflows.errors import OperatorError, RejectedError, TransientError, leaf_names

PROVOKED = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))


@pytest.mark.parametrize("error", sorted(set().union(*map(leaf_names, (TransientError, RejectedError, OperatorError)))))
def test_every_error_that_can_end_a_run_is_provoked_in_this_folder(error):
    assert error in PROVOKED
