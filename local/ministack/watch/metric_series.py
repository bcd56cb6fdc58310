"""Values of a metric period by period, oldest first; ``None`` where a period has no data.

A metric is its namespace, its name and exactly its dimensions, as in CloudWatch: one that was written with further
dimensions is another.
"""

import re

from ministack.services import cloudwatch

_BASIC = {"SampleCount", "Sum", "Average", "Minimum", "Maximum"}
_PERCENTILE = re.compile(r"[pP](\d{1,2}(\.\d+)?|100)$")
_BOUNDED = re.compile(r"(PR|TC|TS|TM)\((-?\d*\.?\d*):(-?\d*\.?\d*)\)$", re.IGNORECASE)


def check_statistic(name: str) -> None:
    """Raise ``ValueError`` for a statistic that is not computed here."""
    if name not in _BASIC and not _PERCENTILE.match(name) and not _BOUNDED.match(name):
        raise ValueError(f"the local CloudWatch has no statistic {name!r}")


def key_of(metric: dict) -> tuple:
    """What MiniStack keeps the metric's points under."""
    dimensions = {each["Name"]: each["Value"] for each in metric.get("Dimensions") or []}
    return metric["Namespace"], metric["MetricName"], cloudwatch._dims_key(dimensions)


def values(metric: dict, statistic: str, period: int, start: float, count: int, unit: str | None = None) -> list:
    """``count`` values of periods of ``period`` seconds, the first of which begins at ``start``."""
    periods = [[] for _ in range(count)]
    for point in list(cloudwatch._metrics.get(key_of(metric)) or []):
        at = int((point["Timestamp"] - start) // period)
        if 0 <= at < count and unit in (None, point["Unit"]):
            periods[at].append(point)
    return [_statistic(points, statistic) if points else None for points in periods]


def _statistic(points: list, name: str) -> float | None:
    if name in _BASIC:
        return cloudwatch._calc_stats(points).get(name)
    samples = cloudwatch._percentile_samples(points)
    if samples is None:
        return None
    percentile = _PERCENTILE.match(name)
    return cloudwatch._percentile(samples, float(percentile[1])) if percentile else _bounded(samples, name)


def _bounded(samples: list, name: str) -> float | None:
    """Statistics of the samples above the lower bound and up to the upper one, which either may be left out."""
    kind, low, high = _BOUNDED.match(name).groups()
    inside = [(value, weight) for value, weight in samples
              if (not low or value > float(low)) and (not high or value <= float(high))]
    count = sum(weight for _, weight in inside)
    total = sum(value * weight for value, weight in inside)
    return {
        "PR": 100 * count / sum(weight for _, weight in samples),
        "TC": count,
        "TS": total,
        "TM": total / count if count else None,
    }[kind.upper()]
