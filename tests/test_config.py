import pytest

from config import Config, UnsafeSettings

SAFE = {
    "SECRET_KEY": "x" * 32,
    "TICKET_KEY": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    "BASE_URL": "https://tickets.example.org/",
    "DATABASE_URL": "postgres://carneau:pw@db:5432/carneau",
    "REDIS_URL": "redis://redis:6379/0",
    "STRIPE_SECRET_KEY": "sk_live_123",
    "STRIPE_WEBHOOK_SECRET": "whsec_123",
    "MAIL_SERVER": "smtp.example.org",
    "MAIL_DEFAULT_SENDER": "tickets@example.org",
    "MEDIA_DIR": "/srv/media",
}


def test_safe_settings_start_production():
    config = Config.from_env(SAFE)

    assert config.env == "production"
    assert config.base_url == "https://tickets.example.org"
    assert config.database_url == "postgresql+psycopg://carneau:pw@db:5432/carneau"
    assert config.mail_use_tls


def test_nothing_set_names_every_missing_setting_at_once():
    with pytest.raises(UnsafeSettings) as refused:
        Config.from_env({})

    for name in SAFE:
        assert f"{name} is not set" in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("SECRET_KEY", "short", "shorter than 32"),
        ("TICKET_KEY", "c2hvcnQ=", "not 32 bytes"),
        ("TICKET_KEY", "not base64 at all", "not 32 bytes"),
        ("BASE_URL", "http://tickets.example.org", "needs https"),
        ("BASE_URL", "tickets.example.org", "must begin with https"),
        ("STRIPE_API_BASE", "http://127.0.0.1:12111", "go to Stripe itself"),
        ("STRIPE_SECRET_KEY", "pk_live_123", "publishable"),
        ("STRIPE_WEBHOOK_SECRET", "secret", "must begin with whsec_"),
        ("MAIL_PORT", "five", "whole number"),
        ("MAIL_USE_TLS", "maybe", "true or false"),
        ("CARNEAU_ENV", "staging", "production, demo, test"),
    ],
)
def test_production_does_not_start_with_an_unsafe_setting_and_says_which(name, value, reason):
    with pytest.raises(UnsafeSettings, match=reason) as refused:
        Config.from_env(SAFE | {name: value})

    assert name in str(refused.value)
    assert str(refused.value).count("\n- ") == 1


def test_the_demo_may_use_http_and_a_simulator():
    demo = {"CARNEAU_ENV": "demo", "BASE_URL": "http://127.0.0.1:8000", "STRIPE_API_BASE": "http://127.0.0.1:1"}

    assert Config.from_env(SAFE | demo).stripe_api_base == "http://127.0.0.1:1"


def test_secrets_are_not_in_the_reasons():
    with pytest.raises(UnsafeSettings) as refused:
        Config.from_env(SAFE | {"STRIPE_SECRET_KEY": "pk_live_hush", "SECRET_KEY": "hush"})

    assert "hush" not in str(refused.value)
