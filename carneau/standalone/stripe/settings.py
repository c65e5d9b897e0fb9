from dataclasses import dataclass
from pathlib import Path

DELIVERED = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
        "checkout.session.expired",
        "payment_intent.succeeded",
        "payment_intent.payment_failed",
        "charge.succeeded",
        "charge.refunded",
        "charge.dispute.created",
        "charge.dispute.closed",
        "refund.created",
        "refund.updated",
        "refund.failed",
    }
)


@dataclass(frozen=True)
class SimulatorSettings:
    secret_key: str = "sk_test_simulator"  # noqa: S105  of a simulator, known to all
    webhook_secret: str = "whsec_simulator"  # noqa: S105  of a simulator, known to all
    webhook_url: str | None = None
    state: Path | None = None
    host: str = "127.0.0.1"
    port: int = 0
    public_url: str | None = None
    merchant: str = "Carneau demo"
    webhook_events: frozenset[str] = DELIVERED
    retry_base_seconds: float = 1.0
    delivery_threads: int = 4


@dataclass
class Switches:
    """What goes wrong on purpose. Changed while it runs, by tests, benchmarks and `/_simulator/switches`."""

    deliver: bool = True
    duplicates: int = 1
    delay_seconds: float = 0.0
    reorder_seconds: float = 0.0
    drop_probability: float = 0.0
    settle_after_seconds: float | None = None
    settle_succeeds: bool = True
    api_sleep_seconds: float = 0.0
    api_failure: str | None = None
    api_failure_count: int = 0
    api_failure_probability: float = 0.0
