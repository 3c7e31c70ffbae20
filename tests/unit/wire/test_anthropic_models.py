"""The list of models a page at a time, as Anthropic's clients ask for it."""

import pytest

from llm_router.application.errors import InvalidRequestError
from llm_router.wire.anthropic.models import models_page

LISTED = [
    {"id": f"m{number}", "router": {"context_window": 9, "max_output_tokens": 5}}
    for number in range(25)
]


@pytest.mark.parametrize(
    ("query", "shown", "has_more"),
    [
        ({}, range(20), True),
        ({"limit": "25"}, range(25), False),
        ({"limit": "1000"}, range(25), False),
        ({"limit": "3"}, range(3), True),
        ({"limit": "3", "after_id": "m2"}, range(3, 6), True),
        ({"limit": "3", "after_id": "m21"}, range(22, 25), False),
        ({"after_id": "m24"}, range(0), False),
        ({"limit": "3", "before_id": "m10"}, range(7, 10), True),
        ({"limit": "3", "before_id": "m3"}, range(3), False),
        ({"before_id": "m0"}, range(0), False),
    ],
)
def test_a_page_holds_what_was_asked_for(
    query: dict[str, str], shown: range, has_more: bool
) -> None:
    page = models_page(LISTED, query)
    ids = [f"m{number}" for number in shown]
    assert [model["id"] for model in page["data"]] == ids
    assert page["has_more"] is has_more
    ends = (ids[0], ids[-1]) if ids else (None, None)
    assert (page["first_id"], page["last_id"]) == ends


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "1001"}, "limit"),
        ({"limit": "9999999999"}, "limit"),
        ({"limit": "-1"}, "limit"),
        ({"limit": "two"}, "limit"),
        ({"limit": "²"}, "limit"),
        ({"after_id": "m99"}, "after_id"),
        ({"before_id": "m99"}, "before_id"),
    ],
)
def test_a_page_that_cannot_be_is_refused_by_name(query: dict[str, str], param: str) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        models_page(LISTED, query)
    assert refused.value.param == param
