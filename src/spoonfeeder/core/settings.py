"""Configuration from the environment or `.env`; the names are those of docs/api.md, "Configuration"."""

import os
import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from spoonfeeder.core.vocabulary import Provider

S3_SCHEME = "s3://"
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})
NO_REDIS = "none"


class SettingsError(Exception):
    """A wrong value in the environment; the message is one sentence that names it."""


class Auth(StrEnum):
    LOCAL = "local"
    REQUIRED = "required"


class RateLimiting(StrEnum):
    """`auto` counts in server mode only."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


class Demo(StrEnum):
    AUTO = "auto"
    ON = "on"
    OFF = "off"


CommaList = Annotated[tuple[str, ...], NoDecode]


def default_home() -> Path:
    """`/var/lib/spoonfeeder` as root, else the user's data directory (docs: STACK, "Embedded servers")."""
    if os.geteuid() == 0:
        return Path("/var/lib/spoonfeeder")
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "spoonfeeder"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=False, env_ignore_empty=True)

    host: str = "127.0.0.1"
    port: int = Field(3001, ge=0, le=65535)
    home: Path = Field(default_factory=default_home, validation_alias="SPOONFEEDER_HOME")

    database_url: SecretStr | None = None
    db_host: str | None = None
    db_port: int = Field(5432, ge=1, le=65535)
    db_name: str = "spoonfeeder"
    db_user: str = "postgres"
    db_password: SecretStr | None = None
    database_pool_size: int = Field(10, ge=1, le=200)

    redis_url: SecretStr | None = None
    redis_host: str | None = None
    redis_port: int = Field(6379, ge=1, le=65535)

    ollama_url: str | None = None
    comfyui_url: str | None = None
    openai_api_key: SecretStr | None = None
    anthropic_api_key: SecretStr | None = None
    gemini_api_key: SecretStr | None = None

    encryption_key: SecretStr | None = None
    encryption_keys: SecretStr | None = None

    media_storage_path: str | None = None
    s3_endpoint: str | None = None
    s3_region: str = "us-east-1"
    s3_access_key_id: str | None = None
    s3_secret_access_key: SecretStr | None = None
    s3_virtual_host: bool = False
    failed_days: float | None = Field(None, gt=0, le=36500)
    unused_upload_days: float | None = Field(None, gt=0, le=36500)
    orphan_days: float | None = Field(None, ge=1, le=36500)

    cors_origins: CommaList = ()
    allowed_hosts: CommaList = ()
    private_targets: CommaList = ()
    trusted_proxies: CommaList = ()
    auth: Auth = Auth.LOCAL
    trusted_network: bool = False
    session_days: float = Field(30.0, gt=0, le=3650)
    password_memory_kib: int = Field(65_536, ge=8, le=4_194_304)
    password_time_cost: int = Field(3, ge=1, le=100)
    rate_limits: RateLimiting = RateLimiting.AUTO
    limit_general: str = "600/minute"
    limit_chat: str = "60/minute"
    limit_generation: str = "120/minute"
    limit_login: str = "5/minute"
    limit_login_peer: str = "60/minute"
    limit_login_account: str = "20/hour"
    queued_per_user: int | None = Field(None, ge=1)
    api_log_days: float = Field(30.0, gt=0, le=3650)
    demo: Demo = Demo.AUTO
    simulator_port: int | None = Field(None, ge=1, le=65535)

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console"] = "console"
    access_log: bool = False
    metrics_token: SecretStr | None = Field(None, min_length=16)
    otel_exporter_otlp_endpoint: str | None = None

    lease_seconds: float = Field(6.0, ge=0.5, le=600)
    heartbeat_seconds: float = Field(2.0, ge=0.1, le=200)
    sweep_seconds: float = Field(1.5, ge=0.1, le=60)
    comfyui_slots: int = Field(2, ge=1, le=64)
    comfyui_away_hours: float = Field(24.0, gt=0)
    backend_check_seconds: float = Field(10.0, ge=0, le=3600)
    comfyui_stalled_minutes: float = Field(30.0, gt=0)
    worker_jobs: int = Field(32, ge=1, le=500)
    worker_tasks: int = Field(32, ge=1, le=500)
    task_slots: int = Field(4, ge=1, le=100)
    provider_away_minutes: float = Field(60.0, gt=0)

    @field_validator("cors_origins", "allowed_hosts", "private_targets", "trusted_proxies", mode="before")
    @classmethod
    def _split_commas(cls, value: Any) -> Any:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("log_level", mode="before")
    @classmethod
    def _lower(cls, value: Any) -> Any:
        return value.lower() if isinstance(value, str) else value

    @field_validator("home")
    @classmethod
    def _under_home(cls, value: Path) -> Path:
        return value.expanduser()

    @field_validator("media_storage_path", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> Any:
        return str(value) if isinstance(value, Path) else value

    @field_validator("ollama_url", "comfyui_url", "s3_endpoint", "otel_exporter_otlp_endpoint")
    @classmethod
    def _http_url(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
            raise ValueError("must be an http:// or https:// address without a user name")
        return value.rstrip("/")

    @field_validator("metrics_token")
    @classmethod
    def _fits_into_a_header(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch("[!-~]+", value.get_secret_value()):
            raise ValueError("must be of ASCII letters, digits and signs, without spaces")
        return value

    @model_validator(mode="after")
    def _heartbeat_inside_lease(self) -> "Settings":
        if self.heartbeat_seconds * 2 > self.lease_seconds:
            raise ValueError("HEARTBEAT_SECONDS must be at most half of LEASE_SECONDS")
        return self

    @model_validator(mode="after")
    def _bucket_is_complete(self) -> "Settings":
        if self.media_bucket is None:
            return self
        if not BUCKET.fullmatch(self.media_bucket[0]):
            raise ValueError("MEDIA_STORAGE_PATH must be a folder or s3://bucket/prefix")
        if self.s3_access_key_id is None or self.s3_secret_access_key is None:
            raise ValueError("MEDIA_STORAGE_PATH=s3://… needs S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY")
        return self

    def provider_key(self, provider: Provider) -> str | None:
        """The operator's own API key for the provider's own address."""
        keys = {
            Provider.OPENAI: self.openai_api_key,
            Provider.CLAUDE: self.anthropic_api_key,
            Provider.GEMINI: self.gemini_api_key,
        }
        key = keys.get(provider)
        return key.get_secret_value().strip() or None if key else None

    @property
    def is_server(self) -> bool:
        """People sign in; otherwise everybody who reaches the API is the local owner."""
        return self.auth is Auth.REQUIRED

    @property
    def counts_requests(self) -> bool:
        return self.rate_limits is RateLimiting.ON or (self.rate_limits is RateLimiting.AUTO and self.is_server)

    @property
    def most_queued(self) -> int:
        """How many rows of one user may be pending."""
        return self.queued_per_user or (1_000 if self.is_server else 10_000)

    @property
    def media_bucket(self) -> tuple[str, str] | None:
        """The bucket and the prefix in it, where MEDIA_STORAGE_PATH names an S3-compatible storage."""
        if self.media_storage_path is None or not self.media_storage_path.startswith(S3_SCHEME):
            return None
        name, _, prefix = self.media_storage_path.removeprefix(S3_SCHEME).partition("/")
        return name, prefix.strip("/")

    @property
    def media_path(self) -> Path:
        """The folder of the files; with a bucket only of those that are being looked at."""
        if self.media_storage_path is None or self.media_bucket is not None:
            return self.home / "media"
        return Path(self.media_storage_path)

    def postgres_url(self) -> str | None:
        """The SQLAlchemy URL of an external server, or None where the embedded one is meant.

        `postgres://` and `postgresql://` are normalised to asyncpg and libpq's `sslmode` to asyncpg's `ssl`,
        because SQLAlchemy 2.1 reads a plain `postgresql://` as psycopg.
        """
        if self.database_url:
            raw = self.database_url.get_secret_value()
            scheme, separator, rest = raw.partition("://")
            if not separator or scheme.split("+")[0] not in {"postgres", "postgresql"}:
                raise SettingsError("DATABASE_URL must begin with postgresql://")
            if "@" in rest.partition("@")[2].partition("/")[0]:
                raise SettingsError("DATABASE_URL: an @ in its password has to be written as %40.")
            return "postgresql+asyncpg://" + rest.replace("sslmode=", "ssl=")
        if self.db_host:
            password = f":{quote(self.db_password.get_secret_value(), safe='')}" if self.db_password else ""
            user = quote(self.db_user, safe="")
            return f"postgresql+asyncpg://{user}{password}@{self.db_host}:{self.db_port}/{self.db_name}"
        return None

    @property
    def without_redis(self) -> bool:
        """REDIS_URL=none: PostgreSQL alone carries rings and events."""
        return self.redis_url is not None and self.redis_url.get_secret_value().lower() == NO_REDIS

    def redis_address(self) -> str | None:
        """The URL of an external Redis, or None where the embedded one is meant, or none at all."""
        if self.without_redis:
            return None
        if self.redis_url:
            return self.redis_url.get_secret_value()
        if self.redis_host:
            return f"redis://{self.redis_host}:{self.redis_port}/0"
        return None

    def require_servers(self) -> tuple[str, str | None]:
        """The URLs of PostgreSQL and of Redis, if there is to be one. Raises SettingsError where one is missing."""
        database_url, redis_url = self.postgres_url(), self.redis_address()
        if database_url is None or (redis_url is None and not self.without_redis):
            raise SettingsError("DATABASE_URL and REDIS_URL are needed here; `spoonfeeder up` brings its own servers.")
        return database_url, redis_url

    def require_safe_bind(self) -> None:
        """Raises SettingsError where the API would be open to more people than the settings say (R42)."""
        if self.is_server or self.host in LOOPBACK_HOSTS or self.trusted_network:
            return
        raise SettingsError(
            f"HOST={self.host} would let anyone on the network in: set AUTH=required so that people sign in, or "
            "TRUSTED_NETWORK=1 if everybody who can reach this machine may use it."
        )


def load_settings(**overrides: Any) -> Settings:
    """Settings from the environment; raises SettingsError with one sentence that names the wrong value."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).upper() if first["loc"] else "configuration"
        raise SettingsError(f"{name}: {first['msg'].removeprefix('Value error, ')}.") from None
