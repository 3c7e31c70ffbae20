from collections.abc import Iterator

import pytest

from local import processes, services
from local.settings import StackSettings, free_ports


@pytest.fixture(scope="session")
def redis_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A real Redis of our own."""
    settings = StackSettings(state_dir=tmp_path_factory.mktemp("redis"), ports=free_ports())
    identity = services.start_redis(settings)
    yield settings.ports["redis"]
    processes.stop(identity)
