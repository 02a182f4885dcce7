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
broker_packages=mariadb-server,rabbitmq-server
tags=(postgres:15 redis:7 nginx:1 http:1 tools:1 mysql:10 rabbitmq:3)

# shellcheck source=build/debian-mirror.sh
. "$here/build/debian-mirror.sh"

say() { printf 'setup-fixtures: %s\n' "$*"; }
fail() { printf 'setup-fixtures: %s\n' "$*" >&2; exit 1; }

sudo=()
if [[ $(id -u) -ne 0 ]]; then sudo=(sudo -n); fi

small=(
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*'
)
# The directories that volumes are mounted on exist in the image with their owners: a new volume takes both from there.
options=(
  --variant=minbase --include="$packages" "${small[@]}"
  --dpkgopt='path-include=/usr/share/postgresql/*/man/*'
  --essential-hook='mkdir -p "$1/etc/postgresql-common"; echo "create_main_cluster = false" > "$1/etc/postgresql-common/createcluster.conf"'
  --customize-hook='rm -rf "$1"/usr/lib/*/libLLVM* "$1"/usr/lib/llvm* "$1"/usr/lib/postgresql/15/lib/bitcode "$1"/usr/lib/postgresql/15/lib/llvmjit* "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/* "$1"/var/log/*.log'
  --customize-hook='mkdir -p "$1/var/lib/postgresql/data" "$1/data" "$1/docker-entrypoint-initdb.d"; chroot "$1" sh -c "chown postgres: /var/lib/postgresql/data; chmod 700 /var/lib/postgresql/data; chown redis: /data; chmod 777 /data"'
)
broker_options=(
  --variant=minbase --include="$broker_packages" "${small[@]}"
  --customize-hook='rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/* "$1"/var/log/*.log'
)
checksum() { if command -v sha256sum >/dev/null; then sha256sum "$@"; else shasum -a 256 "$@"; fi; }
files() { cd "$images" && find . -type f | LC_ALL=C sort | while IFS= read -r file; do checksum "$file"; done; }
base_hash=$(printf '%s\n' "$suite" "${options[@]}" | checksum | cut -c1-16)
broker_hash=$(printf '%s\n' "$suite" "${broker_options[@]}" | checksum | cut -c1-16)
recipe_hash=$( (printf '%s\n' "$base_hash" "$broker_hash" "${tags[@]}"; files) | checksum | cut -c1-16)

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

# with_mmdebstrap NAME HASH SMALLEST-SIZE OPTIONS…
with_mmdebstrap() {
  local name=$1 hash=$2 smallest=$3; shift 3
  local tarball=$cache/fixture-$name-$hash.tar.zst
  local work
  work=$(mktemp -d)
  # mmdebstrap writes to a file and never to a pipe: an import of a broken pipe would give an empty image and no error.
  if [[ -s $tarball ]] && zstd -qdf "$tarball" -o "$work/base.tar"; then
    say "using the cached root file system ($name)"
  else
    local mirror
    mirror=$(debian_mirror)
    say "building the root file system ($name) from $mirror"
    "${sudo[@]}" mmdebstrap --quiet "$@" "$suite" "$work/base.tar" "$mirror" </dev/null
    [[ $(wc -c <"$work/base.tar") -gt $smallest ]] || fail "the root file system ($name) is too small to be whole"
    rm -f "$cache/fixture-$name"-*.tar.zst
    zstd -q -T0 -1 "$work/base.tar" -o "$tarball.part" && mv "$tarball.part" "$tarball"
  fi
  say "importing goldenhour-fixture/$name:$hash"
  docker import -c "LABEL io.goldenhour.fixture.base=$hash" "$work/base.tar" "goldenhour-fixture/$name:$hash" >/dev/null
  rm -rf "$work"
}

# The same packages on Docker's own Debian image, for systems that have an engine and a registry but no mmdebstrap.
# with_docker NAME HASH BEFORE PACKAGES AFTER
with_docker() {
  say "building the root file system ($1) on debian:$suite-slim (no mmdebstrap here)"
  docker build --tag "goldenhour-fixture/$1:$2" --label "io.goldenhour.fixture.base=$2" - <<DOCKERFILE
FROM debian:$suite-slim
RUN $3 && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y ${4//,/ } && rm -rf /var/lib/apt/lists/*
RUN $5
DOCKERFILE
}

# ensure_base NAME HASH: what its packages, options and directories are, the case says.
ensure_base() {
  local name=$1 hash=$2
  if ! docker image inspect "goldenhour-fixture/$name:$hash" >/dev/null 2>&1; then
    local bootstrap=no
    if command -v mmdebstrap >/dev/null && { [[ $(id -u) -eq 0 ]] || sudo -n true 2>/dev/null; }; then bootstrap=yes; fi
    case $name-$bootstrap in
      base-yes) with_mmdebstrap base "$hash" 100000000 "${options[@]}" ;;
      base-no)
        with_docker base "$hash" \
          "mkdir -p /etc/postgresql-common && echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf" \
          "$packages" \
          "mkdir -p /var/lib/postgresql/data /data /docker-entrypoint-initdb.d && chown postgres: /var/lib/postgresql/data && chmod 700 /var/lib/postgresql/data && chown redis: /data && chmod 777 /data" ;;
      brokers-yes) with_mmdebstrap brokers "$hash" 200000000 "${broker_options[@]}" ;;
      brokers-no) with_docker brokers "$hash" true "$broker_packages" true ;;
    esac
  fi
  docker tag "goldenhour-fixture/$name:$hash" "goldenhour-fixture/$name:current"
}

ensure_base base "$base_hash"
ensure_base brokers "$broker_hash"

for tag in "${tags[@]}"; do
  say "goldenhour-fixture/$tag"
  # The classic builder: it needs no plugin and these files ask nothing of it. It prints a deprecation notice each time.
  if ! output=$(tar -C "$images" -c . | DOCKER_BUILDKIT=0 docker build --quiet --file "${tag%%:*}/Dockerfile" \
    --label "io.goldenhour.fixture=$recipe_hash" --tag "goldenhour-fixture/$tag" - 2>&1); then fail "$output"; fi
done
say "done"
