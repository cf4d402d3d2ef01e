"""Structured logs: one JSON object a line, never an event's attributes."""

from aws_lambda_powertools.logging import Logger

from workflows.domain.event import RegistryEvent

logger = Logger(service="thingsync")


def about(event: RegistryEvent) -> dict[str, object]:
    """Return the keys under which log lines name a change."""
    return {
        "thing_name": event.thing_name,
        "thing_id": event.thing_id,
        "version_number": event.version_number,
        "operation": event.operation,
    }


def log_write_failure(where: str, error: Exception) -> None:
    """Log why the thing log or the shadow was not written."""
    logger.warning(f"The {where} could not be written", error_name=type(error).__name__, error_message=str(error))
