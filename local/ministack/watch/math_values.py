"""Values of metric math: numbers, series (lists with ``None`` where data is missing), and arrays of series (tuples).

A period for which an operand is missing has no result; neither has one in which something is divided by zero.
Functions over an array take what is there, period by period; over one series they give a number.
"""

import operator
from collections.abc import Callable


def evaluate(tree: tuple, series: dict[str, object], metrics: list[str], count: int) -> object:
    """The value of a tree.

    :param series: the values by id
    :param metrics: ids of those that are metrics, not expressions
    :param count: how many periods there are
    """
    kind = tree[0]
    if kind in ("number", "text"):
        return tree[1]
    if kind == "id":
        if tree[1] in series:
            return series[tree[1]]
        return tree[1].upper()  # REPEAT and LINEAR
    parts = [evaluate(part, series, metrics, count) for part in tree[2]]
    if kind == "array":
        return tuple(parts)
    if kind == "binary":
        return _each(_BINARY[tree[1]], parts)
    if tree[1] == "METRICS":
        return tuple(series[each] for each in metrics if not parts or parts[0] in each)
    return FUNCTIONS[tree[1]](*parts)


def as_series(value: object, count: int) -> list:
    """A number is the same in each period."""
    return value if isinstance(value, list) else [value] * count


def _each(function: Callable, parts: list) -> object:
    """Apply a function period by period; numbers go with each period, and arrays are taken series by series."""
    array = next((part for part in parts if isinstance(part, tuple)), None)
    if array is not None:
        return tuple(_each(function, [part[at] if isinstance(part, tuple) else part for part in parts])
                     for at in range(len(array)))
    count = next((len(part) for part in parts if isinstance(part, list)), None)
    if count is None:
        return function(*parts)
    return [function(*each) for each in zip(*(as_series(part, count) for part in parts))]


def _known(function: Callable) -> Callable:
    """The function where all operands are there."""
    return lambda *operands: None if None in operands else function(*operands)


def _divide(left: float, right: float) -> float | None:
    return left / right if right else None


_BINARY = {
    "+": _known(operator.add), "-": _known(operator.sub), "*": _known(operator.mul), "/": _known(_divide),
    "<": _known(lambda left, right: float(left < right)), ">": _known(lambda left, right: float(left > right)),
    "<=": _known(lambda left, right: float(left <= right)), ">=": _known(lambda left, right: float(left >= right)),
    "==": _known(lambda left, right: float(left == right)), "!=": _known(lambda left, right: float(left != right)),
    "AND": _known(lambda left, right: float(bool(left and right))),
    "OR": _known(lambda left, right: float(bool(left or right))),
}


def _if(condition, then, otherwise=None):
    return _each(lambda holds, yes, no: None if holds is None else yes if holds else no, [condition, then, otherwise])


def _fill(series, filling):
    if isinstance(series, tuple):
        return tuple(_fill(each, filling) for each in series)
    if filling == "REPEAT":
        return [_last(series[:at + 1]) for at in range(len(series))]
    if filling == "LINEAR":
        return [_between(series, at) for at in range(len(series))]
    return _each(lambda value, instead: instead if value is None else value, [series, filling])


def _last(series: list) -> float | None:
    return next((value for value in reversed(series) if value is not None), None)


def _between(series: list, at: int) -> float | None:
    before = next((each for each in range(at, -1, -1) if series[each] is not None), None)
    after = next((each for each in range(at, len(series)) if series[each] is not None), None)
    if before is None or after is None or before == after:
        return series[at]
    return series[before] + (series[after] - series[before]) * (at - before) / (after - before)


def _aggregate(function: Callable) -> Callable:
    def over(*parts):
        array = parts[0] if len(parts) == 1 else parts
        if isinstance(array, tuple):
            return [_over_known(function, each) for each in zip(*_lists(array))]
        return _over_known(function, array)

    return over


def _lists(array: tuple) -> list[list]:
    count = next((len(each) for each in array if isinstance(each, list)), 1)
    return [as_series(each, count) for each in array]


def _over_known(function: Callable, values) -> float | None:
    known = [value for value in values if value is not None]
    return function(known) if known else None


FUNCTIONS = {
    "ABS": lambda value: _each(_known(abs), [value]),
    "AVG": _aggregate(lambda known: sum(known) / len(known)),
    "FILL": _fill,
    "IF": _if,
    "MAX": _aggregate(max),
    "METRICS": None,  # which metrics there are is known to `evaluate` alone
    "MIN": _aggregate(min),
    "SUM": _aggregate(sum),
}
