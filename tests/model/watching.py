"""What no run may do to The Things Stack, checked before each call."""

from contextlib import contextmanager
from contextvars import ContextVar

from tests.samples import STACK
from workflows.domain.mark import mark_in

WRITES = {
    "create_identity", "update_identity", "delete_identity", "set_join", "set_network", "update_network",
    "set_application",
    "delete_record", "claim", "unclaim",
}  # fmt: skip


class Watch:
    """``of`` a run: only one that holds its thing may write, and nothing is deleted that is not marked as ours."""

    def __init__(self, world):
        self._world, self._working = world, ContextVar("working")

    @contextmanager
    def of(self, run):
        self._working.set(run)
        yield

    def call(self, name, arguments):
        if name not in WRITES:
            return
        run = self._working.get()
        busy = self._world.journal.read(run.thing_id).busy
        assert busy is not None and busy.run == run.name, f"{run.name} writes without holding its thing"
        if name in ("set_join", "claim", "unclaim"):
            device = run.data["decision"].get("device", {})
            assert not device.get("lacks"), "a thing without keys changes how a device joins"
        if name in ("delete_identity", "unclaim"):
            self._refuse_foreign(arguments[0])
        if name == "delete_identity":
            self._world.described.discard(("demo-app", arguments[0]))
        if name == "delete_record":
            self._refuse_foreign_record(*arguments)

    def _refuse_foreign(self, device_id):
        record = self._world.tts.application().identity(device_id)
        assert record is None or self._is_ours(record), f"deletes {device_id}, which is somebody else's"

    def _refuse_foreign_record(self, server, device_id):
        """A record of other EUIs than the device's is an orphan, no matter who owns the device."""
        record, held = self._world.tts.application().identity(device_id), self._world.tts.held(device_id)
        if record is not None and server in held and held[server].ids == record.ids:
            self._refuse_foreign(device_id)

    def _is_ours(self, record):
        """What another thing released on purpose is ours no more."""
        mark = mark_in(record.attributes)
        if mark is None or mark.stack_name != STACK:
            return False
        retained = self._world.journal.read(mark.thing_id).retained
        return mark.thing_id == self._working.get().thing_id or record.ids.device_id not in retained
