import pytest

from llm_router.application.errors import UnknownModelError
from llm_router.wire.openai.models import model_reply, models_reply
from tests.support.policies import POLICY


def test_every_listed_model_is_shown_as_it_is_listed() -> None:
    listed = models_reply(POLICY, ("anthropic",))["data"]
    assert len(listed) > 1
    for model in listed:
        assert model_reply(POLICY, ("anthropic",), model["id"]) == model


@pytest.mark.parametrize("model_id", ["nope", "", "small-o"])
def test_what_is_not_listed_is_not_found(model_id: str) -> None:
    with pytest.raises(UnknownModelError) as missing:
        model_reply(POLICY, ("anthropic",), model_id)
    assert (missing.value.status, missing.value.param) == (404, "model")
