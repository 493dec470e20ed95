"""A package called grafana whose server answers what the role asks: the real one is not in Debian.

It reads its address and password where the role puts them, so that a wrong configuration shows. Its
answers are held against the description of the API by tests/unit/test_grafana.py.
"""

import hashlib
import subprocess
from pathlib import Path

CONTROL = """\
Package: grafana
Version: {version}
Architecture: all
Maintainer: nobody <nobody@example.org>
Depends: python3, adduser
Description: stands in for Grafana in tests
"""
RELEASE = """\
Suite: stable
Codename: stable
Components: main
Architectures: all amd64 arm64
Date: Thu, 01 Jan 2026 00:00:00 UTC
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


def build_package(folder: Path, version: str = "12.4.0") -> Path:
    """The package file."""
    root = folder / f"root-{version}"
    files = {
        "DEBIAN/control": CONTROL.format(version=version),
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
    package = folder / f"grafana_{version}.deb"
    argv = ["dpkg-deb", "--root-owner-group", "--build", str(root), str(package)]
    subprocess.run(argv, check=True, capture_output=True)
    return package


def build_repository(folder: Path, versions: list[str]) -> None:
    """An apt repository like Grafana's, with its signing key in ``key.asc``."""
    stanzas = []
    for version in versions:
        package = build_package(folder, version)
        content = package.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        stanza = CONTROL.format(version=version)
        stanza += f"Filename: {package.name}\nSize: {len(content)}\nSHA256: {digest}\n"
        stanzas.append(stanza)
    packages = "\n".join(stanzas).encode()
    suite = folder / "dists/stable"
    listed = ""
    for architecture in ("all", "amd64", "arm64"):
        path = suite / f"main/binary-{architecture}/Packages"
        path.parent.mkdir(parents=True)
        path.write_bytes(packages if architecture == "all" else b"")
        text = path.read_bytes()
        digest = hashlib.sha256(text).hexdigest()
        listed += f" {digest} {len(text)} {path.relative_to(suite)}\n"
    release = suite / "Release"
    release.write_text(f"{RELEASE}SHA256:\n{listed}")
    home = folder / "gnupg"
    home.mkdir(mode=0o700)
    gpg = ["gpg", "--homedir", str(home), "--batch", "--quiet", "--passphrase", ""]
    for arguments in (
        ["--quick-generate-key", "nobody@example.org", "rsa2048", "sign", "never"],
        ["--armor", "--output", str(folder / "key.asc"), "--export"],
        ["--clearsign", "--output", str(suite / "InRelease"), str(release)],
    ):
        subprocess.run([*gpg, *arguments], check=True, capture_output=True)
