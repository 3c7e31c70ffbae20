import pytest

from llm_router.adapters.outage import Outage


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def logged(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    names = ("reason", "left_out", "service", "request_id")
    return [
        {"line": record.getMessage()} | {n: vars(record)[n] for n in names if n in vars(record)}
        for record in caplog.records
    ]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def outage(clock: Clock) -> Outage:
    return Outage("gone", "back", 2.0, clock, service="s3")


def test_each_change_is_one_line(outage: Outage, caplog: pytest.LogCaptureFixture) -> None:
    outage.succeeded()
    for _ in range(2):
        outage.failed("TimeoutError", request_id="r-1")
        outage.failed("OSError", request_id="r-2")
        outage.leave_out()
        outage.succeeded()
        outage.succeeded()
    gone = {"line": "gone", "reason": "TimeoutError", "service": "s3", "request_id": "r-1"}
    back = {"line": "back", "left_out": 1, "service": "s3"}
    assert logged(caplog) == [gone, back, gone, back]


def test_a_service_rests_after_each_failure_and_until_it_succeeds(
    outage: Outage, clock: Clock
) -> None:
    assert not outage.is_resting
    outage.failed("x")
    clock.now += 1.9
    assert outage.is_resting
    outage.failed("x")
    clock.now += 1.9
    assert outage.is_resting
    clock.now += 0.1
    assert (outage.is_resting, outage.is_ongoing) == (False, True)
    outage.failed("x")
    outage.succeeded()
    assert (outage.is_resting, outage.is_ongoing) == (False, False)


def test_a_clock_that_is_set_back_ends_the_rest(outage: Outage, clock: Clock) -> None:
    outage.failed("x")
    clock.now -= 3_600
    assert not outage.is_resting
