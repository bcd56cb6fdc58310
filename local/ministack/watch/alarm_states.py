"""Which state the datapoints of an alarm make, as CloudWatch documents it.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html

CloudWatch looks at more periods than the alarm asks for. Where enough of them have data, the latest of these decide;
else all that have decide together with as few missing ones as are needed.
"""

import operator

# How many periods more than asked for: in the tables of AWS's documentation, five for three.
FURTHER_PERIODS = 2

_COMPARISONS = {
    "GreaterThanOrEqualToThreshold": (operator.ge, "greater than or equal to"),
    "GreaterThanThreshold": (operator.gt, "greater than"),
    "LessThanOrEqualToThreshold": (operator.le, "less than or equal to"),
    "LessThanThreshold": (operator.lt, "less than"),
}


def check_comparison(name: str) -> None:
    """Raise ``ValueError`` for a comparison that needs a band instead of a threshold."""
    if name not in _COMPARISONS:
        raise ValueError(f"the local CloudWatch does not compare by {name}")


def state_of(alarm: dict, values: list) -> tuple[str, str]:
    """The state and its reason.

    :param values: of ``EvaluationPeriods + FURTHER_PERIODS`` periods, oldest first, ``None`` where data is missing
    """
    compare, words = _COMPARISONS[alarm["ComparisonOperator"]]
    threshold = alarm["Threshold"]
    asked = alarm["EvaluationPeriods"]
    needed = alarm.get("DatapointsToAlarm") or asked
    known = [value for value in values if value is not None][-asked:]
    breaching = [value for value in known if compare(value, threshold)]
    state = _state(alarm, values, asked, needed, len(known), len(breaching))
    return state, _reason(state, known, breaching, f"{words} the threshold ({threshold})")


def _state(alarm: dict, values: list, asked: int, needed: int, known: int, breaching: int) -> str:
    treat = "ignore" if alarm.get("Namespace") == "AWS/DynamoDB" else alarm.get("TreatMissingData", "missing")
    filled = asked - known
    if filled > 0 and treat == "breaching":
        breaching += filled
    if breaching >= needed:
        return "ALARM"
    if filled == 0 or treat in ("breaching", "notBreaching"):
        return "OK"
    if treat == "ignore":
        return alarm["StateValue"] if known == breaching else "OK"
    if known == 0:
        return "INSUFFICIENT_DATA"
    return "ALARM" if known == breaching and _age_of_oldest(values) >= needed else "OK"


def _age_of_oldest(values: list) -> int:
    """In periods, the latest of which is of age one."""
    return len(values) - next(at for at, value in enumerate(values) if value is not None)


def _reason(state: str, known: list, breaching: list, relation: str) -> str:
    if not known:
        return "No datapoints were received, and missing ones were treated as the alarm says: " + state
    shown = breaching if state == "ALARM" and breaching else known
    several = "s" if len(shown) > 1 else ""
    verb = ("were" if several else "was") + ("" if state == "ALARM" else " not")
    return f"Threshold Crossed: {len(shown)} datapoint{several} {shown} {verb} {relation}."
