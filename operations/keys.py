"""`llm-router keys`: creates, lists, rotates and revokes API keys."""

from __future__ import annotations

import json
import secrets
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from llm_router.application.api_keys import KEY_PREFIX, hash_of, new_key
from llm_router.application.ports import KeyRecord
from llm_router.domain.policy.model_names import name_fault
from llm_router.domain.policy.policy import AUTO

from .aws import client
from .command_line import JsonOut, KeyTable, command, group, unusable
from .files import writable
from .output import Output, table_of

if TYPE_CHECKING:
    from llm_router.adapters.aws.dynamodb_keys import DynamoDbKeys

SECONDS_PER_DAY = 24 * 3600
STANDARD = "standard"
MOST_ALIAS_CHARACTERS = 4_000

app = group("Create, list, rotate and revoke API keys.")

KeyId = Annotated[
    str, typer.Argument(metavar="KEY_ID", help="A key's id, as `keys list` shows it.")
]


def create_key(
    keys: DynamoDbKeys,
    tenant: str,
    user_tier: str,
    *,
    may_set_user_tier: bool = False,
    expires_in_days: int | None = None,
) -> tuple[str, KeyRecord]:
    """Store a new key; the key itself is returned here and known nowhere afterwards."""
    key = new_key()
    record = new_record(
        tenant,
        user_tier,
        may_set_user_tier=may_set_user_tier,
        lifetime_seconds=expires_in_days * SECONDS_PER_DAY if expires_in_days else None,
    )
    keys.add(hash_of(key), record)
    return key, record


def new_record(
    tenant: str,
    user_tier: str = STANDARD,
    *,
    may_set_user_tier: bool = False,
    lifetime_seconds: int | None = None,
) -> KeyRecord:
    """The record of a key that is valid from now on, under an id of its own."""
    now = int(time.time())
    return KeyRecord(
        key_id=f"key-{secrets.token_hex(4)}",
        tenant=tenant,
        user_tier=user_tier,
        may_set_user_tier=may_set_user_tier,
        created_at=now,
        expires_at=now + lifetime_seconds if lifetime_seconds else None,
    )


@command(
    app,
    "create",
    "llm-router keys create --table my-keys --tenant acme",
    "llm-router keys create --table my-keys --tenant acme --expires-in-days 90 --json",
)
def create(  # noqa: PLR0913
    *,
    table: KeyTable,
    tenant: Annotated[str, typer.Option(help="Whose key it is; decisions are cached per tenant.")],
    user_tier: Annotated[str, typer.Option(help="What rules see as user_tier.")] = STANDARD,
    may_set_user_tier: Annotated[
        bool, typer.Option(help="Let requests name another user tier.")
    ] = False,
    expires_in_days: Annotated[int | None, typer.Option(min=1, help="Never, if left out.")] = None,
    json_out: JsonOut = None,
) -> None:
    """Create a key and show it, once."""
    out = _output(json_out)
    for option, value in (("--tenant", tenant), ("--user-tier", user_tier)):
        if not value.strip():
            raise unusable(option, "is empty")
    key, record = create_key(
        _keys(table),
        tenant,
        user_tier,
        may_set_user_tier=may_set_user_tier,
        expires_in_days=expires_in_days,
    )
    _show_once(out, key, record)


@command(app, "list", "llm-router keys list --table my-keys")
def list_keys(*, table: KeyTable, json_out: JsonOut = None) -> None:
    """List the keys, without the keys themselves, and their aliases."""
    out = _output(json_out)
    found = sorted(_keys(table).all(), key=lambda each: (each[1].created_at, each[1].key_id))
    out.show(_table(found))
    for _, record, _ in found:
        out.say(*(f"{record.key_id}: {name}={to}" for name, to in record.aliases.items()))
    if not found:
        out.note("there are no keys yet: llm-router keys create makes one")
    out.json([_described(record) | {"revoked": revoked} for _, record, revoked in found])


@command(app, "rotate", "llm-router keys rotate key-1a2b3c4d --table my-keys")
def rotate(key_id: KeyId, *, table: KeyTable, json_out: JsonOut = None) -> None:
    """Create a key like an existing one and show it, once; the old one stays valid.

    Revoke the old one when clients have moved.
    """
    out, keys = _output(json_out), _keys(table)
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
    _show_once(out, key, record)
    out.note(f"{key_id} stays valid until you revoke it")


