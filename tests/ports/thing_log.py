"""What every ``ThingLog`` does: subclasses give ``thing_log``, and ``lines``, which reads a thing's lines back."""

import pytest

LINE = {"outcome": "registered", "versionNumber": 1, "error": {"name": "umläut"}}


class ThingLogContract:
    @pytest.mark.parametrize(
        "thing_name",
        [
            pytest.param("pump-7", id="short"),
            pytest.param("line:2:pump_7", id="colons"),
            pytest.param("x" * 128, id="128 characters"),
        ],
    )
    def test_a_things_first_line_opens_its_stream(self, thing_log, lines, thing_name):
        thing_log.write(thing_name, LINE)

        assert lines(thing_name) == [LINE]

    def test_lines_stand_in_the_order_of_writing(self, thing_log, lines):
        for version in (1, 2, 3):
            thing_log.write("pump-7", LINE | {"versionNumber": version})

        assert [line["versionNumber"] for line in lines("pump-7")] == [1, 2, 3]

    def test_things_of_similar_names_have_streams_of_their_own(self, thing_log, lines):
        names = ["pump:7", "pump-7", "pump_7", "Pump-7"]
        for name in names:
            thing_log.write(name, {"thingName": name})

        assert [lines(name) for name in names] == [[{"thingName": name}] for name in names]
