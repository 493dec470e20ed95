"""A package called grafana whose server answers what the role asks: the real one is not in Debian.

It reads its address and password where the role puts them, so that a wrong configuration shows.
"""

import subprocess
from pathlib import Path

CONTROL = """\
Package: grafana
Version: 12.4.0
Architecture: all
Maintainer: nobody <nobody@example.org>
Depends: python3, adduser
Description: stands in for Grafana in tests
"""
POSTINST = """\
#!/bin/sh
set -e
getent group grafana >/dev/null || addgroup --system grafana
systemctl daemon-reload
"""
UNIT = """\
[Unit]
Description=Stands in for Grafana
[Service]
ExecStart=/usr/bin/python3 /usr/share/grafana/server.py
[Install]
WantedBy=multi-user.target
"""
SERVER = """\
import base64, configparser, http.server, pathlib, re
ini = configparser.ConfigParser(interpolation=None)
ini.read("/etc/grafana/grafana.ini")
secret = re.fullmatch(r"\\$__file\\{(.*)\\}", ini["security"]["admin_password"])[1]
login = "Basic " + base64.b64encode(f"admin:{pathlib.Path(secret).read_text()}".encode()).decode()
source = pathlib.Path("/etc/grafana/provisioning/datasources/benchrig.yaml").read_text()
uid = re.search(r"uid: (\\S+)", source)[1]
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        known = self.path == f"/api/datasources/uid/{uid}/health"
        allowed = self.headers.get("Authorization") == login
        status = 200 if self.path == "/api/health" or known and allowed else 401 if known else 404
        self.send_response(status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        known = self.path == "/api/annotations"
        allowed = self.headers.get("Authorization") == login
        self.send_response(200 if known and allowed else 401 if known else 404)
        self.send_header("Content-Length", "9")
        self.end_headers()
        self.wfile.write(b'{"id": 1}')
server = ini["server"]
address = server["http_addr"], int(server["http_port"])
http.server.ThreadingHTTPServer(address, Handler).serve_forever()
"""


def build_package(folder: Path) -> Path:
    """The package file."""
    root = folder / "root"
    files = {
        "DEBIAN/control": CONTROL,
        "DEBIAN/postinst": POSTINST,
        "etc/grafana/grafana.ini": "",
        "usr/lib/systemd/system/grafana-server.service": UNIT,
        "usr/share/grafana/server.py": SERVER,
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (root / "DEBIAN/postinst").chmod(0o755)
    package = folder / "grafana.deb"
    argv = ["dpkg-deb", "--root-owner-group", "--build", str(root), str(package)]
    subprocess.run(argv, check=True, capture_output=True)
    return package
