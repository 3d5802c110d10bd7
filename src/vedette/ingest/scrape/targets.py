"""The documents of Prometheus' /api/v1/targets and /api/v1/scrape_pools."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from vedette.ingest.scrape.loop import ScrapeLoop
from vedette.ingest.scrape.pool import Pool
from vedette.ingest.scrape.target import written

_NEVER = "0001-01-01T00:00:00Z"


def targets_document(pools: Sequence[Pool], *, state: str = "", pool: str = "") -> dict[str, Any]:
    """Return active and dropped targets; `state` is `active`, `dropped` or `any`, `pool` one job's name."""
    chosen = [each for each in pools if pool in {"", each.job.job_name}]
    active = [_active(each, loop) for each in chosen for loop in each.loops.values()] if state != "dropped" else []
    dropped = [
        {"discoveredLabels": dict(labels), "scrapePool": each.job.job_name}
        for each in chosen
        for labels in each.dropped
        if state != "active"
    ]
    counts = {each.job.job_name: each.dropped_count for each in chosen} if state != "active" else {}
    return {"activeTargets": active, "droppedTargets": dropped, "droppedTargetCounts": counts}


def _active(pool: Pool, loop: ScrapeLoop) -> dict[str, Any]:
    health, target = loop.health, loop.target
    last = datetime.fromtimestamp(health.last_s, UTC).isoformat().replace("+00:00", "Z") if health.last_s else _NEVER
    return {
        "discoveredLabels": dict(target.discovered),
        "labels": dict(target.labels),
        "scrapePool": pool.job.job_name,
        "scrapeUrl": target.url,
        "globalUrl": target.url,
        "lastError": health.error,
        "lastScrape": last,
        "lastScrapeDuration": health.duration_s,
        "health": "unknown" if health.is_up is None else "up" if health.is_up else "down",
        "scrapeInterval": written(target.interval_s),
        "scrapeTimeout": written(target.timeout_s),
    }
