"""Actions of alarms: CloudWatch publishes to the topics whose policy admits it, and notes in the history which do not.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
A topic has a policy of SNS's own, which admits its account's alarms, until it gets another one.
"""

import json
import time

from ministack.core.responses import get_account_id
from ministack.services import cloudwatch, sns

_FIELDS = {"ALARM": "AlarmActions", "OK": "OKActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}


def admitted_only(dispatch):
    """MiniStack's dispatch, without the topics that do not admit CloudWatch."""

    def dispatch_admitted(alarm, old_state, new_state, reason):
        field = _FIELDS[new_state]
        admitted = [action for action in alarm.get(field) or [] if _admits(action, alarm)]
        dispatch({**alarm, field: admitted}, old_state, new_state, reason)

    return dispatch_admitted


def _admits(action: str, alarm: dict) -> bool:
    if not cloudwatch._is_sns_action_arn(action):
        return True
    admits = sns.topic_policy_allows(action, "cloudwatch.amazonaws.com", alarm["AlarmArn"], get_account_id())
    if not admits:
        _note(alarm, f"Failed to execute action {action}. Received error: \"Resource: {alarm['AlarmArn']} is not "
                     f"authorized to perform: SNS:Publish on resource: {action} because no resource-based policy "
                     "allows the SNS:Publish action\"")
    return admits


def _note(alarm: dict, summary: str) -> None:
    cloudwatch._history_entries().append({
        "AlarmName": alarm["AlarmName"],
        "AlarmType": "CompositeAlarm" if "AlarmRule" in alarm else "MetricAlarm",
        "Timestamp": cloudwatch._ts_iso(time.time()),
        "HistoryItemType": "Action",
        "HistorySummary": summary,
        "HistoryData": json.dumps({"actionState": "Failed", "stateUpdateTimestamp": int(time.time() * 1000)}),
    })
