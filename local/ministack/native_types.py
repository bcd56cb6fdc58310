"""CloudFormation types whose service MiniStack has, though its CloudFormation does not reach it."""

import json

from ministack.core.responses import get_account_id
from ministack.services import budgets, cloudwatch, ec2, eventbridge
from ministack.services.cloudformation import provisioners

from responses import result_of


def _put_archive(operation, name, props):
    result = result_of(operation({
        "ArchiveName": name,
        "EventSourceArn": props.get("SourceArn", ""),
        "Description": props.get("Description", ""),
        "EventPattern": json.dumps(props["EventPattern"]) if "EventPattern" in props else "",
        "RetentionDays": int(props.get("RetentionDays", 0)),
    }))
    return name, {"Arn": result["ArchiveArn"]}


def _create_archive(logical_id, props, stack_name):
    name = props.get("ArchiveName") or provisioners._physical_name(stack_name, logical_id, max_len=48)
    return _put_archive(eventbridge._create_archive, name, props)


def _update_archive(physical_id, old_props, new_props, stack_name, logical_id):
    if any(old_props.get(key) != new_props.get(key) for key in ("ArchiveName", "SourceArn")):
        return _create_archive(logical_id, new_props, stack_name)
    return _put_archive(eventbridge._update_archive, physical_id, new_props)


def _delete_archive(physical_id, props):
    eventbridge._delete_archive({"ArchiveName": physical_id})


def _put_composite_alarm(name, props):
    result_of(cloudwatch._put_composite_alarm({}, {**props, "AlarmName": name}, False, True))
    return name, {"Arn": cloudwatch._composite_alarms[name]["AlarmArn"]}


def _create_composite_alarm(logical_id, props, stack_name):
    name = props.get("AlarmName") or provisioners._physical_name(stack_name, logical_id, max_len=255)
    return _put_composite_alarm(name, props)


def _update_composite_alarm(physical_id, old_props, new_props, stack_name, logical_id):
    if old_props.get("AlarmName") != new_props.get("AlarmName"):
        return _create_composite_alarm(logical_id, new_props, stack_name)
    return _put_composite_alarm(physical_id, new_props)


def _delete_composite_alarm(physical_id, props):
    result_of(cloudwatch._delete_alarms({}, {"AlarmNames": [physical_id]}, False, True))


def _security_group_rule(direction, rules_key):
    """The handler of rules declared beside their group, as CDK does for groups that refer to each other."""

    def change(props, old, new):
        group = ec2._security_groups.get(props["GroupId"])
        if group is None:
            raise ValueError(f"The security group '{props['GroupId']}' does not exist")
        provisioners._ec2_sg_reconcile(group[rules_key], old, new)

    def create(logical_id, props, stack_name):
        rules = provisioners._ec2_sg_permissions([props])
        change(props, [], rules)
        rule_id = ec2._sg_rule_id(props["GroupId"], direction == "Egress", rules[0])
        return rule_id, {"Id": rule_id}

    def delete(physical_id, props):
        if props["GroupId"] in ec2._security_groups:
            change(props, provisioners._ec2_sg_permissions([props]), [])

    def update(physical_id, old_props, new_props, stack_name, logical_id):
        delete(physical_id, old_props)
        return create(logical_id, new_props, stack_name)

    return {"create": create, "update": update, "delete": delete}


def _create_placement_group(logical_id, props, stack_name):
    name = provisioners._physical_name(stack_name, logical_id)
    request = {"GroupName": [name], "Strategy": [props.get("Strategy", "cluster")]}
    if "PartitionCount" in props:
        request["PartitionCount"] = [str(props["PartitionCount"])]
    result_of(ec2._create_placement_group(request))
    return name, {"GroupName": name}


def _keep_placement_group(physical_id, old_props, new_props, stack_name, logical_id):
    raise ValueError("a placement group cannot be changed: give it another logical id")


def _delete_placement_group(physical_id, props):
    ec2._delete_placement_group({"GroupName": [physical_id]})


def _create_budget(logical_id, props, stack_name):
    name = props["Budget"].get("BudgetName") or provisioners._physical_name(stack_name, logical_id, max_len=100)
    result_of(budgets._create_budget({
        "AccountId": get_account_id(),
        "Budget": {**props["Budget"], "BudgetName": name},
        "NotificationsWithSubscribers": props.get("NotificationsWithSubscribers", []),
    }))
    return name, {}


def _update_budget(physical_id, old_props, new_props, stack_name, logical_id):
    _delete_budget(physical_id, old_props)
    return _create_budget(logical_id, new_props, stack_name)


def _delete_budget(physical_id, props):
    budgets._delete_budget({"AccountId": get_account_id(), "BudgetName": physical_id})


def _vpc_with_cidr_block():
    """MiniStack's VPC with the attribute that interface endpoints and security groups ask for."""
    handler = provisioners._RESOURCE_HANDLERS["AWS::EC2::VPC"]

    def with_cidr_block(operation):
        def provision(*args):
            vpc_id, attributes = operation(*args)
            return vpc_id, {**attributes, "CidrBlock": ec2._vpcs[vpc_id]["CidrBlock"]}
        return provision

    return {**handler, "create": with_cidr_block(handler["create"]), "update": with_cidr_block(handler["update"])}


TYPES = {
    "AWS::Budgets::Budget": {"create": _create_budget, "update": _update_budget, "delete": _delete_budget},
    "AWS::CloudWatch::CompositeAlarm": {
        "create": _create_composite_alarm, "update": _update_composite_alarm, "delete": _delete_composite_alarm,
    },
    "AWS::EC2::PlacementGroup": {
        "create": _create_placement_group, "update": _keep_placement_group, "delete": _delete_placement_group,
    },
    "AWS::EC2::SecurityGroupEgress": _security_group_rule("Egress", "IpPermissionsEgress"),
    "AWS::EC2::SecurityGroupIngress": _security_group_rule("Ingress", "IpPermissions"),
    "AWS::EC2::VPC": _vpc_with_cidr_block(),
    "AWS::Events::Archive": {"create": _create_archive, "update": _update_archive, "delete": _delete_archive},
}
