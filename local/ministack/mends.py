"""All mends, in one list; each is explained in its module and in local/README.md."""

from importlib.metadata import version

from local.ministack import (
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
    thing_attributes,
)
from local.ministack.patching import UnexpectedSourceError

MENDED_VERSION = "1.5.33"
MENDS = (
    *guard.MENDS,
    *execution_environment.MENDS,
    *function_throttling.MENDS,
    *execution_names.MENDS,
    *thing_attributes.MENDS,
    *log_streams.MENDS,
    *message_attributes.MENDS,
    *message_moves.MENDS,
    *payload_paths.MENDS,
    *queue_pollers.MENDS,
    *embedded_metrics.MENDS,
    *saved_queries.MENDS,
    *http_apis.MENDS,
)


def apply_all() -> None:
    """Mend MiniStack, before it serves.

    Raises:
        UnexpectedSourceError: this is not the MiniStack that the mends were made for.
    """
    installed = version("ministack")
    if installed != MENDED_VERSION:
        raise UnexpectedSourceError(f"ministack {installed} is installed, the mends are for {MENDED_VERSION}")
    for mend in MENDS:
        mend.apply()
