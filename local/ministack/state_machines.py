"""``AWS::StepFunctions::StateMachineVersion`` and ``StateMachineAlias`` over MiniStack's Step Functions."""

from ministack.services import stepfunctions

from responses import result_of


def _create_version(logical_id, props, stack_name):
    published = result_of(stepfunctions._publish_state_machine_version({
        "stateMachineArn": props["StateMachineArn"],
        "revisionId": props.get("StateMachineRevisionId"),
        "description": props.get("Description", ""),
    }))
    arn = published["stateMachineVersionArn"]
    return arn, {"Arn": arn}


def _update_version(physical_id, old_props, new_props, stack_name, logical_id):
    return _create_version(logical_id, new_props, stack_name)  # every property is replaced


def _delete_version(physical_id, props):
    result_of(stepfunctions._delete_state_machine_version({"stateMachineVersionArn": physical_id}))


def _routing(props):
    """The alias's routes; a gradual deployment arrives at once, since nothing is rolled back on a laptop."""
    if "RoutingConfiguration" in props:
        return [{"stateMachineVersionArn": route["StateMachineVersionArn"], "weight": int(route["Weight"])}
                for route in props["RoutingConfiguration"]]
    return [{"stateMachineVersionArn": props["DeploymentPreference"]["StateMachineVersionArn"], "weight": 100}]


def _create_alias(logical_id, props, stack_name):
    arn = result_of(stepfunctions._create_state_machine_alias({
        "name": props.get("Name") or logical_id,
        "description": props.get("Description", ""),
        "routingConfiguration": _routing(props),
    }))["stateMachineAliasArn"]
    return arn, {"Arn": arn}


def _update_alias(physical_id, old_props, new_props, stack_name, logical_id):
    if old_props.get("Name") != new_props.get("Name"):
        return _create_alias(logical_id, new_props, stack_name)
    result_of(stepfunctions._update_state_machine_alias({
        "stateMachineAliasArn": physical_id,
        "description": new_props.get("Description", ""),
        "routingConfiguration": _routing(new_props),
    }))
    return physical_id, {"Arn": physical_id}


def _delete_alias(physical_id, props):
    result_of(stepfunctions._delete_state_machine_alias({"stateMachineAliasArn": physical_id}))


TYPES = {
    "AWS::StepFunctions::StateMachineVersion": {
        "create": _create_version, "update": _update_version, "delete": _delete_version,
    },
    "AWS::StepFunctions::StateMachineAlias": {
        "create": _create_alias, "update": _update_alias, "delete": _delete_alias,
    },
}
