"""The local stack's models by the part they play in tests of the deployed stack."""

from llm_router.adapters.policy_files import packaged_policy
from llm_router.domain.policy.models import WireFormat
from llm_router.domain.tiers import Tier

LOCAL = packaged_policy("local")


def local_model(tier: Tier, wire: WireFormat) -> str:
    """The first model of a tier whose provider speaks this format."""
    return next(m.id for m in LOCAL.models if m.tier == tier and LOCAL.channel_of(m).format == wire)


REAL = local_model(Tier.SIMPLE, "anthropic")
"""The one that stays a real model where the others are played by a mock."""