@command(
    app,
    "alias",
    "llm-router keys alias key-1a2b3c4d gpt-4o=auto best=complex --table my-keys",
    "llm-router keys alias key-1a2b3c4d --table my-keys",
)
def alias(
    key_id: KeyId,
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME=TARGET", help="TARGET is auto, a tier or a model; none clears."
        ),
    ] = None,
    *,
    table: KeyTable,
    json_out: JsonOut = None,
) -> None:
    """Set the aliases of models in a key's requests; known within 60 s."""
    out, keys = _output(json_out), _keys(table)
    aliases = dict(_alias(text) for text in names or ())
    if len(json.dumps(aliases)) > MOST_ALIAS_CHARACTERS:
        raise unusable("NAME=TARGET", "too many: they travel with every request")
    key_hash, _ = _find(keys, key_id)
    keys.set_aliases(key_hash, aliases)
    out.say(f"{key_id}: aliases set" if aliases else f"{key_id}: aliases cleared")
    out.json({"key_id": key_id, "aliases": aliases})


@command(app, "revoke", "llm-router keys revoke key-1a2b3c4d --table my-keys")
def revoke(key_id: KeyId, *, table: KeyTable, json_out: JsonOut = None) -> None:
    """Refuse a key from now on; it may still be accepted for up to 60 s."""
    out, keys = _output(json_out), _keys(table)
    key_hash, _ = _find(keys, key_id)
    keys.revoke(key_hash)
    out.say(f"{key_id} is revoked")
    out.json({"key_id": key_id, "revoked": True})


def _output(json_out: str | None) -> Output:
    out = Output(json_out)
    writable(out.path)
    return out


def _keys(table: str) -> DynamoDbKeys:
    # Needs boto3, which takes time to import.
    from llm_router.adapters.aws.dynamodb_keys import DynamoDbKeys

    return DynamoDbKeys(client("dynamodb"), table)


def _alias(text: str) -> tuple[str, str]:
    name, _, target = text.partition("=")
    if not name or not target or name == AUTO:
        raise unusable("NAME=TARGET", f"not such a pair: {text}")
    if fault := name_fault(name):
        raise unusable("NAME=TARGET", f"{name!r}: {fault}")
    return name, target


def _find(keys: DynamoDbKeys, key_id: str) -> tuple[str, KeyRecord]:
    if key_id.startswith(KEY_PREFIX):
        raise unusable("KEY_ID", "is a key itself; `llm-router keys list` shows its id")
    for key_hash, record, revoked in keys.all():
        if record.key_id == key_id:
            if revoked:
                raise unusable("KEY_ID", f"{key_id} is revoked already")
            return key_hash, record
    raise unusable("KEY_ID", f"no key has the id {key_id}; `llm-router keys list` shows them")


def _show_once(out: Output, key: str, record: KeyRecord) -> None:
    out.say(f"id:  {record.key_id}", f"key: {key}  (shown only now)")
    out.json(_described(record) | {"key": key}, private=True)


def _table(found: list[tuple[str, KeyRecord, bool]]) -> Any:
    columns = ("id", "tenant", "user tier", "created", "expires", "state")
    now = time.time()
    return table_of(
        columns,
        (
            (
                record.key_id,
                record.tenant,
                record.user_tier,
                _date(record.created_at),
                _date(record.expires_at) if record.expires_at else "never",
                _state(record, revoked, now),
            )
            for _, record, revoked in found
        ),
    )


def _state(record: KeyRecord, revoked: bool, now: float) -> str:
    if revoked:
        return "revoked"
    return "expired" if record.expires_at and record.expires_at <= now else "valid"


def _described(record: KeyRecord) -> dict[str, Any]:
    """A key's record as JSON shows it, with times in ISO 8601."""
    return {
        "key_id": record.key_id,
        "tenant": record.tenant,
        "user_tier": record.user_tier,
        "may_set_user_tier": record.may_set_user_tier,
        "created_at": _moment(record.created_at),
        "expires_at": _moment(record.expires_at) if record.expires_at else None,
        "aliases": dict(record.aliases),
    }


def _moment(epoch_seconds: int) -> datetime:
    return datetime.fromtimestamp(epoch_seconds, UTC)


def _date(epoch_seconds: int) -> str:
    return f"{_moment(epoch_seconds):%Y-%m-%d}"


if __name__ == "__main__":
    app()
