"""Expressions of metric math: what is written, as a tree.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
Known are numbers, ids, ``+ - * /``, comparisons, ``AND``, ``OR``, arrays in brackets, and the functions of
``math_values``; all else is refused, with its name.
"""

import re

from watch import math_values

_TOKEN = re.compile(r"\s*(\d+\.?\d*(?:[eE][+-]?\d+)?|\w+|\"[^\"]*\"|'[^']*'|&&|\|\||[<>=!]=|\S)")
_LEVELS = (("OR", "||"), ("AND", "&&"), ("<", ">", "<=", ">=", "==", "!="), ("+", "-"), ("*", "/"))


def parse(expression: str) -> tuple:
    """The tree of an expression; ``ValueError`` says what is not understood."""
    return _Parser(expression).whole()


def ids(tree: tuple) -> set[str]:
    """The ids that a tree names."""
    if tree[0] == "id":
        return {tree[1]}
    return set().union(*(ids(part) for part in tree[2])) if tree[0] in ("call", "array", "binary") else set()


class _Parser:
    def __init__(self, expression: str) -> None:
        self._expression = expression
        self._tokens = _TOKEN.findall(expression)
        self._at = 0

    def whole(self) -> tuple:
        tree = self._level(0)
        if self._peek():
            self._refuse()
        return tree

    def _level(self, level: int) -> tuple:
        if level == len(_LEVELS):
            return self._unary()
        left = self._level(level + 1)
        while self._peek().upper() in _LEVELS[level]:
            operator = self._take().upper()
            left = ("binary", {"||": "OR", "&&": "AND"}.get(operator, operator), [left, self._level(level + 1)])
        return left

    def _unary(self) -> tuple:
        if self._peek() == "-":
            self._take()
            return ("binary", "-", [("number", 0.0), self._unary()])
        return self._primary()

    def _primary(self) -> tuple:
        token = self._take()
        if token == "(":
            tree = self._level(0)
            self._expect(")")
            return tree
        if token == "[":
            return ("array", None, self._list("]"))
        if token[:1] in "\"'" and token:
            return ("text", token[1:-1])
        if token[:1].isdigit():
            return ("number", float(token))
        if not re.match(r"[A-Za-z]\w*$", token):
            self._refuse(-1)
        return self._call(token) if self._peek() == "(" else ("id", token)

    def _call(self, name: str) -> tuple:
        if name.upper() not in math_values.FUNCTIONS:
            raise ValueError(f"the local CloudWatch does not know the function {name} of {self._expression!r}")
        self._take()
        return ("call", name.upper(), self._list(")"))

    def _list(self, end: str) -> list:
        parts = []
        while self._peek() != end:
            if parts:
                self._expect(",")
            parts.append(self._level(0))
        self._take()
        return parts

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self) -> str:
        token = self._peek()
        self._at += 1
        return token

    def _expect(self, token: str) -> None:
        if self._take() != token:
            self._refuse(-1)

    def _refuse(self, offset: int = 0) -> None:
        at = self._at + offset
        token = self._tokens[at] if at < len(self._tokens) else "its end"
        raise ValueError(f"the local CloudWatch does not understand {token} in {self._expression!r}")
