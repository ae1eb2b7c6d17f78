"""The way out of this machine: a proxy that says which hosts were asked for, and answers for all of them from a server of the test.

The tunnels are real and the TLS in them is: `REQUESTS_CA_BUNDLE` names an authority that has signed for the hosts given.
"""

from __future__ import annotations

import contextlib
import datetime
import socket
import ssl
import threading
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.transport.listener import Listener

_PEM = serialization.Encoding.PEM


def certificate(folder: Path, *names: str) -> Path:
    """Write a certificate for these names, signed by itself, with its key; it is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    now, day = datetime.datetime.now(datetime.UTC), datetime.timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / f"{names[0].strip('*.')}.pem"
    path.write_bytes(private + made.public_bytes(_PEM))
    return path


class Internet:
    """`url` is the proxy's; `hosts` are those that a tunnel was asked to, in their order."""

    def __init__(self, target: str, pem: Path) -> None:
        self.hosts: list[str] = []
        self._target = urlsplit(target)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(pem)
        self._listener = Listener(self._tunnel)
        self.url = f"http://127.0.0.1:{self._listener.port}"
        self.stop = self._listener.stop

    def _tunnel(self, client: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += client.recv(4096)
        self.hosts.append(head.split()[1].decode())
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with contextlib.suppress(OSError), self._context.wrap_socket(client, server_side=True) as inner:
            server = socket.create_connection((self._target.hostname, self._target.port))
            threading.Thread(target=_pass_on, args=[server, inner], daemon=True).start()
            _pass_on(inner, server)


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_RDWR)
