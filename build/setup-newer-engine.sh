#!/usr/bin/env bash
# setup-newer-engine.sh: an image with a newer Docker engine than Debian 12's, for tests that start it in a container.
# Built again only when the recipe changes. Needs a Docker engine that answers (setup-docker.sh), and root or sudo for
# mmdebstrap.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/golden-hour
suite=trixie
packages=docker.io,iptables
image=goldenhour-fixture/newer-engine:1

# shellcheck source=build/debian-mirror.sh
. "$here/build/debian-mirror.sh"

say() { printf 'setup-newer-engine: %s\n' "$*"; }
fail() { printf 'setup-newer-engine: %s\n' "$*" >&2; exit 1; }

sudo=()
if [[ $(id -u) -ne 0 ]]; then sudo=(sudo -n); fi

options=(
  --variant=minbase --include="$packages"
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*'
  --customize-hook='rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/* "$1"/var/log/*.log'
)
checksum() { if command -v sha256sum >/dev/null; then sha256sum "$@"; else shasum -a 256 "$@"; fi; }
hash=$(printf '%s\n' "$suite" "${options[@]}" | checksum | cut -c1-16)
label=io.goldenhour.fixture.engine

docker info >/dev/null 2>&1 || fail "no Docker engine answers; run build/setup-docker.sh first"

mkdir -p "$cache"
exec 9>"$cache/newer-engine.lock"
if command -v flock >/dev/null; then flock 9; fi

if [[ $(docker image inspect --format "{{index .Config.Labels \"$label\"}}" "$image" 2>/dev/null || true) == "$hash" ]]; then
  say "the image is current ($hash)"
  exit 0
fi

with_mmdebstrap() {
  local tarball=$cache/newer-engine-$hash.tar.zst
  work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
  if [[ -s $tarball ]] && zstd -qdf "$tarball" -o "$work/root.tar"; then
    say "using the cached root file system"
  else
    local mirror
    mirror=$(debian_mirror)
    say "building the root file system from $mirror"
    "${sudo[@]}" mmdebstrap --quiet "${options[@]}" "$suite" "$work/root.tar" "$mirror" </dev/null
    [[ $(wc -c <"$work/root.tar") -gt 100000000 ]] || fail "the root file system is too small to be whole"
    rm -f "$cache"/newer-engine-*.tar.zst
    zstd -q -T0 -1 "$work/root.tar" -o "$tarball.part" && mv "$tarball.part" "$tarball"
  fi
  docker import -c "LABEL $label=$hash" "$work/root.tar" "$image" >/dev/null
}

# The same packages on Docker's own Debian image, for systems that have an engine and a registry but no mmdebstrap.
with_docker() {
  say "building on debian:$suite-slim (no mmdebstrap here)"
  docker build --tag "$image" --label "$label=$hash" - <<DOCKERFILE
FROM debian:$suite-slim
RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends ${packages//,/ } && rm -rf /var/lib/apt/lists/*
DOCKERFILE
}

may_be_root=no
if [[ $(id -u) -eq 0 ]] || sudo -n true 2>/dev/null; then may_be_root=yes; fi
if command -v mmdebstrap >/dev/null && [[ $may_be_root == yes ]]; then with_mmdebstrap; else with_docker; fi
say "done"
