"""A patch is put in only where it fits."""

import pytest

from local.ministack.patching import Patch, UnexpectedSourceError


@pytest.mark.parametrize(
    ("function", "found"),
    [
        pytest.param("parse_arn", r"expected 000000000000, found [0-9a-f]{12}", id="source-has-changed"),
        pytest.param("parse_urn", "found missing", id="function-is-gone"),
    ],
)
def test_other_source_than_the_patch_was_made_for_is_refused(function, found):
    patch = Patch("core.arn", function, "000000000000", lambda original: original)

    with pytest.raises(UnexpectedSourceError, match=found):
        patch.apply()
