#!/usr/bin/env bash
# Installs what the checks need and this machine lacks: PostgreSQL's programs (pgbench among them) with HypoPG, Docker's
# engine, ps, and a browser that lays out the HTML report.
set -euo pipefail
missing=()
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null || missing+=(postgresql)
command -v dockerd >/dev/null || missing+=(docker.io)
command -v ps >/dev/null || missing+=(procps)
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
command -v cc >/dev/null || missing+=(gcc libc6-dev)
# HypoPG belongs to one major version, which is known once PostgreSQL is there.
without_hypopg() {
    local bin version control
    for bin in /usr/lib/postgresql/*/bin; do
        version=$(basename "$(dirname "$bin")") control=/usr/share/postgresql/$version/extension/hypopg.control
        if [ -x "$bin/initdb" ] && [ ! -e "$control" ]; then echo "postgresql-$version-hypopg"; fi
    done
}
[ ${#missing[@]} -eq 0 ] && [ -z "$(without_hypopg)" ] && exit 0

as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
# Debian would otherwise make and start a cluster of its own, which nobody here uses.
"${as_root[@]}" mkdir -p /etc/postgresql-common/createcluster.d
echo 'create_main_cluster = false' | "${as_root[@]}" tee /etc/postgresql-common/createcluster.d/watertight.conf >/dev/null
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
install() {
    [ $# -eq 0 ] || "${as_root[@]}" apt-get install -y -qq --no-install-recommends "$@" </dev/null
}
install "${missing[@]}"
mapfile -t hypopg < <(without_hypopg)
install "${hypopg[@]}"
