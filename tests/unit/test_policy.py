from collections.abc import Callable

import pytest

from llm_router.adapters.policy_files import packaged_policy, packaged_policy_text
from llm_router.domain.policy import PolicyError, parse_policy
from llm_router.domain.tiers import TIERS

DEFAULT = packaged_policy_text("default")


@pytest.mark.parametrize("name", ["default", "local"])
def test_a_shipped_policy_is_valid_and_serves_every_tier(name: str) -> None:
    policy = packaged_policy(name)
    assert {model.tier for model in policy.models} == set(TIERS)


def test_the_version_follows_the_text() -> None:
    changed = DEFAULT.replace("attempt_share = 0.6", "attempt_share = 0.5")
    versions = {parse_policy(text, "p").version for text in (DEFAULT, DEFAULT, changed)}
    assert len(versions) == 2


def _replacing(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (_replacing("attempt_share", "atempt_share"), "limits.atempt_share"),
        (_replacing("threshold = 0.5", "threshold = 1.5"), "tiers.simple.threshold"),
        (_replacing('provider = "openai"', 'provider = "opnai"'), "models.gpt-6-luna.provider"),
        (_replacing("[tiers.complex]\nthreshold = 0.3", ""), "tiers.complex: missing"),
        (_replacing("rank = 20", "rank = 10"), "tiers.moderate: its weakest model has rank 10"),
        (_replacing("output_usd_per_mtok = 0.50\n", ""), "models.0.output_usd_per_mtok"),
        (_replacing("feature = {", "featur = {") if "feature = {" in DEFAULT else
         _replacing("request_type = {", "request_typ = {"), "request_typ: unknown field"),
        (_replacing("in = [", "inn = ["), "request_type.inn: unknown operator"),
        (_replacing('then = { tier = "simple" }', 'then = { model = "x" }'), "then.model"),
        (_replacing('then = { tier = "simple" }', "then = {}"), "either tier or model"),
        (_replacing("regex = '", "regex = '("), "question.regex"),
        (_replacing('name = "deep-work"', 'name = "light-work"'), "rules.light-work"),
        (_replacing('id = "gpt-4o-mini"', 'id = "gpt-4o"'), "the same id"),
        (lambda text: 'version = "1"\n' + text, "version"),
        (lambda text: text + "\n[", "not TOML"),
    ],
)  # fmt: skip
def test_a_mistake_is_refused_with_file_and_key(change: Callable[[str], str], key: str) -> None:
    with pytest.raises(PolicyError) as refused:
        parse_policy(change(DEFAULT), "my-policy.toml")
    assert str(refused.value).startswith("my-policy.toml: ")
    assert key in str(refused.value)
