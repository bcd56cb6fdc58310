"""The CloudFormation types that MiniStack lacks, added to its table before it starts.

A handler is what MiniStack's engine expects: ``create(logical_id, props, stack_name)`` and
``update(physical_id, old_props, new_props, stack_name, logical_id)`` answer ``(physical id, attributes)``,
``delete(physical_id, props)`` answers nothing, and all raise ``ValueError`` to fail the resource.
An update that answers another physical id is a replacement: the engine deletes the predecessor.
"""

from ministack.services.cloudformation import provisioners

import documents
import native_types
import stand_ins
import state_machines
from watch import alarm_types, saved_queries


def register(fleet_url: str) -> None:
    """Add every type; ``fleet_url`` is where SSM documents are kept."""
    documents.provision_on_worker_threads()
    tables = (
        native_types.TYPES, state_machines.TYPES, documents.types(fleet_url), stand_ins.TYPES, alarm_types.TYPES,
        saved_queries.TYPES)
    for types in tables:
        for name, handler in types.items():
            provisioners._RESOURCE_HANDLERS[name] = {**handler, "update_with_logical_id": True}
