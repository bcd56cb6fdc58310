"""GetMetricData over exactly the metric that is asked for, and with expressions: MiniStack adds up what has further
dimensions, and evaluates none.
"""

import math
import time

from ministack.services import cloudwatch

from watch import metric_queries


def answer_as_on_aws() -> None:
    get_metric_data = cloudwatch._get_metric_data

    def get(params, data, is_cbor, is_json=False):
        if not (is_cbor or is_json):
            return get_metric_data(params, data, is_cbor, is_json)
        queries = data.get("MetricDataQueries", [])
        try:
            metric_queries.check(queries)
            results = _results(queries, cloudwatch._parse_ts(data["StartTime"]),
                               cloudwatch._parse_ts(data["EndTime"]) or time.time(), data.get("ScanBy"))
        except ValueError as error:
            return cloudwatch._error("ValidationError", str(error), 400, use_json=is_json, use_cbor=is_cbor)
        if is_cbor:
            return cloudwatch._cbor_ok({"MetricDataResults": [cloudwatch._cbor_metric_data_result(r) for r in results]})
        return cloudwatch._json_ok({"MetricDataResults": results})

    cloudwatch._get_metric_data = get


def _results(queries: list[dict], begin: float, end: float, order: str | None) -> list[dict]:
    period = next((int(query["MetricStat"]["Period"]) for query in queries if "MetricStat" in query), 60)
    start = begin // period * period
    count = math.ceil((end - start) / period)
    found = metric_queries.values(queries, period, start, count)
    return [_result(query, found[query["Id"]], start, period, order)
            for query in queries if query.get("ReturnData", True)]


def _result(query: dict, values: list, start: float, period: int, order: str | None) -> dict:
    points = [(cloudwatch._ts_iso(start + at * period), value) for at, value in enumerate(values) if value is not None]
    if order != "TimestampAscending":
        points.reverse()
    return {
        "Id": query["Id"],
        "Label": query.get("Label") or query.get("MetricStat", {}).get("Metric", {}).get("MetricName", query["Id"]),
        "Timestamps": [at for at, _ in points],
        "Values": [value for _, value in points],
        "StatusCode": "Complete",
    }
