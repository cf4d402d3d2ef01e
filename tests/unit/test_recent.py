"""What an instance remembers is bounded in time and in number."""

from workflows.steps.recent import Recent


class Clock:
    def __init__(self):
        self.now_s = 0.0

    def __call__(self):
        return self.now_s


def test_nothing_is_known_at_first():
    assert Recent(Clock(), 2).get("a") is None


def test_what_is_remembered_is_forgotten_when_its_time_is_over():
    clock = Clock()
    recent = Recent(clock, 2)
    recent.put("a", "one", for_s=10)
    clock.now_s = 9.9
    before = recent.get("a")
    clock.now_s = 10

    assert (before, recent.get("a")) == ("one", None)


def test_the_oldest_makes_room():
    recent = Recent(Clock(), 2)
    for key in ("a", "b", "a", "c"):
        recent.put(key, key, for_s=10)

    assert [recent.get(key) for key in ("a", "b", "c")] == ["a", None, "c"]
