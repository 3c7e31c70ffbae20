"""The prompts that a classifier was trained on, as a Bloom filter: small, and holds no text."""

from collections.abc import Collection, Iterator
from hashlib import blake2b

_BITS_PER_PROMPT = 10
_PROBES = 7
"""With ten bits per prompt, seven probes give a false-positive rate of 0.8 %."""


def digest_of(text: str) -> bytes:
    """The digest of a prompt, ignoring white space around it."""
    return blake2b(text.strip().encode(), digest_size=16).digest()


class SeenPrompts:
    """A set of digests with false positives, but without false negatives."""

    def __init__(self, bits: bytes) -> None:
        self.bits = bits

    @classmethod
    def of(cls, digests: Collection[bytes]) -> "SeenPrompts":
        """Build the set of these digests."""
        bits = bytearray(max(1, -(-len(digests) * _BITS_PER_PROMPT // 8)))
        for digest in digests:
            for place in _places(digest, 8 * len(bits)):
                bits[place // 8] |= 1 << place % 8
        return cls(bytes(bits))

    def holds(self, digest: bytes) -> bool:
        """True if the digest is in the set, or is a false positive."""
        return all(
            self.bits[place // 8] & 1 << place % 8 for place in _places(digest, 8 * len(self.bits))
        )


def _places(digest: bytes, size: int) -> Iterator[int]:
    first, step = int.from_bytes(digest[:8]), int.from_bytes(digest[8:]) | 1
    return ((first + probe * step) % size for probe in range(_PROBES))
