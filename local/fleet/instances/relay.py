"""The network of the hosts of one simulator: a bridge in a network namespace of its own, and the way to the local cloud.

The local cloud listens on 127.0.0.1 of the machine, where hosts are not. So each host has listeners on its own
loopback, opened by `host_network.py` inside the host's network namespace, and this process, which stays in the machine's,
takes what comes in to the same cloud. It ends by itself soon after the last host, and the bridge with it.

  relay.py DIR DESCRIPTOR

DIR is that of `hosts.py`, whose network starts this, the descriptor that of a socket on which hosts are handed over.
"""

import asyncio
import contextlib
import fcntl
import json
import os
import resource
import socket
import sys

CHUNK = 65_536
LOOK_SECONDS = 1


class Relay:
    """Hosts by the descriptor that tells of their end."""

    def __init__(self, directory, control):
        self.directory = directory
        self.control = control
        self.hosts = {}

    async def run(self):
        self.control.setblocking(False)
        asyncio.get_running_loop().add_reader(self.control, self.accept)
        while self.hosts or not self.may_end():
            await asyncio.sleep(LOOK_SECONDS)

    def may_end(self):
        """Nobody may be about to hand a host over; once true, nobody finds this process any more."""
        try:
            # Not for writing: that would put a file back into a folder which is just being removed.
            with open(f"{self.directory}/lock", encoding="ascii") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.unlink(f"{self.directory}/network.json")
        except BlockingIOError:
            return False
        except FileNotFoundError:
            pass  # The folder of the whole simulator has been removed.
        return True

    def accept(self):
        """Nobody is waited for: who hands a host over may be slow, and all others need this loop."""
        with contextlib.suppress(OSError):  # Whoever came is gone again.
            connection, _ = self.control.accept()
            connection.setblocking(False)
            asyncio.get_running_loop().add_reader(connection, self.take_up, connection)

    def take_up(self, connection):
        """A host: the ports of the machine, and as descriptors its first process and a listener for each port."""
        asyncio.get_running_loop().remove_reader(connection)
        with connection:
            try:
                ports, (ending, *listeners), _, _ = socket.recv_fds(connection, CHUNK, 64)
                self.serve(ending, [socket.socket(fileno=listener) for listener in listeners], json.loads(ports))
                connection.send(b"1")
            except (OSError, ValueError):
                pass  # Whoever handed it over is gone, and sees the missing answer otherwise.

    def serve(self, ending, listeners, ports):
        tasks = {asyncio.ensure_future(self.listen(listener, port, ending)) for listener, port in zip(listeners, ports)}
        self.hosts[ending] = tasks
        asyncio.get_running_loop().add_reader(ending, self.end, ending)

    def end(self, ending):
        """The listeners and connections would keep the network namespace of a host that has ended."""
        asyncio.get_running_loop().remove_reader(ending)
        os.close(ending)
        for task in self.hosts.pop(ending):
            task.cancel()

    async def listen(self, listener, port, ending):
        async def accepted(reader, writer):
            tasks = self.hosts.get(ending, set())
            tasks.add(asyncio.current_task())
            await carry(port, reader, writer)
            tasks.discard(asyncio.current_task())

        server = await asyncio.start_server(accepted, sock=listener)
        try:
            await asyncio.Event().wait()
        finally:
            server.close()


async def carry(port, reader, writer):
    """Both directions of a connection to a port of the machine's loopback, until both have ended or one has failed."""
    with contextlib.suppress(OSError, asyncio.CancelledError):
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                await asyncio.gather(copy(reader, far_writer), copy(far_reader, writer))
            finally:
                far_writer.transport.abort()
        finally:
            writer.transport.abort()


async def copy(reader, writer):
    while data := await reader.read(CHUNK):
        writer.write(data)
        await writer.drain()
    writer.write_eof()


def main():
    directory, control = sys.argv[1], socket.socket(fileno=int(sys.argv[2]))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asyncio.run(Relay(directory, control).run())


if __name__ == "__main__":
    main()
