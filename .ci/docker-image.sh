#!/usr/bin/env bash
# Makes a container image from this machine's PostgreSQL, without any registry: docker-image.sh NAME
# The entry script understands what the official image does: PGDATA, POSTGRES_PASSWORD, POSTGRES_INITDB_ARGS.
set -euo pipefail
name=$1
bin=$(dirname "$(find /usr/lib/postgresql /usr/pgsql-* -path '*/bin/postgres' 2>/dev/null | sort -V | tail -n 1)")
[ -x "$bin/initdb" ] || { echo "docker-image.sh: no PostgreSQL programs found" >&2; exit 1; }
config() { "$bin/pg_config" "$1" 2>/dev/null || pg_config "$1"; }
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

mkdir -p "$tree"/{bin,etc,tmp,run,var/lib/postgresql/data,dev,proc,sys}
chmod 1777 "$tree/tmp" "$tree/run"
copy() { mkdir -p "$tree$(dirname "$1")" && cp -a "$1" "$tree$1"; }
copy_program() {
    # A program with the libraries that it is linked to, links followed.
    for file in "$1" $(ldd "$1" | grep -o '/[^ )]*'); do
        mkdir -p "$tree$(dirname "$file")"
        cp -L "$file" "$tree$file"
    done
}
for program in "$bin/postgres" "$bin/initdb"; do copy_program "$program"; done
for program in sh mkdir chown chmod setpriv; do
    path=$(command -v "$program")
    copy_program "$path"
    [ -e "$tree/bin/$program" ] || cp -L "$path" "$tree/bin/$program"
done
for library in "$(config --pkglibdir)"/{plpgsql,dict_snowball,pgcrypto}.so; do
    if [ -e "$library" ]; then copy_program "$library"; fi
done
copy "$(config --sharedir)"
copy /usr/share/zoneinfo
if [ -d /usr/lib/locale/C.utf8 ]; then copy /usr/lib/locale/C.utf8; fi
echo 'root:x:0:0:root:/:/bin/sh
postgres:x:999:999:PostgreSQL:/var/lib/postgresql:/bin/sh' > "$tree/etc/passwd"
echo 'root:x:0:
postgres:x:999:' > "$tree/etc/group"
cat > "$tree/entry" <<'ENTRY'
#!/bin/sh
set -e
as_postgres() { setpriv --reuid=999 --regid=999 --clear-groups "$@"; }
mkdir -p "$PGDATA"
chown 999:999 "$PGDATA"
chmod 700 "$PGDATA"
if [ ! -e "$PGDATA/PG_VERSION" ]; then
    echo "$POSTGRES_PASSWORD" > /tmp/password
    chown 999:999 /tmp/password
    as_postgres initdb -U postgres --pwfile=/tmp/password --auth=scram-sha-256 $POSTGRES_INITDB_ARGS >/dev/null
    echo 'host all all all scram-sha-256' >> "$PGDATA/pg_hba.conf"
fi
exec setpriv --reuid=999 --regid=999 --clear-groups "$@" -c listen_addresses='*' -k /tmp
ENTRY
chmod 755 "$tree/entry"
tar -C "$tree" -c . | docker import \
    --change "ENV PATH=$bin:/bin:/usr/bin" --change 'ENV PGDATA=/var/lib/postgresql/data' \
    --change 'ENV POSTGRES_INITDB_ARGS=' --change 'VOLUME /var/lib/postgresql/data' --change 'EXPOSE 5432' \
    --change 'ENTRYPOINT ["/entry"]' --change 'CMD ["postgres"]' - "$name" >/dev/null
