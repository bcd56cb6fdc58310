"""Turns embedded-metric lines in function logs into CloudWatch metrics, as AWS does.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import json
from collections.abc import Iterator

from ministack.services import cloudwatch, lambda_svc


def publish_metrics_from_logs() -> None:
    """Read every log text that MiniStack stores for a function."""
    store_logs = lambda_svc._emit_lambda_logs

    def store_logs_and_metrics(func, request_id, log_text, *args, **kwargs):
        for line in (log_text or "").splitlines():
            if '"CloudWatchMetrics"' in line:
                for namespace, data in metrics_of_line(line):
                    cloudwatch._put_metric_data({}, {"Namespace": namespace, "MetricData": data}, True)
        return store_logs(func, request_id, log_text, *args, **kwargs)

    lambda_svc._emit_lambda_logs = store_logs_and_metrics


def metrics_of_line(line: str) -> Iterator[tuple[str, list[dict]]]:
    """Namespace and PutMetricData entries of one log line; nothing when it is not a metric line."""
    start = line.find("{")
    try:
        entry = json.loads(line[start:]) if start >= 0 else {}
        directives = entry["_aws"]["CloudWatchMetrics"]
    except (ValueError, KeyError, TypeError):
        return
    for directive in directives:
        yield directive["Namespace"], [
            _datum(entry, metric, dimensions)
            for metric in directive["Metrics"] if metric["Name"] in entry
            for dimensions in directive.get("Dimensions") or [[]]
        ]


def _datum(entry: dict, metric: dict, dimensions: list[str]) -> dict:
    value = entry[metric["Name"]]
    values = value if isinstance(value, list) else [value]
    return {
        "MetricName": metric["Name"],
        "Unit": metric.get("Unit", "None"),
        "Timestamp": entry["_aws"]["Timestamp"] / 1000,
        "Values": values,
        "Counts": [1] * len(values),
        "Dimensions": [{"Name": name, "Value": str(entry[name])} for name in dimensions if name in entry],
    }
