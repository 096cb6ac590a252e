"""A real Dovecot on loopback for the email tests: its own folder, its own certificate authority, one user.

Needs Debian's `dovecot-imapd`. It runs as the user who runs the tests. As root it needs its own users, which the
package creates. The Maildir has a short path, because a socket's path has at most 108 characters.
"""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

PASSWORD = "correct horse"
USER = "rep"
MISSING = "Debian's dovecot-imapd isn't installed here: the tests with a real mailbox need it"
PROGRAM = shutil.which("dovecot") or ("/usr/sbin/dovecot" if os.path.exists("/usr/sbin/dovecot") else None)


@dataclass(frozen=True)
class Server:
    """A running server: its ports, and the certificate authority that issued its certificate."""

    folder: Path
    tls: int
    plain: int
    ca: str

    @property
    def maildir(self) -> Path:
        """The Maildir folder."""
        return self.folder / "mail"

    def deliver(self, letters: Iterable[bytes]) -> int:
        """Put emails into the mailbox. Returns how many."""
        count = 0
        for count, letter in enumerate(letters, start=1):
            (self.maildir / "new" / f"{1_700_000_000 + count}.M{count}P1.test").write_bytes(letter)
        return count

    def flags(self) -> list[str]:
        """The flags of all emails in the Maildir, where nothing after `:2,` means unseen."""
        seen = [name.partition(":2,")[2] for name in os.listdir(self.maildir / "cur")]
        return [flags for flags in seen if flags] + []

    def count(self) -> int:
        """The number of emails."""
        return len(os.listdir(self.maildir / "cur")) + len(os.listdir(self.maildir / "new"))


def free_port() -> int:
    """A port that is free right now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def certificates(folder: Path, name: str = "localhost") -> tuple[Path, Path, Path]:
    """Create a certificate authority and a certificate with its key. Returns (authority, certificate, key)."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    def named(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

    now = datetime.now(UTC)
    root = ec.generate_private_key(ec.SECP256R1())
    usage = {
        "digital_signature": True, "content_commitment": False, "key_encipherment": False, "data_encipherment": False,
        "key_agreement": False, "encipher_only": False, "decipher_only": False,
    }  # fmt: skip

    def begun(subject: str, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(named(subject))
            .issuer_name(named("planner's tests"))
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=30))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root.public_key()), critical=False)
        )

    authority = (
        begun("planner's tests", root.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage, key_cert_sign=True, crl_sign=True), critical=True)
        .sign(root, hashes.SHA256())
    )
    key = ec.generate_private_key(ec.SECP256R1())
    own = (
        begun(name, key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage, key_cert_sign=False, crl_sign=False), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(root, hashes.SHA256())
    )
    files = (folder / "ca.pem", folder / "cert.pem", folder / "key.pem")
    pem = serialization.Encoding.PEM
    files[0].write_bytes(authority.public_bytes(pem))
    files[1].write_bytes(own.public_bytes(pem))
    files[2].write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    files[2].chmod(0o600)
    return files


@contextmanager
def running(*, name: str = "localhost", plain_login: bool = False) -> Iterator[Server]:
    """Run the server on its own ports. `name` is the certificate's host, `plain_login` allows logins without TLS."""
    assert PROGRAM is not None, MISSING
    folder = Path(tempfile.mkdtemp(prefix="dc-", dir="/tmp"))
    try:
        server = Server(folder, free_port(), free_port(), str(folder / "ca.pem"))
        certificates(folder, name)
        for sub in ("cur", "new", "tmp"):
            (server.maildir / sub).mkdir(parents=True)
        root = os.geteuid() == 0
        owner = "nobody" if root else getpass.getuser()
        uid, gid = (65534, 65534) if root else (os.getuid(), os.getgid())
        if root:
            for path in [folder, *folder.rglob("*")]:
                os.chown(path, uid, gid)
            folder.chmod(0o755)
        (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}:{uid}:{gid}::{folder}::\n")
        users = "" if root else f"default_internal_user = {owner}\ndefault_login_user = {owner}\n"
        listen = "" if root else "chroot =\n"
        (folder / "dovecot.conf").write_text(
            f"""
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = {"yes" if plain_login else "required"}
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
mail_location = maildir:{server.maildir}
first_valid_uid = 1
{users}
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = passwd-file
  args = {folder}/users
}}
service imap-login {{
  {listen}
  inet_listener imap {{
    port = {server.plain}
  }}
  inet_listener imaps {{
    port = {server.tls}
    ssl = yes
  }}
}}
service anvil {{
  {listen}
}}
service stats {{
  chroot =
}}
auth_failure_delay = 0
"""
        )
        process = subprocess.Popen(
            [PROGRAM, "-F", "-c", str(folder / "dovecot.conf")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        try:
            _wait_for(server, process)
            yield server
        finally:
            process.terminate()
            process.wait(60)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(server: Server, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    context = ssl.create_default_context(cafile=server.ca)
    context.check_hostname = False
    while True:
        try:
            with (
                socket.create_connection(("127.0.0.1", server.tls), 2) as plain,
                context.wrap_socket(plain, server_hostname="localhost") as secure,
            ):
                assert secure.recv(100).startswith(b"* OK")
                return
        except OSError as error:
            if process.poll() is not None or time.monotonic() > until:
                log = server.folder / "log"
                said = log.read_text() if log.exists() else ""
                raise RuntimeError(
                    f"Dovecot doesn't start: {process.stdout and process.stdout.read()!r} {said}"
                ) from error
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.02)
