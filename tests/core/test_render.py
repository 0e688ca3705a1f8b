"""What a client reads when the database refuses, with errors of a real PostgreSQL: R30."""

from collections.abc import AsyncIterator

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from spoonfeeder.core.render import install_renderer

TABLES = (
    "create table parent (id int primary key, name varchar(5) check (name <> 'no'))",
    "create table child (parent_id int references parent)",
    "insert into parent values (1, 'one')",
    "insert into child values (1)",
)


@pytest.fixture
async def engine(empty_database_url: str) -> AsyncIterator[AsyncEngine]:
    engine = create_async_engine(empty_database_url)
    async with engine.begin() as connection:
        for statement in TABLES:
            await connection.execute(text(statement))
    yield engine
    await engine.dispose()


async def ask(engine: AsyncEngine, statement: str, **values: object) -> httpx2.Response:
    app = FastAPI()
    install_renderer(app)

    @app.get("/")
    async def run() -> None:
        async with engine.begin() as connection:
            await connection.execute(text(statement), values)

    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return await client.get("/")


@pytest.mark.parametrize(
    ("statement", "value", "status", "code"),
    [
        ("insert into parent (id, name) values (2, :value)", "a\x00b", 422, "VALIDATION_ERROR"),
        ("insert into parent (id, name) values (2, :value)", "\ud800", 422, "VALIDATION_ERROR"),
        ("insert into parent (id, name) values (2, :value)", "too long", 422, "VALIDATION_ERROR"),
        ("insert into parent (id, name) values (2, :value)", "no", 422, "VALIDATION_ERROR"),
        ("insert into parent (id) values (:value)", 2**40, 422, "VALIDATION_ERROR"),
        ("select cast(cast(:value as text) as uuid)", "no uuid", 422, "VALIDATION_ERROR"),
        ("insert into parent (id) values (:value)", 1, 409, "CONFLICT"),
        ("insert into child values (:value)", 7, 404, "NOT_FOUND"),
        ("delete from parent where id = :value", 1, 409, "CONFLICT"),
        ("select set_config('statement_timeout', '20000', true), cast(:value as int)", 1, 200, None),
        ("do $$ begin raise exception 'late' using errcode = '57014'; end $$", None, 503, "UNAVAILABLE"),
        ("do $$ begin raise exception 'dead' using errcode = '40P01'; end $$", None, 503, "UNAVAILABLE"),
        ("do $$ begin raise exception 'full' using errcode = '53300'; end $$", None, 503, "UNAVAILABLE"),
        ("do $$ begin raise exception 'lock' using errcode = '55P03'; end $$", None, 503, "UNAVAILABLE"),
        ("select pg_terminate_backend(pg_backend_pid())", None, 503, "UNAVAILABLE"),
        ("select nonsense from nowhere", None, 500, "INTERNAL"),
    ],
)
async def test_database_errors_become_answers_a_client_understands(
    engine: AsyncEngine, statement: str, value: object, status: int, code: str | None
) -> None:
    answer = await ask(engine, statement, **({} if value is None else {"value": value}))
    assert answer.status_code == status
    if code:
        assert answer.json()["code"] == code
        assert "parent" not in answer.text
        assert ("retry-after" in answer.headers) == (status == 503)


@pytest.mark.parametrize(
    "url", ["postgresql+asyncpg://u@127.0.0.1:1/x", "postgresql+asyncpg://u@/x?host=/nowhere/at/all"]
)
async def test_a_database_that_is_away_is_a_503(url: str) -> None:
    engine = create_async_engine(url)
    answer = await ask(engine, "select 1")
    await engine.dispose()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (PoolTimeout("busy"), 503),
        (TimeoutError(), 503),
        (FileNotFoundError(2, "gone", "/secret"), 500),
        (KeyError(), 500),
    ],
)
async def test_other_errors(error: Exception, status: int) -> None:
    app = FastAPI()
    install_renderer(app)

    @app.get("/")
    async def fail() -> None:
        raise error

    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
        answer = await client.get("/")
    assert answer.status_code == status
    assert "secret" not in answer.text
