#!/usr/bin/env bash
# setup-fixtures.sh: the images that tests run, built from Debian packages: one root file system, imported once, and
# thin images on top of it with their own commands (test/fixtures/images). Built again only when a recipe changes.
# Needs a Docker engine that answers (setup-docker.sh), and root or sudo for mmdebstrap.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
images=$here/test/fixtures/images
cache=${XDG_CACHE_HOME:-$HOME/.cache}/golden-hour
mirror=${GOLDENHOUR_DEBIAN_MIRROR:-http://deb.debian.org/debian}
suite=bookworm
packages=postgresql-15,redis-server,nginx-light,busybox-static,curl,procps
tags=(postgres:15 redis:7 nginx:1 http:1 tools:1)

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
base_hash=$(printf '%s\n' "$suite" "${options[@]}" | sha256sum | cut -c1-16)
recipe_hash=$( (printf '%s\n' "$base_hash" "${tags[@]}"; cd "$images" && find . -type f | LC_ALL=C sort | xargs -d '\n' sha256sum) | sha256sum | cut -c1-16)

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
if ! docker image inspect "$base:$base_hash" >/dev/null 2>&1; then
  work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
  tarball=$cache/fixture-base-$base_hash.tar.zst
  # mmdebstrap writes to a file and never to a pipe: an import of a broken pipe would give an empty image and no error.
  if [[ -s $tarball ]] && zstd -qdf "$tarball" -o "$work/base.tar"; then
    say "using the cached root file system"
  else
    command -v mmdebstrap >/dev/null || fail "mmdebstrap is missing; run build/setup-docker.sh first"
    say "building the root file system from $mirror"
    "${sudo[@]}" mmdebstrap --quiet "${options[@]}" "$suite" "$work/base.tar" "$mirror" </dev/null
    [[ $(stat -c %s "$work/base.tar") -gt 100000000 ]] || fail "the root file system is too small to be whole"
    rm -f "$cache"/fixture-base-*.tar.zst
    zstd -q -T0 -1 "$work/base.tar" -o "$tarball.part" && mv "$tarball.part" "$tarball"
  fi
  say "importing $base:$base_hash"
  docker import -c "LABEL io.goldenhour.fixture.base=$base_hash" "$work/base.tar" "$base:$base_hash" >/dev/null
fi
docker tag "$base:$base_hash" "$base:current"

for tag in "${tags[@]}"; do
  say "goldenhour-fixture/$tag"
  # The classic builder: it needs no plugin and these files ask nothing of it. It prints a deprecation notice each time.
  if ! output=$(tar -C "$images" -c . | DOCKER_BUILDKIT=0 docker build --quiet --file "${tag%%:*}/Dockerfile" \
    --label "io.goldenhour.fixture=$recipe_hash" --tag "goldenhour-fixture/$tag" - 2>&1); then fail "$output"; fi
done
say "done"
