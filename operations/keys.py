"""Create, list, rotate and revoke API keys: `python -m operations.keys --help`."""

import json
import secrets
import time
from typing import Annotated

import boto3
import typer
from rich.console import Console
from rich.table import Table

from llm_router.adapters.aws.dynamodb_keys import DynamoDbKeys
from llm_router.application.api_keys import hash_of, new_key
from llm_router.application.ports import KeyRecord
from llm_router.domain.policy.policy import AUTO

SECONDS_PER_DAY = 24 * 3600
MOST_ALIAS_CHARACTERS = 4_000

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
console = Console()

TableName = Annotated[str, typer.Option(help="The stack's output KeyTableName.")]


def create_key(
    keys: DynamoDbKeys,
    tenant: str,
    user_tier: str,
    *,
    may_set_user_tier: bool = False,
    expires_in_days: int | None = None,
) -> tuple[str, KeyRecord]:
    """Store a new key; the key itself is returned here and known nowhere afterwards."""
    key, now = new_key(), int(time.time())
    record = KeyRecord(
        key_id=f"key-{secrets.token_hex(4)}",
        tenant=tenant,
        user_tier=user_tier,
        may_set_user_tier=may_set_user_tier,
        created_at=now,
        expires_at=now + expires_in_days * SECONDS_PER_DAY if expires_in_days else None,
    )
    keys.add(hash_of(key), record)
    return key, record


@app.command()
def create(
    table: TableName,
    tenant: Annotated[str, typer.Option(help="Whose key it is; decisions are cached per tenant.")],
    user_tier: Annotated[str, typer.Option(help="What rules see as user_tier.")] = "standard",
    may_set_user_tier: Annotated[
        bool, typer.Option(help="Let requests name another user tier.")
    ] = False,
    expires_in_days: Annotated[int | None, typer.Option(min=1, help="Never, if left out.")] = None,
) -> None:
    """Create a key and show it, once."""
    key, record = create_key(
        _keys(table),
        tenant,
        user_tier,
        may_set_user_tier=may_set_user_tier,
        expires_in_days=expires_in_days,
    )
    _show_once(key, record)


@app.command("list")
def list_keys(table: TableName) -> None:
    """List the keys, without the keys themselves, and their aliases."""
    shown = Table("id", "tenant", "user tier", "created", "expires", "state")
    aliases: list[str] = []
    for _, record, revoked in _keys(table).all():
        aliases += (f"{record.key_id}: {name}={to}" for name, to in record.aliases.items())
        expires = _date(record.expires_at) if record.expires_at else "never"
        shown.add_row(
            record.key_id,
            record.tenant,
            record.user_tier,
            _date(record.created_at),
            expires,
            "revoked" if revoked else "valid",
        )
    console.print(shown)
    for line in aliases:
        console.print(line, highlight=False)


@app.command()
def rotate(table: TableName, key_id: str) -> None:
    """Create a key like this one and show it, once; revoke the old one when clients have moved."""
    keys = _keys(table)
    _, old = _find(keys, key_id)
    lifetime = (old.expires_at - old.created_at) // SECONDS_PER_DAY if old.expires_at else None
    key, record = create_key(
        keys,
        old.tenant,
        old.user_tier,
        may_set_user_tier=old.may_set_user_tier,
        expires_in_days=lifetime,
    )
    if old.aliases:
        keys.set_aliases(hash_of(key), old.aliases)
    _show_once(key, record)
    console.print(f"{key_id} stays valid until you revoke it")


@app.command()
def alias(
    table: TableName,
    key_id: str,
    names: Annotated[
        list[str] | None,
        typer.Argument(help="NAME=TARGET, where TARGET is auto, a tier or a model; none clears."),
    ] = None,
) -> None:
    """Set what models' names stand for in a key's requests; known within 60 s."""
    keys = _keys(table)
    key_hash, _ = _find(keys, key_id)
    aliases = dict(_alias(text) for text in names or ())
    if len(json.dumps(aliases)) > MOST_ALIAS_CHARACTERS:
        raise typer.BadParameter("too many: they travel with every request", param_hint="NAMES")
    keys.set_aliases(key_hash, aliases)
    console.print(f"{key_id}: aliases set")


@app.command()
def revoke(table: TableName, key_id: str) -> None:
    """Refuse a key from now on; it may still be accepted for up to 60 s."""
    keys = _keys(table)
    key_hash, _ = _find(keys, key_id)
    keys.revoke(key_hash)
    console.print(f"{key_id} is revoked")


def _alias(text: str) -> tuple[str, str]:
    name, _, target = text.partition("=")
    if not name or not target or name == AUTO:
        raise typer.BadParameter(f"not NAME=TARGET: {text}", param_hint="NAMES")
    return name, target


def _keys(table: str) -> DynamoDbKeys:
    return DynamoDbKeys(boto3.client("dynamodb"), table)


def _find(keys: DynamoDbKeys, key_id: str) -> tuple[str, KeyRecord]:
    for key_hash, record, revoked in keys.all():
        if record.key_id == key_id and not revoked:
            return key_hash, record
    raise typer.BadParameter(f"no valid key {key_id}", param_hint="KEY_ID")


def _show_once(key: str, record: KeyRecord) -> None:
    console.print(f"id:  {record.key_id}\nkey: {key}  (shown only now)", highlight=False)


def _date(epoch_seconds: int) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(epoch_seconds))


if __name__ == "__main__":
    app()
