"""CloudFormation types without behaviour on a laptop: they exist, have a name and an ARN, and do nothing.

The one place where the local cloud pretends. A type belongs here only if neither MiniStack nor the
fleet simulator has the service, and if no job depends on it.
"""

import uuid

from ministack.core.responses import get_account_id, get_region
from ministack.services.cloudformation import provisioners


def _image_builder():
    """Named by its ARN, as Image Builder does."""

    def create(logical_id, props, stack_name):
        name = props.get("Name") or provisioners._physical_name(stack_name, logical_id)
        arn = f"arn:aws:imagebuilder:{get_region()}:{get_account_id()}:{logical_id.lower()}/{name}"
        return arn, {"Arn": arn, "Name": name}

    return _without_behaviour(create)


def _query_definition():
    def create(logical_id, props, stack_name):
        identity = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{stack_name}/{logical_id}"))
        return identity, {"QueryDefinitionId": identity}

    return _without_behaviour(create)


def _without_behaviour(create):
    def update(physical_id, old_props, new_props, stack_name, logical_id):
        return create(logical_id, new_props, stack_name)

    return {"create": create, "update": update, "delete": lambda physical_id, props: None}


def _alarm_over_metric_math():
    """MiniStack's alarm, and for metric math, which it cannot evaluate, one that stays INSUFFICIENT_DATA."""
    handler = provisioners._RESOURCE_HANDLERS["AWS::CloudWatch::Alarm"]

    def single_metric(props):
        if "Metrics" not in props:
            return props
        shown = {key: value for key, value in props.items() if key != "Metrics"}
        return {**shown, "Namespace": "MetricMath", "MetricName": "NotEvaluatedLocally"}

    def update(physical_id, old_props, new_props, stack_name, logical_id):
        return handler["update"](
            physical_id, single_metric(old_props), single_metric(new_props), stack_name, logical_id)

    return {
        "create": lambda logical_id, props, stack_name: handler["create"](logical_id, single_metric(props), stack_name),
        "update": update,
        "delete": handler["delete"],
    }


TYPES = {
    "AWS::CloudWatch::Alarm": _alarm_over_metric_math(),
    "AWS::ImageBuilder::Component": _image_builder(),
    "AWS::ImageBuilder::DistributionConfiguration": _image_builder(),
    "AWS::ImageBuilder::ImagePipeline": _image_builder(),
    "AWS::ImageBuilder::ImageRecipe": _image_builder(),
    "AWS::ImageBuilder::InfrastructureConfiguration": _image_builder(),
    "AWS::ImageBuilder::LifecyclePolicy": _image_builder(),
    "AWS::Logs::QueryDefinition": _query_definition(),
}
