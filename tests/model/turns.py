"""Runs that work at the same moment: one call of one of them at a time, by chance, and the same again for a seed."""

import threading

from tests.model.interruptions import Line


class AtOnce(Line):
    """``together`` does many things at once; every call waits for its turn."""

    def __init__(self, chance):
        super().__init__()
        self._chance = chance

    def begin(self, _interruption):
        pass

    def call(self, ask, arguments, named):
        if isinstance(worker := threading.current_thread(), _Worker):
            worker.wait_for_turn()
        return ask(*arguments, **named)

    def pause(self, turns):
        """Let so many turns of this work go by, as the state machine waits before it tries again."""
        if isinstance(worker := threading.current_thread(), _Worker):
            worker.pausing = turns

    def together(self, works):
        """Do all ``works`` to their ends; raise what one of them raises."""
        waiting = [_Worker(work) for work in works]
        for worker in waiting:
            worker.start()
        while waiting:
            which = self._chance.randrange(len(waiting))
            if waiting[which].take_turn():
                waiting[which] = waiting[-1]
                waiting.pop()


class _Worker(threading.Thread):
    """Does its work from call to call, each when ``take_turn`` lets it."""

    def __init__(self, work):
        super().__init__(daemon=True)
        self._work, self._raised, self._has_ended = work, None, False
        self.pausing = 0
        self._turn, self._back = threading.Lock(), threading.Lock()
        self._turn.acquire()
        self._back.acquire()

    def run(self):
        self._turn.acquire()
        try:
            self._work()
        except BaseException as raised:  # noqa: BLE001  # the waiter for the work raises it
            self._raised = raised
        self._has_ended = True
        self._back.release()

    def wait_for_turn(self):
        self._back.release()
        self._turn.acquire()

    def take_turn(self):
        """Let the work go on to its next call; return whether it has ended."""
        if self.pausing:
            self.pausing -= 1
            return False
        self._turn.release()
        self._back.acquire()
        if self._raised:
            raise self._raised
        return self._has_ended
