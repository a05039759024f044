r"""The expressions of `findstr`: `.`, `*`, `^`, `$`, `[...]`, `\<`, `\>`, `\x`.

Source: learn.microsoft.com, "findstr"; stackoverflow.com, question 8844868.
"""

from __future__ import annotations

import re

__all__ = ["compiled", "has_meta", "literal"]

_META = re.compile(r"(?<!\\)(?:\\\\)*[.*^$\[]|\\[<>]")


def has_meta(text: str) -> bool:
    """Return whether a text is an expression: it holds a sign that means something and is not escaped."""
    return _META.search(text) is not None


def literal(text: str) -> str:
    """Return the expression for a text that is meant as it is; in it, a backslash escapes a backslash and a quote."""
    plain = re.sub(r'\\([\\"])', lambda found: found[1], text)
    return re.sub(r"[.*^$\[\]\\]", lambda found: f"\\{found[0]}", plain)


def compiled(text: str, *, is_caseless: bool, at_start: bool = False, at_end: bool = False) -> re.Pattern[str]:
    """Return what finds an expression in a line.

    Args:
        text: the expression.
        is_caseless: whether the case of letters does not matter.
        at_start: whether it must begin the line.
        at_end: whether it must end the line.
    """
    body = "".join(_pieces(text))
    expression = f"{'^' if at_start else ''}(?:{body}){'$' if at_end else ''}"
    return re.compile(expression, re.IGNORECASE if is_caseless else 0)


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    position = 0
    while position < len(text):
        character = text[position]
        following = text[position + 1 : position + 2]
        if character == "\\" and following:
            pieces.append(_escaped(following, is_first=position == 0, is_last=position + 2 == len(text)))
            position += 2
            continue
        if character == "[" and (end := text.find("]", position + 2)) > 0:
            pieces.append(_class(text[position + 1 : end]))
            position = end + 1
            continue
        if character == ".":
            pieces.append(".")
        elif character == "*":
            # A star after nothing, or after another one, is a star.
            pieces.append("*" if pieces and not pieces[-1].endswith("*") and pieces[-1] != "^" else r"\*")
        elif character == "^" and position == 0:
            pieces.append("^")
        elif character == "$" and position == len(text) - 1:
            pieces.append("$")
        else:
            pieces.append(re.escape(character))
        position += 1
    return pieces


def _escaped(character: str, *, is_first: bool, is_last: bool) -> str:
    if character == "<" and not (is_first and is_last):
        return r"(?<!\w)"
    if character == ">" and not (is_first and is_last):
        return r"(?!\w)"
    return re.escape(character)


def _class(body: str) -> str:
    negation, members = ("^", body[1:]) if body.startswith("^") and len(body) > 1 else ("", body)
    members = re.sub(r"\\(.)", lambda found: found[1], members)
    escaped = members.replace("\\", "\\\\").replace("[", r"\[").replace("]", r"\]")
    escaped = escaped.replace("&&", r"\&&").replace("||", r"\||").replace("~~", r"\~~").replace("--", r"-\-")
    if escaped.startswith("^"):
        escaped = f"\\{escaped}"
    try:
        re.compile(f"[{negation}{escaped}]")
    except re.error:
        escaped = "".join(re.escape(each) for each in members)
    return f"[{negation}{escaped}]"
