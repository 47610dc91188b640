"""A certification authority made for a test, and a certificate of 127.0.0.1 that it vouches for."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def authority(folder: Path, name: str = "ca") -> tuple[Path, ssl.SSLContext]:
    """The authority's own certificate in a file, and what a server needs that it vouches for."""
    folder.mkdir(exist_ok=True)
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Port of {name}")])
    begins = datetime.now(UTC) - timedelta(days=1)
    root_identity = x509.SubjectKeyIdentifier.from_public_key(root_key.public_key())

    def made(subject: x509.Name, of: ec.EllipticCurvePublicKey, *extensions: tuple[x509.ExtensionType, bool]) -> bytes:
        builder = x509.CertificateBuilder(called, subject, of, x509.random_serial_number(), begins, begins + timedelta(days=9))
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        return builder.sign(root_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    usage = dict.fromkeys(("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "crl_sign"), False)
    usage |= {"encipher_only": False, "decipher_only": False}
    root = folder / f"{name}.pem"
    root.write_bytes(
        made(
            called,
            root_key.public_key(),
            (x509.BasicConstraints(ca=True, path_length=0), True),
            (x509.KeyUsage(digital_signature=True, key_cert_sign=True, **usage), True),
            (root_identity, False),
        )
    )
    server = folder / f"{name}-server.pem"
    server.write_bytes(
        made(
            x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "receiver")]),
            key.public_key(),
            (x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False),
            (x509.BasicConstraints(ca=False, path_length=None), True),
            (x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(root_identity), False),
        )
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server)
    return root, context
