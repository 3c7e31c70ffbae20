"""Reads and writes the local classifier's weights as one compact file.

The parts in order: magic, length of the header, header (JSON), the heads' tables (one signed byte
per bucket) and measures (32-bit floats), the filter of the prompts it was trained on, and a
checksum of all that.
"""

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from .features import BUCKETS, STRUCTURE
from .intent_words import INTENT_WORDS
from .seen_prompts import SeenPrompts

MAGIC = b"LLMRC\x01\r\n"
HEADS = ("need", "more_than_simple", "complex")

_LENGTH = struct.Struct("<I")
_FLOATS = struct.Struct(f"<{len(STRUCTURE)}f")
_HEAD_BYTES = BUCKETS + _FLOATS.size
_FEATURES = crc32(json.dumps([BUCKETS, STRUCTURE, dict(INTENT_WORDS)]).encode())


class ClassifierError(ValueError):
    """The weights cannot be used; the message says why."""


@dataclass(frozen=True)
class Head:
    """One output: log odds = offset + scale · Σ table / √n-grams + structure · measures."""

    table: list[int]
    scale: float
    structure: list[float]
    offset: float


@dataclass(frozen=True)
class Weights:
    """The contents of a weights file."""

    version: str
    trained: str
    need: Head
    more_than_simple: Head
    complex: Head
    seen: SeenPrompts


class _Scale(BaseModel):
    model_config = ConfigDict(extra="forbid")

    scale: FiniteFloat
    offset: FiniteFloat


class _Header(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: str = Field(min_length=1, max_length=64)
    trained: str = Field(max_length=1_000)
    features: int
    seen_bytes: int = Field(gt=0)
    heads: dict[str, _Scale]


def parse_weights(data: bytes) -> Weights:
    """Parse a weights file; `ClassifierError` if it is another file, damaged or out of date."""
    if not data.startswith(MAGIC):
        raise ClassifierError("not a file of classifier weights")
    start = len(MAGIC) + _LENGTH.size
    if len(data) < start + 4 or crc32(data[:-4]) != int.from_bytes(data[-4:], "little"):
        raise ClassifierError("the classifier's weights are damaged: the checksum does not fit")
    (length,) = _LENGTH.unpack_from(data, len(MAGIC))
    try:
        header = _Header.model_validate_json(data[start : start + length])
    except ValidationError as error:
        raise ClassifierError("the header of the classifier's weights cannot be read") from error
    if header.features != _FEATURES or set(header.heads) != set(HEADS):
        raise ClassifierError(
            f"the classifier's weights {header.version!r} were trained for other features: "
            "train them again with this version of the router"
        )
    body = data[start + length : -4]
    if len(body) != len(HEADS) * _HEAD_BYTES + header.seen_bytes:
        raise ClassifierError("the classifier's weights are damaged: a part is missing")
    heads = {
        name: _head(body[number * _HEAD_BYTES : (number + 1) * _HEAD_BYTES], header.heads[name])
        for number, name in enumerate(HEADS)
    }
    seen = SeenPrompts(body[-header.seen_bytes :])
    return Weights(version=header.version, trained=header.trained, seen=seen, **heads)


def dump_weights(weights: Weights) -> bytes:
    """Build the file that `parse_weights` reads; equal weights make equal bytes."""
    heads: Mapping[str, Head] = {name: getattr(weights, name) for name in HEADS}
    header: dict[str, Any] = {
        "version": weights.version,
        "trained": weights.trained,
        "features": _FEATURES,
        "seen_bytes": len(weights.seen.bits),
        "heads": {name: {"scale": h.scale, "offset": h.offset} for name, h in heads.items()},
    }
    text = json.dumps(header, ensure_ascii=False).encode()
    body = b"".join(
        struct.pack(f"<{BUCKETS}b", *head.table) + _FLOATS.pack(*head.structure)
        for head in heads.values()
    )
    data = MAGIC + _LENGTH.pack(len(text)) + text + body + weights.seen.bits
    return data + crc32(data).to_bytes(4, "little")


def _head(data: bytes, scale: _Scale) -> Head:
    table = memoryview(data[:BUCKETS]).cast("b").tolist()
    return Head(table, scale.scale, list(_FLOATS.unpack(data[BUCKETS:])), scale.offset)
