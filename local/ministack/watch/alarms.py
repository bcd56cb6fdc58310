"""CloudWatch's alarms, evaluated as AWS does: MiniStack looks at neither dimensions nor periods nor missing data.

Every few seconds all alarms are evaluated as of now; on AWS it is every minute. Tests need not wait for periods to
pass: ``POST /_local/alarms/evaluate`` (see ``route``) evaluates as of a moment that they choose.
"""

import asyncio
import json
import logging
import time

from ministack.services import cloudwatch

from watch import alarm_actions, alarm_settings, alarm_states, metric_series, service_metrics

_SECONDS_BETWEEN = 10
# CloudWatch, too, evaluates a new alarm for the first time after a while.
_SECONDS_NEW = 60

_logger = logging.getLogger("alarms")
_pinned = False  # whether alarms stay as a caller of the route has evaluated them
_ticking: asyncio.Task | None = None  # held, lest it be collected


def evaluate_as_on_aws() -> None:
    """Take evaluation away from MiniStack, which does it whenever a metric is written through its API."""
    cloudwatch._evaluate_alarm = lambda alarm: None
    cloudwatch._put_metric_alarm = alarm_settings.checking(cloudwatch._put_metric_alarm)
    cloudwatch._dispatch_alarm_actions = alarm_actions.admitted_only(cloudwatch._dispatch_alarm_actions)


def with_alarms_evaluated(app):
    """The ASGI application beside which alarms are evaluated."""

    async def application(scope, receive, send):
        global _ticking
        if _ticking is None:
            _ticking = asyncio.get_running_loop().create_task(_evaluate_again_and_again())
        await app(scope, receive, send)

    return application


def pin(at: float | None) -> None:
    """Evaluate all alarms as of a moment and leave them so, until this is called with None: then the time is now."""
    global _pinned
    _pinned = at is not None
    service_metrics.sample()
    evaluate_all(time.time() if at is None else at)


def forget(name: str) -> None:
    """Drop the data of what an alarm looks at."""
    alarm = cloudwatch._alarms[name]
    metrics = [query["MetricStat"]["Metric"] for query in alarm.get("Metrics", []) if "MetricStat" in query]
    for metric in metrics or [alarm]:
        cloudwatch._metrics.pop(metric_series.key_of(metric), None)


def states() -> dict[str, str]:
    """State by name of alarm."""
    alarms = [*cloudwatch._alarms.values(), *cloudwatch._composite_alarms.values()]
    return {alarm["AlarmName"]: alarm["StateValue"] for alarm in alarms}


def evaluate_all(at: float, of_age: float = 0) -> None:
    """Evaluate all alarms that were made ``of_age`` seconds ago or earlier."""
    for alarm in list(cloudwatch._alarms.values()):
        if time.time() - alarm["AlarmConfigurationUpdatedTimestamp"] >= of_age:
            _evaluate(alarm, at)


async def _evaluate_again_and_again() -> None:
    while True:
        await asyncio.sleep(_SECONDS_BETWEEN)
        try:
            service_metrics.sample()
            if not _pinned:
                evaluate_all(time.time(), _SECONDS_NEW)
        except Exception:  # the next evaluation is not to be missed for what failed in this one
            _logger.exception("alarms could not be evaluated")


def _evaluate(alarm: dict, at: float) -> None:
    count = alarm["EvaluationPeriods"] + alarm_states.FURTHER_PERIODS
    start = at - count * alarm_settings.period_of(alarm)
    values = alarm_settings.watched(alarm, start, count)
    state, reason = alarm_states.state_of(alarm, values)
    if state != alarm["StateValue"]:
        _change(alarm, state, reason, {"version": "1.0", "queryDate": cloudwatch._ts_iso(at), "recentDatapoints": values,
                                       "threshold": alarm["Threshold"]})


def _change(alarm: dict, state: str, reason: str, data: dict) -> None:
    before, now = alarm["StateValue"], int(time.time())
    alarm.update(StateValue=state, StateReason=reason, StateReasonData=json.dumps(data),
                 StateUpdatedTimestamp=now, StateTransitionedTimestamp=now)
    cloudwatch._record_history(alarm["AlarmName"], before, state, reason, reason_data=data)
    cloudwatch._dispatch_alarm_actions(alarm, before, state, reason)
    cloudwatch._evaluate_parent_alarms(alarm)
