"""The documentation names files that exist, and the changelog the version in force."""

import re
from typing import Any

import pytest

from llm_router import __version__

from .conftest import ROOT, Template

PACKAGE = ROOT / "layers" / "router" / "llm_router"
PAGES = sorted(
    str(path.relative_to(ROOT)) for folder in (ROOT, ROOT / "docs") for path in folder.glob("*.md")
)
_PATH = re.compile(r"`([\w.-]+(?:/[\w.-]+)+/?)`")
_LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
_NO_FILES = re.compile(r"\.local/|ledger/|labels/|s3/|shadow|text/|application/json|image/")


def exists(path: str) -> bool:
    return any((base / path).exists() for base in (ROOT, PACKAGE))


def test_what_counts_as_a_path_is_found() -> None:
    assert _PATH.findall("`domain/tiers.py`, `wire/openai/` and `a b/c`") == [
        "domain/tiers.py", "wire/openai/",
    ]  # fmt: skip
    assert exists("domain/tiers.py")
    assert not exists("domain/none.py")


@pytest.mark.parametrize("page", PAGES)
def test_every_file_that_a_page_names_exists(page: str) -> None:
    text = (ROOT / page).read_text()
    named = {path for path in _PATH.findall(text) if not _NO_FILES.match(path)}
    assert {path for path in named if not exists(path)} == set()
    folder = (ROOT / page).parent
    assert {link for link in _LINK.findall(text) if not (folder / link).exists()} == set()


def test_every_term_of_the_glossary_says_where_it_lives() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in (ROOT / "docs" / "glossary.md").read_text().splitlines()
        if line.startswith("|") and not line.startswith(("|---", "| term"))
    ]
    assert len(rows) > 40
    assert [row[0] for row in rows if len(row) != 3 or not _PATH.findall(row[2])] == []


def test_the_changelog_has_the_version_in_force() -> None:
    versions = re.findall(r"^## (\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert versions[0] == __version__


def test_the_page_on_deploying_describes_every_parameter_as_the_template_does(
    template: Template,
) -> None:
    def row(name: str, parameter: dict[str, Any]) -> str:
        default = f"`{parameter['Default']}`" if parameter["Default"] != "" else "empty"
        allowed = ", ".join(f"`{value}`" for value in parameter.get("AllowedValues", []))
        choices = f" One of {allowed}." if allowed else ""
        return f"| `{name}` | {default} | {parameter['Description']}{choices} |"

    page = (ROOT / "docs" / "deploy.md").read_text()
    table = "\n".join(row(name, p) for name, p in template["Parameters"].items())
    assert table in page, f"docs/deploy.md should have:\n{table}"
