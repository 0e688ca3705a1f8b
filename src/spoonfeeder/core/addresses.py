"""What an IP address or a host name is, as the target of a call: public, private, or never allowed (R37, R38)."""

import re
import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

IPAddress = IPv4Address | IPv6Address

_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052
_SIX_TO_FOUR = IPv6Network("2002::/16")  # RFC 3056
_IPV4_COMPATIBLE = IPv6Network("::/96")  # RFC 4291
_IPV4_TRANSLATED = IPv6Network("::ffff:0:0:0/96")  # RFC 2765

# Instance metadata that lies outside the link-local ranges: AWS, Google, Alibaba, Azure, Oracle.
_METADATA_ADDRESSES = frozenset(
    map(ip_address, ("fd00:ec2::254", "fd20:ce::254", "100.100.100.200", "168.63.129.16", "192.0.0.192"))
)
_METADATA_NAMES = frozenset(
    {"metadata", "metadata.google.internal", "metadata.goog", "instance-data", "instance-data.ec2.internal"}
)
_THIS_NETWORK = IPv4Network("0.0.0.0/8")  # Linux takes 0.0.0.0 for this machine
_OLD_IPV4 = IPv4Network("240.0.0.0/4")
# Global by Python's table, but not places where a public service lives.
_NOT_PUBLIC = (IPv6Network("64:ff9b:1::/48"), IPv6Network("2001::/23"), IPv6Network("3fff::/20"))

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_NUMERIC_LABEL = re.compile(r"\d+|0x[0-9a-f]*")


def normal_host(host: str) -> str | None:
    """Lower case without the trailing dot; None for what is neither a plain name nor an address in its ordinary form.

    `127.1`, `0x7f000001`, `2130706433` and `017700000001` are such forms: the C library would read them as addresses.
    """
    plain = host.lower().removesuffix(".")
    if ":" in plain:
        return plain if "%" not in plain and _parsed(plain) else None
    if len(plain) > 253 or not _NAME.fullmatch(plain):
        return None
    if _NUMERIC_LABEL.fullmatch(plain.rpartition(".")[2]) and _parsed(plain) is None:
        return None
    return plain


def _parsed(text: str) -> IPAddress | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def unmapped(address: IPAddress) -> IPAddress:
    """The IPv4 address that an IPv6 address carries (mapped, translated, compatible, 6to4, NAT64), else itself."""
    if not isinstance(address, IPv6Address):
        return address
    if address.ipv4_mapped:
        return address.ipv4_mapped
    if address in _SIX_TO_FOUR:
        return IPv4Address((int(address) >> 80) & 0xFFFFFFFF)
    carries_ipv4 = address in _NAT64 or address in _IPV4_TRANSLATED
    if carries_ipv4 or (address in _IPV4_COMPATIBLE and int(address) > 1):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def is_never_named(host: str) -> bool:
    """Whether nobody need look the name up: a metadata service, or an address that is never allowed."""
    address = _parsed(host)
    if address is None:
        return host in _METADATA_NAMES
    return is_never_allowed(address) or is_never_allowed(unmapped(address))


def is_never_allowed(address: IPAddress) -> bool:
    """Link-local and metadata addresses, the unspecified address, multicast and reserved ranges."""
    if address in _METADATA_ADDRESSES or address.is_link_local or address.is_multicast or address.is_unspecified:
        return True
    return isinstance(address, IPv4Address) and (address in _THIS_NETWORK or address in _OLD_IPV4)


def is_public(address: IPAddress) -> bool:
    if isinstance(address, IPv6Address) and (address.is_site_local or any(address in net for net in _NOT_PUBLIC)):
        return False
    return address.is_global and not address.is_reserved and not is_never_allowed(address)


def is_this_machine(address: IPAddress) -> bool:
    """Whether a socket can be bound to the address, which the kernel allows for its own addresses only."""
    if address.is_loopback:
        return True
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((str(address), 0))
        except OSError:
            return False
    return True
