"""Texts from outside ► texts that a terminal shows and does not obey.

Names, attributes, error texts and file names come from devices, their users, other programs and other people's files.
"""

from unicodedata import category

# Control characters, marks that format or turn the direction of writing, halves of characters, private and unassigned
# ones, and both separators. What is left has a shape of its own, or is a space.
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))


def visible(text: str) -> str:
    r"""Write out each character that does something instead of showing something: ``\x1b``, ``\x0a``, ``\u202e``."""
    if text.isprintable():
        return text
    return "".join(_escaped(each) if category(each) in _HIDDEN else each for each in text)


def _escaped(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
