"""What the router uses of AWS (`architecture.toml`)."""

from decimal import Decimal
from typing import Literal

from llm_router.domain.base import Frozen

from .prices import read

Function = Literal["route", "invoke_model", "authorize", "shadow"]


class Counts(Frozen):
    """A number that depends on `MultiAz`, and on `CacheMode=existing` where it differs there."""

    single: int
    multi_az: int
    existing: int = 0


class Template(Frozen):
    """Figures of the template's resources and parameters."""

    alarms: int
    dashboards: int
    secrets: int
    log_days: int
    ledger_days: int
    shadow_every_minutes: int
    cache_nodes: Counts
    endpoint_zones: Counts


class Events(Frozen):
    """Events that an execution logs, and the further ones of an opinion or an escalation."""

    one_call: int
    second_opinion: int
    escalation: int


class Series(Frozen):
    """Time series of metrics that can be in use."""

    service: int
    per_model: int
    per_tier: int
    tiers: int
    models: int

    @property
    def most(self) -> int:
        """All of them."""
        return self.service + self.per_model * self.models + self.per_tier * self.tiers


class Sizes(Frozen):
    """Bytes of what is written, sent and kept; a share for compressed logs."""

    metrics_of_request: int
    metrics_of_attempt: int
    line_of_route: int
    line_of_attempt: int
    line_of_comparison: int
    invocation: int
    event: int
    ledger: int
    ledger_of_attempt: int
    execution: int
    sent: int
    key_table: int
    kept_of_log: Decimal


class Seconds(Frozen):
    """How long each function and the machine run, beside the wait for a model."""

    authorize: Decimal
    route: Decimal
    invoke_model: Decimal
    comparison: Decimal
    machine: Decimal
    shadow: Decimal


class Machine(Frozen):
    """How Step Functions bills an execution: memory in chunks, time rounded up."""

    base_mb: int
    chunk_mb: int
    chunks: int
    round_up_seconds: Decimal


class Reads(Frozen):
    """How often what is cached is read again."""

    secret_fresh_seconds: int
    key_units: Decimal


class Architecture(Frozen):
    """Everything that a bill depends on beside prices and traffic."""

    memory_mb: dict[Function, int]
    template: Template
    events: Events
    series: Series
    bytes: Sizes
    seconds: Seconds
    machine: Machine
    reads: Reads


def architecture() -> Architecture:
    """The packaged figures."""
    return Architecture.model_validate(read("architecture.toml"))
