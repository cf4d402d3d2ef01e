"""What an instance remembers is bounded in time and in number."""

from workflows.steps.recent import RateLimiter, Recent


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


def test_one_is_let_through_in_a_while_and_a_few_at_once_after_a_quiet_time():
    clock = Clock()
    limiter = RateLimiter(clock, every_s=2, most=3)
    let_through = {}
    for now_s in (0.0, 1.0, 2.5, 4.5, 100.0):
        clock.now_s = now_s
        let_through[now_s] = [limiter.allows() for _ in range(5)].count(True)

    assert let_through == {0.0: 3, 1.0: 0, 2.5: 1, 4.5: 1, 100.0: 3}
