"""What every ``RegistrationShadow`` does: subclasses give ``shadow``; the thing ``pump-7`` is there."""

import pytest

from workflows.errors import ShadowChangedAnswer
from workflows.ports.reporting import Shadow

REJECTED = {
    "status": "rejected",
    "deviceId": None,
    "error": {"name": "InvalidThingError", "message": "devEUI: is missing"},
    "versionNumber": 1,
}
REGISTERED = {"status": "registered", "deviceId": "pump-7", "error": None, "versionNumber": 2}


class RegistrationShadowContract:
    def test_a_thing_has_no_shadow_at_first(self, shadow):
        assert shadow.read("pump-7") is None

    def test_what_is_written_is_read_without_what_is_none(self, shadow):
        shadow.write("pump-7", REJECTED, over=None)

        expected = {"status": "rejected", "error": REJECTED["error"], "versionNumber": 1}
        assert shadow.read("pump-7") == Shadow(expected, 1)

    def test_a_value_of_none_removes_what_was_there(self, shadow):
        shadow.write("pump-7", REJECTED, over=None)

        shadow.write("pump-7", REGISTERED, over=shadow.read("pump-7"))

        expected = {"status": "registered", "deviceId": "pump-7", "versionNumber": 2}
        assert shadow.read("pump-7") == Shadow(expected, 2)

    def test_a_version_that_another_wrote_over_is_refused_and_nothing_written(self, shadow):
        shadow.write("pump-7", REJECTED, over=None)
        first = shadow.read("pump-7")
        shadow.write("pump-7", REGISTERED, over=first)

        with pytest.raises(ShadowChangedAnswer, match="pump-7"):
            shadow.write("pump-7", REJECTED, over=first)

        assert shadow.read("pump-7").reported["status"] == "registered"

    def test_a_shadow_can_be_written_without_having_been_read(self, shadow):
        shadow.write("pump-7", REJECTED, over=None)

        shadow.write("pump-7", REGISTERED, over=None)

        assert shadow.read("pump-7").version == 2

    def test_what_others_have_left_there_is_taken_away(self, shadow):
        rubbish = {"rubbish": {"deep": [1]}, "status": {"a": 1}, "error": {"name": "x", "more": "y", "message": 7}}
        shadow.write("pump-7", rubbish, over=None)

        shadow.write("pump-7", REJECTED, over=shadow.read("pump-7"))

        assert shadow.read("pump-7").reported == {"status": "rejected", "error": REJECTED["error"], "versionNumber": 1}

    def test_a_shadow_that_is_deleted_is_gone_and_deleting_it_again_is_a_success(self, shadow):
        shadow.write("pump-7", REJECTED, over=None)

        shadow.delete("pump-7")
        shadow.delete("pump-7")

        assert shadow.read("pump-7") is None
