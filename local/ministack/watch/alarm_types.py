"""``AWS::CloudWatch::Alarm`` over MiniStack's alarms, with metric math, which its CloudFormation refuses.

What cannot be evaluated fails the resource, so that no alarm is there which never rings.
"""

from ministack.services.cloudformation import provisioners

from watch import alarm_settings

# What MiniStack wants to be told of an alarm's one metric, where there is none.
_NO_METRIC = {"Namespace": "-", "MetricName": "-"}

_own = provisioners._RESOURCE_HANDLERS["AWS::CloudWatch::Alarm"]


def _create(logical_id, props, stack_name):
    return _with_metrics(_own["create"](logical_id, _shown(props), stack_name), props)


def _update(physical_id, old_props, new_props, stack_name, logical_id):
    return _with_metrics(
        _own["update"](physical_id, _shown(old_props), _shown(new_props), stack_name, logical_id), new_props)


def _shown(props: dict) -> dict:
    if "Metrics" not in props:
        return props
    return {**{key: value for key, value in props.items() if key != "Metrics"}, **_NO_METRIC}


def _with_metrics(provisioned: tuple, props: dict) -> tuple:
    name, attributes = provisioned
    alarm_settings.complete(name, props.get("Metrics"))
    return name, attributes


TYPES = {"AWS::CloudWatch::Alarm": {"create": _create, "update": _update, "delete": _own["delete"]}}
