"""A small name server on loopback, over UDP and TCP."""

import contextlib
import socketserver
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

RECORDS = """\
_metrics._tcp.shop.example. 60 IN SRV 10 5 9100 a.shop.example.
_metrics._tcp.shop.example. 60 IN SRV 20 5 9200 b.shop.example.
a.shop.example. 60 IN A 127.0.0.11
a.shop.example. 60 IN A 127.0.0.12
a.shop.example. 60 IN AAAA fd00::11
shop.example. 60 IN MX 10 mail.shop.example.
shop.example. 60 IN NS ns1.shop.example.
shop.example. 60 IN NS ns2.other.example.
alias.shop.example. 60 IN CNAME a.shop.example.
api.eu.example. 60 IN A 127.0.0.21
known-without-addresses.eu.example. 60 IN TXT "x"
known-without-addresses.shop.example. 60 IN A 127.0.0.31
""" + "".join(f"many.shop.example. 60 IN A 127.0.{number // 250}.{number % 250 + 1}\n" for number in range(300))

_LARGEST = 65535


@dataclass
class NameServer:
    """What is known, how many were asked over TCP, and which names fail or get no answer at all."""

    records: str = RECORDS
    failing: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    over_tcp: int = 0
    port: int = 0

    def answer(self, wire: bytes, *, is_tcp: bool) -> bytes | None:
        query = dns.message.from_wire(wire)
        (question,) = query.question
        self.asked.append(question.name.to_text())
        if question.name.to_text() in self.silent:
            return None
        response = dns.message.make_response(query)
        if question.name.to_text() in self.failing:
            response.set_rcode(dns.rcode.SERVFAIL)
            return response.to_wire()
        self._fill(response, question.name, question.rdtype)
        if is_tcp:
            self.over_tcp += 1
            return response.to_wire(max_size=_LARGEST)
        if len(response.to_wire(max_size=_LARGEST)) > max(query.payload, 512):
            response.answer.clear()
            response.flags |= dns.flags.TC
        return response.to_wire()

    def _fill(self, response: dns.message.Message, name: dns.name.Name, kind: dns.rdatatype.RdataType) -> None:
        known = False
        for _ in range(8):  # follow aliases
            target = None
            for line in self.records.splitlines():
                owner, ttl, _, type_, text = line.split(maxsplit=4)
                if dns.name.from_text(owner) != name:
                    continue
                known = True
                if type_ in {dns.rdatatype.to_text(kind), "CNAME"}:
                    response.answer.append(dns.rrset.from_text(name, int(ttl), "IN", type_, text))
                    target = dns.name.from_text(text) if type_ == "CNAME" else None
            if target is None:
                break
            name = target
        if not known:
            response.set_rcode(dns.rcode.NXDOMAIN)


class _Udp(socketserver.BaseRequestHandler):
    names: NameServer

    def handle(self) -> None:
        data, socket = self.request
        if (answer := self.names.answer(data, is_tcp=False)) is not None:
            socket.sendto(answer, self.client_address)


class _Tcp(socketserver.StreamRequestHandler):
    names: NameServer

    def handle(self) -> None:
        (size,) = struct.unpack("!H", self.rfile.read(2))
        if (answer := self.names.answer(self.rfile.read(size), is_tcp=True)) is not None:
            self.wfile.write(struct.pack("!H", len(answer)) + answer)


@contextlib.contextmanager
def name_server(host: str = "127.0.0.1", port: int = 0, **given: object) -> Iterator[NameServer]:
    """Run a name server on a port, 0 for a free one."""
    names = NameServer(**given)  # type: ignore[arg-type]
    udp, tcp = _on_one_port(names, host, port)
    names.port = udp.server_address[1]
    for server in (udp, tcp):
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield names
    finally:
        for server in (udp, tcp):
            server.shutdown()
            server.server_close()


def _on_one_port(
    names: NameServer, host: str, port: int
) -> tuple[socketserver.ThreadingUDPServer, socketserver.ThreadingTCPServer]:
    """Listen for both protocols; a port that is free in one may be taken in the other."""
    for attempt in range(20):
        udp = socketserver.ThreadingUDPServer((host, port), type("Udp", (_Udp,), {"names": names}))
        try:
            return udp, socketserver.ThreadingTCPServer(udp.server_address, type("Tcp", (_Tcp,), {"names": names}))
        except OSError:
            udp.server_close()
            if port or attempt == 19:
                raise
    raise AssertionError
