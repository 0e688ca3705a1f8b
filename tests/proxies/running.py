"""The real nginx and Caddy with the files of docs/examples, on free loopback ports and a certificate of their own."""

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.embedded.processes import wait_for
from tests.fixtures.ports import own_port

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
NAME = "spoon.example"
READY_SECONDS = 60.0
PLACES = f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin"


@dataclass(frozen=True)
class Site:
    """What is put in the place of the example's own values; `apis` are `host:port`."""

    folder: Path
    apis: Sequence[str]
    http_port: int
    https_port: int

    @property
    def certificate(self) -> Path:
        return self.folder / "certificate.pem"

    @property
    def key(self) -> Path:
        return self.folder / "key.pem"


def new_site(folder: Path, apis: Sequence[str]) -> Site:
    folder.mkdir()
    site = Site(folder, apis, own_port(), own_port())
    _write_certificate(site)
    return site


@contextmanager
def nginx(site: Site) -> Iterator[None]:
    text = (EXAMPLES / "nginx.conf").read_text()
    text = _replaced(text, r"listen \[::\]:[^;]*;", "")
    text = _replaced(text, "listen 80;", f"listen 127.0.0.1:{site.http_port};")
    text = _replaced(text, "listen 443 ", f"listen 127.0.0.1:{site.https_port} ")
    text = _replaced(text, r"server 127\.0\.0\.1:3001;", " ".join(f"server {api};" for api in site.apis))
    text = _replaced(text, r"/etc/letsencrypt/\S+/fullchain\.pem", str(site.certificate))
    text = _replaced(text, r"/etc/letsencrypt/\S+/privkey\.pem", str(site.key))
    text = _replaced(text, "/var/log/nginx/spoonfeeder.log", str(site.folder / "access.log"))
    (site.folder / "site.conf").write_text(text)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    inside = [*(f"{kind}_temp_path {site.folder / kind};" for kind in kinds), "include site.conf;"]
    who = ["user root;"] if os.geteuid() == 0 else []
    outside = [*who, "daemon off;", f"pid {site.folder}/pid;", "error_log stderr;", "events {}"]
    main = "\n".join([*outside, "http {", *inside, "}", ""])
    (site.folder / "nginx.conf").write_text(main)
    with _running([_found("nginx"), "-e", "stderr", "-p", str(site.folder), "-c", "nginx.conf"], site):
        yield


@contextmanager
def caddy(site: Site) -> Iterator[None]:
    text = (EXAMPLES / "Caddyfile").read_text()
    text = _replaced(text, rf"(?m)^{NAME} {{$", f"{NAME} {{\n\ttls {site.certificate} {site.key}")
    text = _replaced(text, r"127\.0\.0\.1:3001", " ".join(site.apis))
    ports = [f"http_port {site.http_port}", f"https_port {site.https_port}"]
    options = "\n".join(["{", "admin off", "default_bind 127.0.0.1", *ports, "}", ""])
    (site.folder / "Caddyfile").write_text(options + text)
    with _running([_found("caddy"), "run", "--config", "Caddyfile", "--adapter", "caddyfile"], site):
        yield


PROXIES: dict[str, Callable[[Site], AbstractContextManager[None]]] = {"nginx": nginx, "caddy": caddy}


def _found(program: str) -> str:
    found = shutil.which(program, path=PLACES)
    assert found, f"there is no {program}: install it (Debian, Ubuntu: apt install nginx-light caddy)"
    return found


def _replaced(text: str, pattern: str, by: str) -> str:
    """With every place changed; there must be one."""
    changed, count = re.subn(pattern, lambda _: by, text)
    assert count, f"the example has no {pattern} any more"
    return changed


@contextmanager
def _running(command: list[str], site: Site) -> Iterator[None]:
    said = site.folder / "said"
    home = {"PATH": PLACES, "HOME": str(site.folder), "XDG_DATA_HOME": str(site.folder)}
    with said.open("wb") as output:
        process = subprocess.Popen(command, cwd=site.folder, env=home, stdout=output, stderr=subprocess.STDOUT)
    try:
        wait_for(lambda: process.poll() is not None or _listens(site.https_port), READY_SECONDS)
        assert process.poll() is None, said.read_text()
        yield
    finally:
        process.terminate()
        process.wait(60)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _write_certificate(site: Site) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    site.certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    site.key.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
