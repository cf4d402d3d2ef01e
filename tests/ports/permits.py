"""What every ``Permits`` does: subclasses give ``permits``, and ``grant(count, until=…)`` as an operator calls it."""

from datetime import UTC, datetime, timedelta

AT = datetime(2026, 11, 26, 13, 59, 59, tzinfo=UTC)
NEXT_HOUR = AT + timedelta(seconds=1)


def taken(permits, tries, *, per_hour, at=AT):
    return [permits.take(at, per_hour=per_hour) for _ in range(tries)]


class PermitContract:
    def test_an_hour_has_as_many_permits_as_the_stack_says(self, permits):
        assert taken(permits, 3, per_hour=2) == [True, True, False]

    def test_the_next_hour_has_permits_again(self, permits):
        taken(permits, 2, per_hour=2)

        assert taken(permits, 3, per_hour=2, at=NEXT_HOUR) == [True, True, False]

    def test_a_raised_limit_is_in_force_at_once(self, permits):
        taken(permits, 2, per_hour=1)

        assert taken(permits, 2, per_hour=2) == [True, False]

    def test_what_an_operator_granted_is_used_after_the_hours_permits(self, permits, grant):
        grant(2, until=NEXT_HOUR)

        assert taken(permits, 4, per_hour=1) == [True, True, True, False]
        assert taken(permits, 1, per_hour=1) == [False]

    def test_what_an_operator_granted_expires(self, permits, grant):
        grant(2, until=AT)
        taken(permits, 1, per_hour=1)

        assert taken(permits, 1, per_hour=1) == [False]

    def test_a_new_grant_replaces_what_was_left_of_the_one_before(self, permits, grant):
        taken(permits, 1, per_hour=1)
        grant(5, until=NEXT_HOUR)
        grant(1, until=NEXT_HOUR)

        assert taken(permits, 2, per_hour=1) == [True, False]
