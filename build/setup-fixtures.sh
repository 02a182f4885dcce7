#!/usr/bin/env bash
# setup-fixtures.sh: the images that tests run, built from Debian packages: one root file system, imported once, and
# thin images on top of it with their own commands (test/fixtures/images). Built again only when a recipe changes.
# Needs a Docker engine that answers (setup-docker.sh), and root or sudo for mmdebstrap.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
images=$here/test/fixtures/images
cache=${XDG_CACHE_HOME:-$HOME/.cache}/golden-hour
suite=bookworm
packages=postgresql-15,redis-server,nginx-light,busybox-static,curl,procps
tags=(postgres:15 redis:7 nginx:1 http:1 tools:1)

# shellcheck source=build/debian-mirror.sh
. "$here/build/debian-mirror.sh"

say() { printf 'setup-fixtures: %s\n' "$*"; }
fail() { printf 'setup-fixtures: %s\n' "$*" >&2; exit 1; }

sudo=()
if [[ $(id -u) -ne 0 ]]; then sudo=(sudo -n); fi

# The directories that volumes are mounted on exist in the image with their owners: a new volume takes both from there.
options=(
  --variant=minbase --include="$packages"
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*'
  --dpkgopt='path-include=/usr/share/postgresql/*/man/*'
  --essential-hook='mkdir -p "$1/etc/postgresql-common"; echo "create_main_cluster = false" > "$1/etc/postgresql-common/createcluster.conf"'
  --customize-hook='rm -rf "$1"/usr/lib/*/libLLVM* "$1"/usr/lib/llvm* "$1"/usr/lib/postgresql/15/lib/bitcode "$1"/usr/lib/postgresql/15/lib/llvmjit* "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/* "$1"/var/log/*.log'
  --customize-hook='mkdir -p "$1/var/lib/postgresql/data" "$1/data" "$1/docker-entrypoint-initdb.d"; chroot "$1" sh -c "chown postgres: /var/lib/postgresql/data; chmod 700 /var/lib/postgresql/data; chown redis: /data; chmod 777 /data"'
)
checksum() { if command -v sha256sum >/dev/null; then sha256sum "$@"; else shasum -a 256 "$@"; fi; }
files() { cd "$images" && find . -type f | LC_ALL=C sort | while IFS= read -r file; do checksum "$file"; done; }
base_hash=$(printf '%s\n' "$suite" "${options[@]}" | checksum | cut -c1-16)
recipe_hash=$( (printf '%s\n' "$base_hash" "${tags[@]}"; files) | checksum | cut -c1-16)

label() { docker image inspect --format "{{index .Config.Labels \"$2\"}}" "$1" 2>/dev/null || true; }

docker info >/dev/null 2>&1 || fail "no Docker engine answers; run build/setup-docker.sh first"

mkdir -p "$cache"
exec 9>"$cache/fixtures.lock"
if command -v flock >/dev/null; then flock 9; fi

stale=no
for tag in "${tags[@]}"; do
  [[ $(label "goldenhour-fixture/$tag" io.goldenhour.fixture) == "$recipe_hash" ]] || stale=yes
done
if [[ $stale == no ]]; then say "images are current ($recipe_hash)"; exit 0; fi

base=goldenhour-fixture/base

with_mmdebstrap() {
  local tarball=$cache/fixture-base-$base_hash.tar.zst
  work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
  # mmdebstrap writes to a file and never to a pipe: an import of a broken pipe would give an empty image and no error.
  if [[ -s $tarball ]] && zstd -qdf "$tarball" -o "$work/base.tar"; then
    say "using the cached root file system"
  else
    local mirror
    mirror=$(debian_mirror)
    say "building the root file system from $mirror"
    "${sudo[@]}" mmdebstrap --quiet "${options[@]}" "$suite" "$work/base.tar" "$mirror" </dev/null
    [[ $(wc -c <"$work/base.tar") -gt 100000000 ]] || fail "the root file system is too small to be whole"
    rm -f "$cache"/fixture-base-*.tar.zst
    zstd -q -T0 -1 "$work/base.tar" -o "$tarball.part" && mv "$tarball.part" "$tarball"
  fi
  say "importing $base:$base_hash"
  docker import -c "LABEL io.goldenhour.fixture.base=$base_hash" "$work/base.tar" "$base:$base_hash" >/dev/null
}

# The same packages on Docker's own Debian image, for systems that have an engine and a registry but no mmdebstrap.
with_docker() {
  say "building the root file system on debian:$suite-slim (no mmdebstrap here)"
  docker build --tag "$base:$base_hash" --label "io.goldenhour.fixture.base=$base_hash" - <<DOCKERFILE
FROM debian:$suite-slim
RUN mkdir -p /etc/postgresql-common && echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf \
 && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y ${packages//,/ } && rm -rf /var/lib/apt/lists/*
RUN mkdir -p /var/lib/postgresql/data /data /docker-entrypoint-initdb.d \
 && chown postgres: /var/lib/postgresql/data && chmod 700 /var/lib/postgresql/data && chown redis: /data && chmod 777 /data
DOCKERFILE
}

if ! docker image inspect "$base:$base_hash" >/dev/null 2>&1; then
  may_be_root=no
  if [[ $(id -u) -eq 0 ]] || sudo -n true 2>/dev/null; then may_be_root=yes; fi
  if command -v mmdebstrap >/dev/null && [[ $may_be_root == yes ]]; then with_mmdebstrap; else with_docker; fi
fi
docker tag "$base:$base_hash" "$base:current"

for tag in "${tags[@]}"; do
  say "goldenhour-fixture/$tag"
  # The classic builder: it needs no plugin and these files ask nothing of it. It prints a deprecation notice each time.
  if ! output=$(tar -C "$images" -c . | DOCKER_BUILDKIT=0 docker build --quiet --file "${tag%%:*}/Dockerfile" \
    --label "io.goldenhour.fixture=$recipe_hash" --tag "goldenhour-fixture/$tag" - 2>&1); then fail "$output"; fi
done
say "done"
