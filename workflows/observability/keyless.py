"""Log lines and counts of keys and codes that went from things, or did not."""

from workflows.domain.keyless import KeyRemoval
from workflows.observability.log import logger
from workflows.observability.metrics import count


def removed(result: KeyRemoval, thing_name: str, *, stack_name: str) -> None:
    if result.removed:
        logger.info("Keys were removed from the thing", thing_name=thing_name, attributes=result.removed)
    if result.error_name:
        count("KeysNotRemoved", stack_name=stack_name)
        logger.error(
            "Keys stay on the thing until its next change",
            thing_name=thing_name,
            attributes=result.left,
            error_name=result.error_name,
        )


def delayed(error: Exception) -> None:
    logger.warning("Keys may still be on things; the facts are delivered again", error_name=type(error).__name__)
