"""``POST /_local/alarms/evaluate``: evaluates all alarms as of a moment, for tests that cannot wait for periods.

    { "at": "2026-01-31T12:20:00Z" }

answers ``{ "states": { "<name of an alarm>": "OK" | "ALARM" | "INSUFFICIENT_DATA" } }``. Actions are taken as ever.
From then on the alarms stay as they are, until a call without ``at`` evaluates them as of now and lets time go on.

    { "forget": ["<name of a metric alarm>"] }

drops all data of what these alarms look at before, so that what a test caused rings no longer for the next one.
"""

from datetime import datetime

from watch import alarms

ROUTE = "/_local/alarms/evaluate"


def evaluate(request: dict) -> dict:
    """Answers an evaluation request; see the module's contract."""
    at = request.get("at")
    # A millisecond more: what was written in the very one that the caller names counts.
    moment = None if at is None else datetime.fromisoformat(at).timestamp() + 0.001
    for name in request.get("forget", []):
        alarms.forget(name)
    alarms.pin(moment)
    return {"states": alarms.states()}
