"""The version is stated in one place; everything that shows one shows this."""

import json
import re
import tomllib
from importlib.metadata import version

from typer.testing import CliRunner

from llm_router import __version__
from llm_router.wire.api.openapi import document
from local.settings import ROOT
from operations.cli import app
from tests.support.route_function import RouteFunction
from tests.support.scripted_routing import outcome, scripted


def test_package_command_description_and_template_have_the_same_version() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)
    assert version("llm-router") == __version__
    assert CliRunner().invoke(app, ["--version"]).stdout == f"llm-router {__version__}\n"
    assert document()["info"]["version"] == __version__
    template = (ROOT / "template.yaml").read_text()
    assert re.findall(r"^  Version: (\S+)$", template, re.MULTILINE) == [__version__]


def test_the_project_takes_its_version_from_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert "version" in project["project"]["dynamic"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "llm_router.__version__"}


def test_every_reply_of_the_route_function_names_the_version() -> None:
    function = RouteFunction(scripted(outcome()).routing)
    paths = {"/": 200, "/v1/health": 200, "/v1/models": 200, "/v1/models/none": 404, "/v2": 404}
    for path, status in paths.items():
        reply = function.call("GET", path)
        assert (reply["statusCode"], reply["multiValueHeaders"]["x-router-version"]) == (
            status, [__version__],
        )  # fmt: skip
    body = json.dumps({"model": "auto", "messages": [{"role": "user", "content": "Hi"}]})
    for path in ("/v1/chat/completions", "/v1/route"):
        reply = function.call("POST", path, body)
        assert reply["multiValueHeaders"]["x-router-version"] == [__version__]
