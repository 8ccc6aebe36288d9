"""Things of a Prefect server, each made where it is missing,
changed where it differs, else left as it is.

Every function says what it did in a line: `made`, `changed` or `kept`, the kind, the name.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from prefect.blocks.core import Block
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import (
    BlockDocumentCreate,
    BlockDocumentUpdate,
    VariableCreate,
    VariableUpdate,
    WorkPoolCreate,
    WorkPoolUpdate,
)
from prefect.events.schemas.automations import Automation, AutomationCore
from prefect.exceptions import ObjectNotFound

from core.errors import ConfigError


def pool(
    client: SyncPrefectClient, name: str, kind: str, template: dict[str, Any]
) -> str:
    """A work pool with this template; whether it is paused,
    and its limit, are left to its owner."""
    try:
        there = client.read_work_pool(name)
    except ObjectNotFound:
        client.create_work_pool(
            WorkPoolCreate(name=name, type=kind, base_job_template=template)
        )
        return f"made work pool {name}"
    if there.type != kind:
        raise ConfigError(
            f"work pool {name} is there as {there.type}, not {kind}; delete or rename that one"
        )
    if there.base_job_template == template:
        return f"kept work pool {name}"
    client.update_work_pool(name, WorkPoolUpdate(base_job_template=template))
    return f"changed work pool {name}"


def limit(client: SyncPrefectClient, name: str) -> str:
    """A global limit of one slot; while a run holds it, it stays held."""
    slots = _slots(client, name)
    if slots == 1:
        return f"kept global limit {name}"
    client.upsert_global_concurrency_limit_by_name(name, 1)
    return f"{'made' if slots is None else 'changed'} global limit {name}"


def _slots(client: SyncPrefectClient, name: str) -> int | None:
    """The slots of a global limit; None where there is none."""
    try:
        return client.read_global_concurrency_limit_by_name(name).limit
    except ObjectNotFound:
        return None


def variable(client: SyncPrefectClient, name: str, value: str) -> str:
    """A variable with this value; the line shows it, so it must be no secret."""
    there = client.read_variable_by_name(name)
    if there is None:
        client.create_variable(VariableCreate(name=name, value=value))
        return f"made variable {name} = {value}"
    if there.value == value:
        return f"kept variable {name} = {value}"
    client.update_variable(VariableUpdate(name=name, value=value))
    return f"changed variable {name} = {value}"


def block(
    client: SyncPrefectClient, name: str, kind: type[Block], values: dict[str, str]
) -> str:
    """A block with these values; it is not made here,
    which could need credentials that its users have."""
    slug = kind.get_block_type_slug()
    try:
        there = client.read_block_document_by_name(name, slug)
    except ObjectNotFound:
        kind.register_type_and_schema()
        ids = {
            "block_type_id": kind._block_type_id,
            "block_schema_id": kind._block_schema_id,
        }
        client.create_block_document(
            BlockDocumentCreate.model_validate({"name": name, "data": values, **ids})
        )
        return f"made block {slug}/{name}"
    if values.items() <= there.data.items():
        return f"kept block {slug}/{name}"
    client.update_block_document(there.id, BlockDocumentUpdate(data=values))
    return f"changed block {slug}/{name}"


def block_id(client: SyncPrefectClient, spelled: str) -> UUID:
    """The id of a block that somebody made, spelled TYPE/NAME;
    ConfigError where it is not there."""
    kind, _, name = spelled.partition("/")
    try:
        return client.read_block_document_by_name(name, kind).id
    except ObjectNotFound:
        raise ConfigError(
            f"no block {spelled}; make it on the dashboard, or: prefect block create {kind}"
        ) from None


def automation(client: SyncPrefectClient, wanted: AutomationCore) -> str:
    """An automation by its name; whether it is switched on is left to its owner."""
    there = next(iter(client.read_automations_by_name(wanted.name)), None)
    if there is None:
        client.create_automation(wanted)
        return f"made automation {wanted.name}"
    wanted = wanted.model_copy(update={"enabled": there.enabled})
    if meaning(there) == meaning(wanted):
        return f"kept automation {wanted.name}"
    client.update_automation(there.id, wanted)
    return f"changed automation {wanted.name}"


def meaning(automation: Automation | AutomationCore) -> dict[str, Any]:
    """What an automation does, without what the server adds."""
    return AutomationCore.model_validate(automation.model_dump()).model_dump()
