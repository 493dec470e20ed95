"""nginx has one worker and a costly expression to match for each request."""

from benchrig.selftest.case import Case, Injection, shell

CONFIG, KEPT = "/etc/nginx/nginx.conf", "/etc/nginx/nginx.conf.before-selftest"
# Nested repetition that fails: the matcher tries every way to share the letters out.
COSTLY = (
    f"sed -e 's/^worker_processes .*/worker_processes 1;/' "
    f"-e 's/location \\/ {{/location \\/ {{ set $letters xxxxxxxxxxxxxxxx; "
    f'if ($letters ~ "^(x+x+)+[yz]$") {{ return 500; }}/\' {KEPT} > {CONFIG}'
)
RELOAD = ("systemctl", "reload", "nginx.service")

CASE = Case(
    name="heavy-proxy",
    kind="injected",
    summary="one worker of nginx matches a costly expression for each request",
    expects=frozenset({"proxy"}),
    via="nginx",
    injections=(
        Injection(
            group="nginx",
            at="start",
            do=(("cp", "-a", CONFIG, KEPT), shell(COSTLY), ("nginx", "-t"), RELOAD),
            undo=(shell(f"test ! -e {KEPT} || mv {KEPT} {CONFIG}"), RELOAD),
        ),
    ),
)
