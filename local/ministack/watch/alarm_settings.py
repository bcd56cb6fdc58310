"""What an alarm watches, and whether CloudWatch would take it."""

from ministack.services import cloudwatch

from watch import alarm_states, metric_queries, metric_series

_DAY = 86_400
_OF_ONE_METRIC = ("Namespace", "MetricName", "Dimensions", "Statistic", "ExtendedStatistic", "Period", "Unit")


def period_of(alarm: dict) -> int:
    if "Metrics" not in alarm:
        return alarm["Period"]
    return next(int(query["MetricStat"]["Period"]) for query in alarm["Metrics"] if "MetricStat" in query)


def watched(alarm: dict, start: float, count: int) -> list:
    """The alarm's values, oldest first."""
    period = period_of(alarm)
    if "Metrics" in alarm:
        return metric_queries.values(alarm["Metrics"], period, start, count)[_returned(alarm["Metrics"])["Id"]]
    statistic = alarm.get("ExtendedStatistic") or alarm["Statistic"]
    return metric_series.values(alarm, statistic, period, start, count, alarm.get("Unit"))


def complete(name: str, metrics: list[dict] | None) -> None:
    """Give an alarm that MiniStack has stored the metrics that it leaves out.

    :raises ValueError: for what `check` refuses; the alarm is then removed.
    """
    alarm = cloudwatch._alarms[name]
    if metrics:
        for key in _OF_ONE_METRIC:
            alarm.pop(key, None)
        alarm["Metrics"] = metrics
    try:
        check(alarm)
    except ValueError:
        cloudwatch._alarms.pop(name)
        raise


def checking(put_metric_alarm):
    """PutMetricAlarm that keeps metric math, and refuses what `check` does."""

    def put_and_check(params, data, is_cbor, is_json=False):
        answer = put_metric_alarm(params, data, is_cbor, is_json)
        if answer[0] >= 400:
            return answer
        try:
            complete(data.get("AlarmName") or cloudwatch._p(params, "AlarmName"), data.get("Metrics"))
        except ValueError as error:
            return cloudwatch._error("ValidationError", str(error), 400, use_json=is_json, use_cbor=is_cbor)
        return answer

    return put_and_check


def check(alarm: dict) -> None:
    """Raise ``ValueError`` for an alarm that CloudWatch refuses, or that cannot be evaluated here."""
    alarm_states.check_comparison(alarm["ComparisonOperator"])
    if "Metrics" in alarm:
        metric_queries.check(alarm["Metrics"])
        _returned(alarm["Metrics"])
        periods = {int(query["MetricStat"]["Period"]) for query in alarm["Metrics"] if "MetricStat" in query}
        if len(periods) != 1:
            raise ValueError(f"the metrics of an alarm must have one period, not {sorted(periods)}")
    else:
        metric_series.check_statistic(alarm.get("ExtendedStatistic") or alarm["Statistic"])
    _check_range(period_of(alarm), alarm["EvaluationPeriods"], alarm.get("DatapointsToAlarm"))


def _returned(queries: list[dict]) -> dict:
    returned = [query for query in queries if query.get("ReturnData", True)]
    if len(returned) != 1:
        raise ValueError(f"exactly one of an alarm's metrics must return data, not {len(returned)}")
    return returned[0]


def _check_range(period: int, periods: int, needed: int | None) -> None:
    if period not in (10, 20, 30) and period % 60:
        raise ValueError(f"a period is 10, 20, 30 or a multiple of 60 seconds, not {period}")
    longest = 7 * _DAY if period >= 3600 else _DAY
    if period * periods > longest:
        raise ValueError(f"{periods} periods of {period} s are more than CloudWatch looks back, {longest} s")
    if needed is not None and not 1 <= needed <= periods:
        raise ValueError(f"{needed} datapoints of {periods} cannot be asked for")
