"""CloudFormation types without behaviour on a laptop: they exist, have a name and an ARN, and do nothing.

The one place where the local cloud pretends. A type belongs here only if neither MiniStack nor the
fleet simulator has the service, and if no job depends on it.
"""

from ministack.core.responses import get_account_id, get_region
from ministack.services.cloudformation import provisioners


def _image_builder():
    """Named by its ARN, as Image Builder does."""

    def create(logical_id, props, stack_name):
        name = props.get("Name") or provisioners._physical_name(stack_name, logical_id)
        arn = f"arn:aws:imagebuilder:{get_region()}:{get_account_id()}:{logical_id.lower()}/{name}"
        return arn, {"Arn": arn, "Name": name}

    return _without_behaviour(create)


def _without_behaviour(create):
    def update(physical_id, old_props, new_props, stack_name, logical_id):
        return create(logical_id, new_props, stack_name)

    return {"create": create, "update": update, "delete": lambda physical_id, props: None}


TYPES = {
    "AWS::ImageBuilder::Component": _image_builder(),
    "AWS::ImageBuilder::DistributionConfiguration": _image_builder(),
    "AWS::ImageBuilder::ImagePipeline": _image_builder(),
    "AWS::ImageBuilder::ImageRecipe": _image_builder(),
    "AWS::ImageBuilder::InfrastructureConfiguration": _image_builder(),
    "AWS::ImageBuilder::LifecyclePolicy": _image_builder(),
}
