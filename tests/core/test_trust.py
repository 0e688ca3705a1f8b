"""TLS of the outbound client: who is trusted, and that nobody pays for it before it is asked for."""

import asyncio
import shutil
import ssl
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from spoonfeeder.core import http
from spoonfeeder.core.http import TargetPolicy, open_client


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The file of those whom this machine trusts."""
    trusted = tmp_path / "trusted.pem"
    told = ssl.get_default_verify_paths()._replace(openssl_cafile=str(trusted), openssl_capath="")
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: told)
    http._trusted.cache_clear()
    yield trusted
    http._trusted.cache_clear()


def certificate(file: Path) -> Path:
    """Of localhost, signed by itself; with its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    unencrypted = serialization.NoEncryption()
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, unencrypted)
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[tuple[int, Path, list[str | None]]]:
    """Its port, its certificate and what was agreed to speak at each connection."""
    file, spoken = certificate(tmp_path / "server.pem"), list[str | None]()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    context.set_alpn_protocols(["h2", "http/1.1"])

    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        spoken.append(writer.get_extra_info("ssl_object").selected_alpn_protocol())
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(reply, "127.0.0.1", 0, ssl=context) as listening:
        yield listening.sockets[0].getsockname()[1], file, spoken


async def test_whom_the_machine_trusts_is_trusted(machine: Path, server: tuple[int, Path, list[str | None]]) -> None:
    port, file, spoken = server
    async with open_client(TargetPolicy(local=True)) as client:
        shutil.copy(file, machine)  # after the client: nothing is read before TLS is asked for
        assert (await client.get(f"https://localhost:{port}/")).text == "ok"
        with pytest.raises(httpx2.ConnectError, match="certificate verify failed"):
            await client.get(f"https://127.0.0.1:{port}/")
    assert spoken == ["http/1.1"]


async def test_nobody_else_is_trusted(machine: Path, server: tuple[int, Path, list[str | None]]) -> None:
    port, _, spoken = server
    certificate(machine)
    async with open_client(TargetPolicy(local=True)) as client:
        with pytest.raises(httpx2.ConnectError, match="certificate verify failed"):
            await client.get(f"https://localhost:{port}/")
    assert spoken == []
