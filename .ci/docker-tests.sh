#!/usr/bin/env bash
# Runs the tests that need containers, on a Docker engine of their own which is stopped afterwards.
# An engine that already answers is used instead and left running.
set -euo pipefail
cd "$(dirname "$0")/.."
image=watertight-test:local
scratch=
engine=

stop_engine() {
    if [ -n "$engine" ]; then
        kill "$engine" 2>/dev/null || true
        wait "$engine" 2>/dev/null || true
        engine=
    fi
    if [ -n "$scratch" ]; then rm -rf "$scratch"; scratch=; fi
}
trap stop_engine EXIT
trap 'exit 130' INT TERM

start_engine() {
    scratch=$(mktemp -d /tmp/watertight-engine.XXXXXX)
    export DOCKER_HOST=unix://$scratch/docker.sock
    dockerd --data-root "$scratch/root" --exec-root "$scratch/exec" --pidfile "$scratch/pid" \
        -H "$DOCKER_HOST" "$@" >"$scratch/log" 2>&1 &
    engine=$!
    for _ in $(seq 150); do
        if docker info >/dev/null 2>&1; then return 0; fi
        if ! kill -0 "$engine" 2>/dev/null; then break; fi
        sleep 0.2
    done
    tail -n 5 "$scratch/log" >&2
    stop_engine
    return 1
}

if ! docker info >/dev/null 2>&1; then
    [ "$(id -u)" -eq 0 ] || { echo 'docker-tests.sh: no Docker engine answers, and only root can start one' >&2; exit 1; }
    # Without iptables, published ports still work through the engine's own proxy.
    start_engine || start_engine --iptables=false
fi

.ci/docker-image.sh "$image"
WATERTIGHT_DOCKER_IMAGE=$image cargo test --features docker-tests -- server::docker
docker image rm --force "$image" >/dev/null
left=$(docker ps --all --quiet --filter label=watertight.run)
[ -z "$left" ] || { echo "docker-tests.sh: containers were left: $left" >&2; exit 1; }
