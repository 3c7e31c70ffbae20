from pathlib import Path

import pytest

from tests.support.case_tables import Case, CaseError, for_each, read_cases


class Sum(Case):
    first: int
    second: str | None


GOOD = '{"reason": "small", "first": 1, "second": null}'


def table_of(tmp_path: Path, *lines: str) -> Path:
    file = tmp_path / "sums.jsonl"
    file.write_text("".join(f"{line}\n" for line in lines))
    return file


def test_cases_are_read_in_order(tmp_path: Path) -> None:
    file = table_of(tmp_path, GOOD, '{"reason": "large", "first": 9, "second": "\\u2212 \\\\frac"}')
    small, large = read_cases(Sum, file)
    assert (small.reason, small.second) == ("small", None)
    assert large.second == "\u2212 \\frac"


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('{"reason": "other", "first": 2}', "second: Field required"),
        ('{"reason": "other", "first": 2, "second": null, "third": 3}', "third: Extra inputs"),
        ('{"first": 2, "second": null}', "reason: Field required"),
        ('{"reason": "", "first": 2, "second": null}', "reason: String should have at least"),
        ('{"reason": "other", "first": "2", "second": null}', "first: Input should be a valid"),
        ('{"reason": "small", "first": 2, "second": null}', "the same reason 'small' is on line 1"),
        ('{"reason": "other", "second": null, "first": 1}', "the same case"),
        ("", "Invalid JSON"),
    ],
)
def test_a_line_that_is_no_case_is_named(line: str, fault: str, tmp_path: Path) -> None:
    with pytest.raises(CaseError) as refused:
        read_cases(Sum, table_of(tmp_path, GOOD, line))
    assert "sums.jsonl:2: " in str(refused.value)
    assert fault in str(refused.value)


def test_a_choice_of_no_case_is_an_error() -> None:
    with pytest.raises(CaseError, match="without a case"):
        for_each([Sum(reason="small", first=1, second=None)], where=lambda case: case.first > 1)
