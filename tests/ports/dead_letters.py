"""What every ``DeadLettering`` does: subclasses give ``dead_letters``, and ``letters``, which tells what is in them.

A letter is body, error name and error message.
"""

from workflows.errors import InvalidEventError


class DeadLettersContract:
    def test_a_message_is_kept_as_it_came_with_its_error(self, dead_letters, letters):
        dead_letters.put("no JSON, but umläuts", InvalidEventError("The message is not JSON"))

        assert letters() == [("no JSON, but umläuts", "InvalidEventError", "The message is not JSON")]

    def test_the_same_message_is_kept_twice(self, dead_letters, letters):
        dead_letters.put("7", InvalidEventError("no object"))
        dead_letters.put("7", InvalidEventError("no object"))

        assert letters() == [("7", "InvalidEventError", "no object")] * 2
