"""One SSH connection to one host: commands run to their end."""

import http.client
import io
import json
import shlex
import socket
import time
import urllib.parse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import fabric
import paramiko
from invoke.exceptions import ThreadException, UnexpectedExit

from benchrig.errors import BenchrigError
from benchrig.inventory import Host

CONNECT_SECONDS = 10
KEEPALIVE_SECONDS = 5
TUNNEL_SECONDS = 5
PROMETHEUS_SECONDS = 10.0


class Remote:
    """A host reached by SSH, its key checked against known_hosts; commands run as root.

    A user other than root needs sudo without a password.
    """

    def __init__(self, host: Host) -> None:
        self.host = host
        self._connection = fabric.Connection(
            host.ssh_host,
            user=host.user,
            port=host.port,
            connect_timeout=CONNECT_SECONDS,
            connect_kwargs={
                **({"key_filename": host.key_file} if host.key_file else {}),
                "banner_timeout": CONNECT_SECONDS,
                "auth_timeout": CONNECT_SECONDS,
                "channel_timeout": CONNECT_SECONDS,
            },
        )

    def open(self) -> None:
        """Connect.

        Raises:
            BenchrigError: unreachable, an unknown host key, or no login.
        """
        self._check_keys(self._connection)
        try:
            self._connection.open()
        except (OSError, paramiko.SSHException, EOFError) as error:
            raise BenchrigError(
                f"no SSH to {self.host.user}@{self.host.ssh_host}: {error}",
                where=f"host '{self.host.name}'",
                way_out="check the inventory; `fab lab.status` when the hosts are the lab's",
            ) from error
        self.transport.set_keepalive(KEEPALIVE_SECONDS)

    def _check_keys(self, connection: fabric.Connection) -> None:
        """Accept no key that is not known; nor of a jump host, which ~/.ssh/config may name."""
        connection.client.load_system_host_keys()
        if self.host.known_hosts:
            self._load_known_hosts(connection.client)
        connection.client.set_missing_host_key_policy(paramiko.RejectPolicy())
        if isinstance(connection.gateway, fabric.Connection):
            self._check_keys(connection.gateway)

    def _load_known_hosts(self, client: paramiko.SSHClient) -> None:
        try:
            client.load_system_host_keys(self.host.known_hosts)
        except OSError as error:
            raise BenchrigError(
                f"its known keys can not be read: {error}",
                where=f"host '{self.host.name}'",
                way_out="run `ansible-playbook site.yml` when the hosts are the lab's, which makes "
                "them; UserKnownHostsFile in ansible_ssh_common_args names the file otherwise",
            ) from error

    @property
    def transport(self) -> paramiko.Transport:
        """The open SSH transport, for sessions."""
        transport = self._connection.client.get_transport()
        if transport is None:
            raise BenchrigError("the SSH connection is not open", where=self.host.name)
        return transport

    def command_line(self, argv: Sequence[str]) -> str:
        """The shell line that runs ``argv`` as root."""
        return shlex.join([*([] if self.host.user == "root" else ["sudo", "-n"]), *argv])

    def run(self, argv: Sequence[str], *, check: bool = True) -> str:
        """Run one short command and return its standard output.

        Raises:
            BenchrigError: with ``check``, when it exits non-zero.
        """
        try:
            done = self._connection.run(
                self.command_line(argv), hide=True, warn=not check, in_stream=False
            )
        except UnexpectedExit as error:
            said = (error.result.stderr or error.result.stdout).strip()
            raise BenchrigError(
                f"'{shlex.join(argv)}' exited {error.result.exited}: {said}",
                where=f"host '{self.host.name}'",
            ) from error
        except (OSError, paramiko.SSHException, EOFError) as error:
            raise BenchrigError(
                f"the SSH connection was lost: {error}", where=f"host '{self.host.name}'"
            ) from error
        return str(done.stdout)

    def http_json(self, address: str, port: int, path: str, query: dict[str, Any]) -> Any:
        """Ask Prometheus' API through this host, so that it need not listen outside the rig.

        Raises:
            OSError: no answer, or none in time.
        """
        try:
            channel = self.transport.open_channel(
                "direct-tcpip", (address, port), ("", 0), timeout=5
            )
        except paramiko.SSHException as error:
            raise OSError(str(error)) from error
        channel.settimeout(PROMETHEUS_SECONDS)  # HTTPConnection's own is for sockets it opens
        connection = http.client.HTTPConnection(address, port)
        connection.sock = channel
        try:
            connection.request("GET", f"/api/v1/{path}?{urllib.parse.urlencode(query)}")
            return json.load(connection.getresponse())
        except (http.client.HTTPException, ValueError) as error:
            raise OSError(str(error)) from error
        finally:
            connection.close()

    def put(self, content: bytes, path: str) -> None:
        """Write a file on the host as the SSH user.

        Raises:
            BenchrigError: it can not be written there.
        """
        try:
            self._connection.put(io.BytesIO(content), path)
        except (OSError, paramiko.SSHException, EOFError) as error:
            raise BenchrigError(
                f"{path} can not be written: {error}", where=f"host '{self.host.name}'"
            ) from error

    @contextmanager
    def forward(self, address: str, port: int) -> Iterator[int]:
        """A port of this machine's loopback that leads through this host to another one's.

        Raises:
            OSError: no free port here.
        """
        with socket.create_server(("127.0.0.1", 0)) as free:
            local = int(free.getsockname()[1])
        # The tunnel is a thread: it listens some time after it was asked to, and where the far end
        # refuses it ends with an error of its own, long after its user was told by the connection.
        with (
            suppress(ThreadException),
            self._connection.forward_local(local, port, address, "127.0.0.1"),
        ):
            _wait_for_listener(local)
            yield local

    def close(self) -> None:
        """Close the connection; sessions on it end."""
        self._connection.close()


def _wait_for_listener(port: int) -> None:
    deadline = time.monotonic() + TUNNEL_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=TUNNEL_SECONDS).close()
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return
