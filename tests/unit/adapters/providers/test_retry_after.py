import pytest

from llm_router.adapters.providers.sdk_errors import retry_after_ms

NOW = 1_795_608_000_000
"""Wed, 25 Nov 2026 12:00:00 GMT"""


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"retry-after": "20"}, 20_000),
        ({"retry-after": "1.5"}, 1_500),
        ({"retry-after": "0"}, 0),
        ({"retry-after-ms": "350"}, 350),
        ({"retry-after-ms": "350.2"}, 351),
        ({"retry-after-ms": "350", "retry-after": "1"}, 350),
        ({"retry-after-ms": "soon", "retry-after": "1"}, 1_000),
        ({"retry-after": "Wed, 25 Nov 2026 12:00:30 GMT"}, 30_000),
        ({"retry-after": "Wed, 25 Nov 2026 11:00:00 GMT"}, 0),
        (
            {
                "retry-after": "Wed, 25 Nov 2026 12:00:30 GMT",
                "date": "Wed, 25 Nov 2026 12:00:20 GMT",
            },
            10_000,
        ),
        ({"retry-after": "99999999999"}, 24 * 3600 * 1000),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        ({}, None),
    ],
)
def test_every_form_of_retry_after_is_understood(
    headers: dict[str, str], expected: int | None
) -> None:
    assert retry_after_ms(headers, NOW) == expected
