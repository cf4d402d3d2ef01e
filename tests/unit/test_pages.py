"""Lists that are read a page at a time."""

from workflows.domain.pages import FIRST, Page, every

PAGES = {FIRST: Page(["a", "b"], "2"), "2": Page([], "3"), "3": Page(["c"], None)}


def test_an_empty_page_is_not_the_last():
    assert list(every(PAGES.__getitem__)) == ["a", "b", "c"]
