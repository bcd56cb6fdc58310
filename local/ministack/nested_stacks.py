"""What is not changed in a nested stack keeps its attributes when the stack is updated.

MiniStack hands them on for stacks of their own only: another resource of a nested one that refers to them
(``Fn::GetAtt`` of an alarm's ARN) fails the update then.
"""

from ministack.services.cloudformation import provisioners


def keep_attributes() -> None:
    provision, update = provisioners._provision_resource, provisioners._update_resource
    attributes: dict[tuple, dict] = {}

    def provision_and_note(resource_type, logical_id, props, stack_name, *args, **kwargs):
        physical_id, made = provision(resource_type, logical_id, props, stack_name, *args, **kwargs)
        attributes[stack_name, logical_id] = made
        return physical_id, made

    def update_and_note(resource_type, physical_id, old_props, new_props, stack_name, logical_id=None, old_attrs=None):
        known = old_attrs or attributes.get((stack_name, logical_id))
        physical_id, made = update(resource_type, physical_id, old_props, new_props, stack_name, logical_id, known)
        attributes[stack_name, logical_id] = made
        return physical_id, made

    provisioners._provision_resource = provision_and_note
    provisioners._update_resource = update_and_note
