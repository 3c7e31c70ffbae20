"""docs/cost.md and its plot are what scripts/cost_page.py writes."""

import importlib.util
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parents[3]
SCRIPT = ROOT / "scripts" / "cost_page.py"
AGAIN = "run scripts/cost_page.py again"


@pytest.fixture(scope="module")
def script() -> Any:
    spec = importlib.util.spec_from_file_location("cost_page", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def costs(script: Any) -> Any:
    return script.Costs()


@pytest.fixture(scope="module")
def page(script: Any, costs: Any) -> str:
    written: str = script.page(costs)
    return written


def test_the_committed_page_is_what_the_script_writes(script: Any, page: str) -> None:
    assert script.PAGE.read_text() == page, AGAIN


def described_in(plot: Path) -> str:
    tree = ElementTree.parse(plot)
    found = tree.find(".//{http://purl.org/dc/elements/1.1/}description")
    assert found is not None
    return found.text or ""


def test_the_committed_plot_has_the_scripts_data(script: Any, costs: Any) -> None:
    assert json.loads(described_in(script.PLOT)) == script.curves(costs), AGAIN


def test_the_page_follows_a_price(script: Any, costs: Any) -> None:
    dearer = script.Costs()
    prices = dict(costs.prices.prices)
    prices["api_request"] = prices["api_request"].model_copy(update={"usd": Decimal(35)})
    dearer.prices = costs.prices.model_copy(update={"prices": prices})
    assert script._requests(dearer) != script._requests(costs)
    assert script.curves(dearer) != json.loads(described_in(script.PLOT))


def test_every_price_that_is_not_confirmed_says_so_on_the_page(script: Any, costs: Any) -> None:
    doubtful = script.Costs()
    prices = dict(costs.prices.prices)
    prices["alarm"] = prices["alarm"].model_copy(update={"confirmed": False})
    doubtful.prices = costs.prices.model_copy(update={"prices": prices})
    page = "\n".join(script._basis(doubtful))
    for price in prices.values():
        (row,) = re.findall(rf"^\| {re.escape(price.what)} \|.*$", page, re.MULTILINE)
        assert ("**no**" in row) is not price.confirmed
        assert price.source in row


@pytest.mark.parametrize(
    ("number", "shown"),
    [(0, "0"), (374_512, "370,000"), (999_999, "1 million"), (3_212_345, "3.2 million")],
)
def test_counts_have_two_digits(script: Any, number: int, shown: str) -> None:
    assert script._count(number) == shown
