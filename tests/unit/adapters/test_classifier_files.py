from importlib import resources
from pathlib import Path

import pytest

from llm_router.adapters.policy_files import checked_policy, packaged_classifier
from llm_router.domain.classifier.weights_file import ClassifierError
from llm_router.domain.policy.policy import PolicyError
from tests.support.policies import replaced

NAME = "classifier-1"


def test_a_policy_that_names_no_weights_of_this_version_is_refused_by_the_key() -> None:
    text = replaced(f'weights = "{NAME}"', 'weights = "mine-7"')
    with pytest.raises(PolicyError, match=r"p\.toml: classifier\.weights: .* policy/mine-7\.bin"):
        checked_policy(text, "p.toml")


def test_weights_under_another_name_than_their_own_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = (resources.files("llm_router.policy") / f"{NAME}.bin").read_bytes()
    (tmp_path / "other.bin").write_bytes(data)
    monkeypatch.setattr(resources, "files", lambda _: tmp_path)
    with pytest.raises(ClassifierError, match=rf"policy/other\.bin holds the weights '{NAME}'"):
        packaged_classifier("other")


def test_weights_are_read_once() -> None:
    assert packaged_classifier(NAME) is packaged_classifier(NAME)
    assert packaged_classifier(NAME).version == NAME
