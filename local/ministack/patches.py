"""All patches, in one list; each is explained in its module and in local/README.md."""

from importlib.metadata import version

from local.ministack import (
    calculated_alarms,
    embedded_metrics,
    execution_environment,
    execution_names,
    function_throttling,
    guard,
    http_apis,
    log_streams,
    message_attributes,
    message_moves,
    payload_paths,
    queue_pollers,
    saved_queries,
    stream_pollers,
    thing_attributes,
    thing_types,
)
from local.ministack.patching import UnexpectedSourceError

PATCHED_VERSION = "1.5.33"
PATCHES = (
    *guard.PATCHES,
    *execution_environment.PATCHES,
    *function_throttling.PATCHES,
    *execution_names.PATCHES,
    *thing_attributes.PATCHES,
    *thing_types.PATCHES,
    *log_streams.PATCHES,
    *message_attributes.PATCHES,
    *message_moves.PATCHES,
    *payload_paths.PATCHES,
    *queue_pollers.PATCHES,
    *stream_pollers.PATCHES,
    *embedded_metrics.PATCHES,
    *calculated_alarms.PATCHES,
    *saved_queries.PATCHES,
    *http_apis.PATCHES,
)


def apply_all() -> None:
    """Patch MiniStack, before it serves.

    Raises:
        UnexpectedSourceError: this is not the MiniStack that the patches were made for.
    """
    installed = version("ministack")
    if installed != PATCHED_VERSION:
        raise UnexpectedSourceError(f"ministack {installed} is installed, the patches are for {PATCHED_VERSION}")
    for patch in PATCHES:
        patch.apply()
