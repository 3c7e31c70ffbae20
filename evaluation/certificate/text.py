"""A certificate as sentences and tables, shared by the terminal and the HTML page."""

from collections.abc import Iterator, Mapping

from .certificate import AGREES_FROM, Bound, Certificate
from .threshold_advice import ThresholdAdvice, Verdict

Rows = list[tuple[str, ...]]

TIER_COLUMNS = (
    "tier", "requests", "escalated %", "against the target", "degraded %", "fell back %",
)  # fmt: skip
COST_COLUMNS = ("what was paid for", "USD", "share %")
THRESHOLD_COLUMNS = (
    "tier", "threshold", "closest to the target", "would escalate %", "paid per 1,000",
    "would add", "advice",
)  # fmt: skip
VERDICTS: Mapping[Verdict, str] = {
    "keep": "keep it",
    "raise": "raise it",
    "raise_certified": "may be raised; calibrate again for the rate and the saving",
    "lower": "lower it",
    "forbidden": "no: it is certified, and must not be lowered",
    "unreachable": "none: no threshold reaches the target",
    "too_few": "none: too few answers",
    "nothing_stronger": "none: nothing stronger to escalate to",
    "no_confidence": "none: no threshold decided on these answers",
}
QUALITY_COLUMNS = ("accepted first answers", "cases", "observed %", "at least %", "enough cases?")


def usd(nano_usd: int) -> str:
    """An amount with its sign before the currency; below $1 with four decimals."""
    amount = abs(nano_usd) / 1e9
    sign = "-" if nano_usd < 0 else ""
    return f"{sign}${amount:,.2f}" if amount >= 1 or not amount else f"{sign}${amount:.4f}"


def percent(share: float | None) -> str:
    """A share as a percentage with one decimal; a dash for None."""
    return "–" if share is None else f"{100 * share:.1f}"


def summary(certificate: Certificate) -> Iterator[str]:
    """Lines with the period, the traffic and the saving."""
    money, without = certificate.money, certificate.requests - certificate.answered
    yield f"{certificate.since} to {certificate.until} UTC"
    yield (
        f"{certificate.requests:,} requests, {certificate.answered:,} answered, "
        f"{without:,} without an answer; {certificate.decisions:,} paid decisions alone"
    )
    more = "saved" if money.saving_nano_usd >= 0 else "lost"
    yield (
        f"{more}: {usd(money.saving_nano_usd)} ({percent(money.saving)} % of the baseline): "
        f"{usd(money.cost_nano_usd)} paid, {usd(money.baseline_nano_usd)} for the same tokens on "
        "the policy's baseline model"
    )
    yield (
        f"after shadow checks, which cost {usd(money.checks_nano_usd)}: "
        f"{usd(money.saving_nano_usd - money.checks_nano_usd)}"
    )


def tier_rows(certificate: Certificate) -> Rows:
    """One row for each tier."""
    return [
        (
            tier.tier.value,
            f"{tier.requests:,}",
            percent(tier.escalated),
            tier.on_target,
            percent(tier.degraded),
            percent(tier.fell_back),
        )
        for tier in certificate.tiers
    ]


def threshold_rows(certificate: Certificate) -> Rows:
    """One row of advice for each tier."""
    return [_threshold_row(advice) for advice in certificate.thresholds]


def _threshold_row(advice: ThresholdAdvice) -> tuple[str, ...]:
    known = advice.suggested is not None
    paid, added = advice.spent_nano_usd_per_1000, advice.added_nano_usd_per_1000
    return (
        advice.tier.value,
        f"{advice.threshold:g}",
        f"{advice.suggested:g}" if known else "–",
        percent(advice.would_escalate),
        "–" if paid is None else usd(paid),
        usd(added) if added is not None else "unknown" if known else "–",
        VERDICTS[advice.verdict],
    )


def cost_rows(certificate: Certificate) -> Rows:
    """One row for each part of the cost."""
    whole = certificate.money.cost_nano_usd
    return [
        (part, usd(cost), percent(cost / whole if whole else None))
        for part, cost in certificate.cost_by_part_nano_usd.items()
    ]


def quality_rows(certificate: Certificate) -> Rows:
    """One row for each bound on quality."""
    return [
        (name, f"{found.n:,}", percent(found.observed), percent(found.lower), _enough(found))
        for name, found in certificate.quality.items()
    ]


def _enough(found: Bound) -> str:
    if found.n == 0:
        return "no: there are none"
    if not found.too_small:
        return "yes"
    if found.needed is None or found.needed <= found.n:
        return "no, too few"
    return f"no: take about {found.needed:,}"


def remarks(certificate: Certificate) -> Iterator[str]:
    """Notes on the figures: targets and advice, the scope of the bounds, data left out."""
    checks, money = certificate.checks, certificate.money
    low, high = certificate.target_escalation
    yield (
        f"Target for the escalation rate: {100 * low:g} to {100 * high:g} % of a tier's answers."
    )
    for tier in certificate.tiers:
        if tier.advice:
            yield f"{tier.tier.value}: {tier.advice}."
    yield from _on_thresholds(certificate)
    yield (
        f"Of {checks.accepted:,} accepted first answers {checks.compared:,} were compared with the "
        f"strong model's; {checks.failed:,} checks failed."
    )
    if checks.over_cap:
        yield (
            f"{checks.over_cap:,} drawn checks were not made because of the day's cap. Dear "
            "questions are likelier among them: the bounds speak of the rest."
        )
    yield (
        f"“At least” is a betting lower bound; each holds by itself with "
        f"{100 * certificate.confidence:g} % confidence, for traffic like this and for nothing "
        "else. It takes the checked answers as an independent random sample."
    )
    yield (
        f"Agreement (from {AGREES_FROM:g}) with the strong model stands in for quality. A mistake "
        "that both make goes unseen; a right answer counts against the router where the strong "
        "model is wrong. Without a result to compare, as in prose, it is only the likeness of two "
        "texts, which differs between two good answers too."
    )
    yield (
        "Users' labels are the mean of their scores. They are no random sample: who labels chooses "
        "what to label."
    )
    yield (
        "The baseline takes it that the baseline model would have used the same number of tokens. "
        f"{usd(money.estimated_nano_usd)} of the cost is a worst case where no usage was reported."
    )
    if certificate.unfinished:
        yield (
            f"{certificate.unfinished:,} requests were not carried to an end by the platform. What "
            "their calls cost is not known: the most that was allowed for them is counted."
        )
    if certificate.unreadable or certificate.unmatched:
        yield (
            f"Left out: {certificate.unreadable:,} unreadable objects, {certificate.unmatched:,} "
            "labels and checks whose request left no ledger in this time."
        )


def _on_thresholds(certificate: Certificate) -> Iterator[str]:
    advised = [advice for advice in certificate.thresholds if advice.suggested is not None]
    if not advised:
        return
    yield (
        f"Thresholds: the one below which {100 * advised[0].target:g} % of these answers were, or "
        "as close as equal confidences allow. Its cost takes new escalations to cost what the "
        "recorded ones did on average, where there are any. Not observed: whether the answers in "
        "question were right, whether time and money would have allowed each new escalation, and "
        "what a stronger model would have said. Answers for which no threshold decided stay as "
        "they were."
    )
    if certificate.other_policies:
        yield (
            f"{certificate.other_policies:,} of the requests were decided under another version "
            "of the policy; if its confidence weights differ, so do their confidences."
        )
