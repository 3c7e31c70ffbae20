"""Starts and stops the whole local stack."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from llm_router.adapters.aws.dynamodb_keys import DynamoDbKeys
from operations.keys import create_key

from . import processes, services
from .deployment import Deployment
from .settings import StackSettings

Report = Callable[[str], None]
_PRIVATE = 0o600
_INVOKE_CONFIG = """version = 0.1

[default.global.parameters]
template_file = "{template}"
env_vars = "{env_vars}"
parameter_overrides = "{overrides}"
"""


class LocalStack:
    """The processes and the deployment of one state directory."""

    def __init__(self, settings: StackSettings, report: Report = lambda _step: None) -> None:
        self.settings = settings
        self.deployment = Deployment(settings)
        self._report = report
        self._state_file = settings.state_dir / "state.json"
        self._state: dict[str, Any] = {"processes": {}}
        if self._state_file.exists():
            self._state = json.loads(self._state_file.read_text())

    @property
    def api_url(self) -> str:
        """The base URL for clients."""
        base = f"{self.settings.emulator_url}/restapis/{self.outputs['ApiId']}"
        return f"{base}/live/_user_request_/v1"

    @property
    def page_url(self) -> str:
        """The URL of the router's HTML page."""
        return self.api_url.removesuffix("v1")

    @property
    def api_key(self) -> str:
        """An API key of the stack; kept in its state file, as it is valid on this machine only."""
        key: str = self._state["api_key"]
        return key

    @property
    def outputs(self) -> dict[str, str]:
        """The deployed stack's outputs."""
        outputs: dict[str, str] = self._state["outputs"]
        return outputs

    def client(self, service: str) -> Any:
        """A boto3 client for the stack's emulator."""
        return self.deployment.client(service)

    def running(self) -> dict[str, bool]:
        """The stack's processes by name, with True for those that run."""
        return {
            name: processes.is_running((pid, started))
            for name, (pid, started) in self._state["processes"].items()
        }

    def up(self) -> None:
        """Start missing processes and deploy changes; stops what it started on failure."""
        self.settings.state_dir.mkdir(parents=True, exist_ok=True)
        started: list[str] = []
        try:
            self._up(started)
        except BaseException:
            self._stop(started)
            raise

    def _up(self, started: list[str]) -> None:
        moved = self._state.get("ports") not in (None, self.settings.ports)
        if moved or not self.running().get("emulator"):
            # The emulator persists nothing: without it the deployment and the bridge are gone.
            self._stop(list(self._state["processes"]))
            self._state = {"processes": {}, "ports": self.settings.ports}
        self._ensure("redis", services.start_redis, started, "starting Redis")
        if self.settings.with_model and not self.deployment.uses_vendors:
            self._ensure("model", services.start_model_server, started, "loading the model")
        self._ensure("emulator", services.start_emulator, started, "starting the AWS emulator")
        fingerprint = self.deployment.fingerprint()
        if self._state.get("deployed") != fingerprint:
            self._report("building (sam build)")
            self.deployment.build()
            self._report("deploying (sam deploy)")
            self._state["outputs"] = self.deployment.deploy()
            self._report("calling it for the first time")
            services.require_answer(f"{self.api_url}/health", self.settings.logs_dir)
            self._state["deployed"] = fingerprint
            self._save()
        if "api_key" not in self._state:
            self._report("creating an API key")
            keys = DynamoDbKeys(self.client("dynamodb"), self.outputs["KeyTableName"])
            self._state["api_key"], _ = create_key(keys, "local", "standard")
            self._save()
        log_group = self.outputs["RouteLogGroup"]
        self._ensure(
            "bridge",
            lambda settings: services.start_bridge(settings, log_group),
            started,
            "connecting logs and metrics",
        )

    def down(self) -> list[str]:
        """Stop exactly the processes that this stack started; return their names."""
        stopped = [name for name, running in self.running().items() if running]
        self._stop(list(self._state["processes"]))
        self._state_file.unlink(missing_ok=True)
        return stopped

    def write_invoke_config(self) -> Path:
        """Write the `--config-file` with which `sam local` reaches this stack."""
        resources = self.client("cloudformation").describe_stack_resources(
            StackName=self.settings.stack_name
        )
        functions = self.client("lambda")
        variables = {
            resource["LogicalResourceId"]: functions.get_function_configuration(
                FunctionName=resource["PhysicalResourceId"]
            )["Environment"]["Variables"]
            for resource in resources["StackResources"]
            if resource["ResourceType"] == "AWS::Lambda::Function"
        }
        env_vars = self.settings.state_dir / "env.json"
        env_vars.write_text(json.dumps(variables, indent=2))
        config = self.settings.state_dir / "samconfig.toml"
        config.write_text(
            _INVOKE_CONFIG.format(
                template=self.deployment.emulator_template,
                env_vars=env_vars,
                overrides=" ".join(self.deployment.build_parameters()),
            )
        )
        return config

    def _ensure(
        self,
        name: str,
        start: Callable[[StackSettings], processes.Identity],
        started: list[str],
        step: str,
    ) -> None:
        if self.running().get(name):
            return
        self._report(step)
        self._state["processes"][name] = start(self.settings)
        started.append(name)
        self._save()

    def _stop(self, names: list[str]) -> None:
        for name in reversed(names):
            pid, started_at = self._state["processes"].pop(name)
            processes.stop((pid, started_at))
        self._save()

    def _save(self) -> None:
        self._state_file.touch(mode=_PRIVATE)
        self._state_file.write_text(json.dumps(self._state, indent=2))
