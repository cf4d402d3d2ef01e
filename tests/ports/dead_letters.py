"""What every ``DeadLetterQueue`` does: subclasses give ``dead_letters``, and ``messages``, which returns what is in it.

A message is body, error name and error message.
"""

from workflows.errors import InvalidEventError


class DeadLetterQueueContract:
    def test_a_message_is_stored_as_it_came_with_its_error(self, dead_letters, messages):
        dead_letters.put("no JSON, but umläuts", InvalidEventError("The message is not JSON"))

        assert messages() == [("no JSON, but umläuts", "InvalidEventError", "The message is not JSON")]

    def test_the_same_message_is_stored_twice(self, dead_letters, messages):
        dead_letters.put("7", InvalidEventError("no object"))
        dead_letters.put("7", InvalidEventError("no object"))

        assert messages() == [("7", "InvalidEventError", "no object")] * 2
