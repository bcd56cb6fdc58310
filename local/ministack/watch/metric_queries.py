"""The metrics and expressions that an alarm or a GetMetricData call asks for, by their ids."""

from watch import math_values, metric_math, metric_series

_KEYWORDS = {"REPEAT", "LINEAR"}


def check(queries: list[dict]) -> None:
    """Raise ``ValueError`` for what cannot be computed here: an expression, a statistic, an id that nothing has."""
    known = {query["Id"] for query in queries}
    for query in queries:
        if "MetricStat" in query:
            metric_series.check_statistic(query["MetricStat"]["Stat"])
            continue
        unknown = metric_math.ids(metric_math.parse(query["Expression"])) - known - _KEYWORDS
        if unknown:
            raise ValueError(f"no metric or expression has the id {', '.join(sorted(unknown))}")


def values(queries: list[dict], period: int, start: float, count: int) -> dict[str, list]:
    """The series of each query, ``count`` periods from ``start`` on."""
    by_id = {query["Id"]: query for query in queries}
    metrics = [query["Id"] for query in queries if "MetricStat" in query]
    found: dict[str, list] = {}

    def find(identity: str, above: frozenset = frozenset()) -> None:
        if identity in found or identity not in by_id:
            return
        if identity in above:
            raise ValueError(f"the expression {identity} is made of itself")
        query = by_id[identity]
        if "MetricStat" in query:
            asked = query["MetricStat"]
            found[identity] = metric_series.values(
                asked["Metric"], asked["Stat"], period, start, count, asked.get("Unit"))
            return
        tree = metric_math.parse(query["Expression"])
        for part in metric_math.ids(tree) | (set(metrics) if "METRICS" in query["Expression"].upper() else set()):
            find(part, above | {identity})
        found[identity] = math_values.as_series(math_values.evaluate(tree, found, metrics, count), count)

    for identity in by_id:
        find(identity)
    return found
