"""The ways to a model, and what they change about a call's price."""

from decimal import Decimal

import pytest

from llm_router.domain.plan.candidates import candidate_for
from llm_router.domain.policy.models import Channel, Endpoint, Model
from llm_router.domain.policy.policy import Policy
from llm_router.domain.policy.prices import LongPrompt, Prices
from tests.support.fakes import asking
from tests.support.policies import POLICY, read, replaced


class Dearer(Policy):
    """A policy whose channels cost 1.1 times the models' prices."""

    def channels_of(self, model: Model) -> tuple[Channel, ...]:
        (channel,) = super().channels_of(model)
        return (channel.model_copy(update={"price_factor": Decimal("1.1")}),)


@pytest.mark.parametrize("model", POLICY.models, ids=lambda model: model.id)
def test_a_model_has_the_channel_of_its_provider(model: Model) -> None:
    provider = POLICY.providers[model.provider]
    endpoint = Endpoint(provider=model.provider, kind=provider.format, base_url=provider.base_url)
    assert POLICY.channels_of(model) == (
        Channel(
            endpoint=endpoint,
            format=model.format or provider.format,
            name=model.name_at_provider,
        ),
    )


def test_a_provider_s_url_is_its_channel_s() -> None:
    url = "https://models.example/v1"
    policy = read(replaced("[providers.openai]\n", f'[providers.openai]\nbase_url = "{url}"\n'))
    channels = [policy.channel_of(model) for model in policy.models]
    assert {channel.endpoint.base_url for channel in channels} == {None, url}


def test_a_channel_s_price_factor_counts_in_every_price_of_its_candidate() -> None:
    dearer = Dearer.model_construct(**dict(POLICY))
    for model in POLICY.models:
        plain, factored = (
            candidate_for(model, asking("Why?"), policy) for policy in (POLICY, dearer)
        )
        assert factored.worst_case_nano_usd == pytest.approx(plain.worst_case_nano_usd * 1.1, abs=1)
        assert factored.minimum_nano_usd == pytest.approx(plain.minimum_nano_usd * 1.1, abs=1)
        assert factored.prices == model.prices.times(Decimal("1.1"))


def test_prices_are_multiplied_with_those_of_long_prompts() -> None:
    rates = {
        "input_usd_per_mtok": Decimal(2),
        "cached_input_usd_per_mtok": Decimal(1),
        "output_usd_per_mtok": Decimal(4),
    }
    long = {**rates, "cache_write_usd_per_mtok": Decimal(3)}
    prices = Prices(**rates, long_prompt=LongPrompt(**long, above_input_tokens=10))
    half = {name: price / 2 for name, price in rates.items()}
    half_long = {name: price / 2 for name, price in long.items()}
    expected = Prices(**half, long_prompt=LongPrompt(**half_long, above_input_tokens=10))
    assert prices.times(Decimal("0.5")) == expected
    assert prices.times(Decimal(1)) is prices
