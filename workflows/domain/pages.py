"""Long lists, a page at a time: who reads one can stop after any page, and go on later from the next."""

from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

from workflows.values import value

T_co = TypeVar("T_co", covariant=True)

FIRST = ""


@value
class Page(Generic[T_co]):
    """``after`` is the place of the next page; None if this is the last. The items may be none before that."""

    items: Sequence[T_co]
    after: str | None


# Takes the place of a page; that of the first is FIRST.
Pages = Callable[[str], Page[T_co]]


def every(pages: Pages[T_co]) -> Iterator[T_co]:
    """Yield the items of all pages."""
    place: str | None = FIRST
    while place is not None:
        page = pages(place)
        yield from page.items
        place = page.after
