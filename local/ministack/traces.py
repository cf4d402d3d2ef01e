"""Where the X-Ray daemon would listen: segments end as lines of a file, so that a trace can be read and searched.

Source of the wire format (a JSON header line, then the segment): X-Ray daemon protocol,
https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html
"""

import socketserver
import threading
from pathlib import Path

HOST = "127.0.0.1"
DATAGRAM_MAX_BYTES = 65_536


class _Server(socketserver.UDPServer):
    max_packet_size = DATAGRAM_MAX_BYTES


def collect(file: Path) -> str:
    """Append every segment sent from now on to ``file``, one per line; return the address to send to."""

    class Collector(socketserver.DatagramRequestHandler):
        def handle(self) -> None:
            _, _, segment = self.rfile.read().partition(b"\n")
            with file.open("ab") as lines:
                lines.write(segment.rstrip() + b"\n")

    server = _Server((HOST, 0), Collector)
    threading.Thread(target=server.serve_forever, daemon=True, name="traces").start()
    return f"{HOST}:{server.server_address[1]}"
