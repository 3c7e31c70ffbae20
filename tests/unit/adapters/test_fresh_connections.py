import pytest

from llm_router.adapters.fresh_connections import FreshConnections


@pytest.mark.parametrize(
    ("uses", "closed"),
    [
        ([0, 60, 120, 180], []),
        ([0, 61, 100, 162], [61, 162]),
        # A pool for each host: one may be idle while another is busy.
        ([*range(0, 601, 50)], [350]),
        # The wall clock was set back.
        ([50, 40, 60], [40]),
    ],
    ids=["busy", "idle", "old", "set back"],
)
def test_what_may_be_stale_is_closed(uses: list[float], closed: list[float]) -> None:
    now, closings = [0.0], list[float]()
    connections = FreshConnections(lambda: closings.append(now[0]), lambda: now[0])
    for at in uses:
        now[0] = at
        connections.before_use()
    assert closings == closed
