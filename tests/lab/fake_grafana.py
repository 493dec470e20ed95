"""A package called grafana whose server answers what the role asks: the real one is not in Debian.

It reads its address and password where the role puts them, so that a wrong configuration shows. Its
answers are held against the description of the API by tests/unit/test_grafana.py.
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
import base64, configparser, http.server, json, pathlib, re
ini = configparser.ConfigParser(interpolation=None)
ini.read("/etc/grafana/grafana.ini")
secret = re.fullmatch(r"\\$__file\\{(.*)\\}", ini["security"]["admin_password"])[1]
login = "Basic " + base64.b64encode(f"admin:{pathlib.Path(secret).read_text()}".encode()).decode()
source = pathlib.Path("/etc/grafana/provisioning/datasources/benchrig.yaml").read_text()
uid = re.search(r"uid: (\\S+)", source)[1]
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/api/health":
            self.answer(200, {"database": "ok", "version": "12.4.0"})
        elif self.path != f"/api/datasources/uid/{uid}/health":
            self.answer(404, {"message": "Not found"})
        elif self.headers.get("Authorization") != login:
            self.answer(401, {"message": "Unauthorized"})
        else:
            self.answer(200, {"status": "OK", "message": "queried the Prometheus API"})
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.path != "/api/annotations":
            self.answer(404, {"message": "Not found"})
        elif self.headers.get("Authorization") != login:
            self.answer(401, {"message": "Invalid username or password"})
        else:
            self.answer(200, {"message": "Annotation added", "id": 1})
    def answer(self, status, told):
        packed = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(packed)))
        self.end_headers()
        self.wfile.write(packed)
    def log_message(self, *_):
        pass
address = ini["server"]["http_addr"], int(ini["server"]["http_port"])
with http.server.ThreadingHTTPServer(address, Handler) as server:
    print("%s:%d" % server.server_address, flush=True)
    server.serve_forever()
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
