"""Log lines and counts of facts that were published, or were not."""

from workflows.domain.publishing import Published
from workflows.observability.log import logger
from workflows.observability.metrics import count_many


def published(result: Published, *, stack_name: str) -> Published:
    """Return ``result``."""
    count_many("FactsPublished", result.count, stack_name=stack_name)
    for text in result.unreadable:
        logger.error("The fact cannot be published; it is in the dead-letter queue", error_message=text)
    if result.again_from is not None:
        count_many("FactsDelayed", 1, stack_name=stack_name)
        logger.warning("Facts were not published; they are delivered again", error_name=result.error_name)
    return result
