#!/usr/bin/env bash
# setup-docker.sh: from a bare Debian to a Docker engine that answers. Idempotent; an engine that already answers is
# left exactly as it is. Needs root or sudo only for what is missing. Prints one line per thing it changes.
set -euo pipefail

say() { printf 'setup-docker: %s\n' "$*"; }
fail() { printf 'setup-docker: %s\n' "$*" >&2; exit 1; }

log=${GOLDENHOUR_DOCKERD_LOG:-/tmp/goldenhour-dockerd.log}
packages=(docker.io iptables mmdebstrap xfsprogs e2fsprogs zstd acl ca-certificates)

sudo=()
can_be_root=yes
if [[ $(id -u) -ne 0 ]]; then
  if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then sudo=(sudo -n); else can_be_root=no; fi
fi

answers() { timeout 15 docker info --format '{{.ServerVersion}}' 2>/dev/null | grep -q .; }

missing=()
if command -v dpkg-query >/dev/null; then
  for package in "${packages[@]}"; do
    # A docker client or engine from elsewhere counts as docker.io.
    if [[ $package == docker.io ]] && command -v dockerd >/dev/null && command -v docker >/dev/null; then continue; fi
    if [[ $package == docker.io ]] && command -v docker >/dev/null && answers; then continue; fi
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
  done
fi

if [[ ${#missing[@]} -gt 0 ]]; then
  if [[ $can_be_root == no ]]; then
    if answers; then
      say "an engine answers, but these packages are missing and neither root nor sudo is available: ${missing[*]}"
    else
      fail "needs root or passwordless sudo for: apt-get install ${missing[*]}"
    fi
  else
    command -v apt-get >/dev/null || fail "needs apt-get (Debian, Ubuntu) to install: ${missing[*]}"
    say "installing ${missing[*]}"
    # Package scripts must not start a second engine behind our back where there is no service manager.
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq update </dev/null
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "${missing[@]}" </dev/null >/dev/null
  fi
fi

command -v docker >/dev/null || fail "no docker client found; install docker.io or set PATH"

grant() {
  # Lets the calling user reach the socket in this session: a new group membership only counts after the next login.
  [[ ${#sudo[@]} -gt 0 ]] || return 0
  "${sudo[@]}" usermod -aG docker "$(id -un)" || true
  "${sudo[@]}" setfacl -m "u:$(id -un):rw" /var/run/docker.sock || true
}

if answers; then
  say "engine $(docker info --format '{{.ServerVersion}}') answers"
  exit 0
fi
if [[ -n ${DOCKER_HOST:-} ]]; then fail "DOCKER_HOST=$DOCKER_HOST does not answer; start that engine or unset DOCKER_HOST"; fi
if [[ $can_be_root == no ]]; then fail "no engine answers, and starting one needs root or passwordless sudo"; fi

# An engine that only root can reach: grant access instead of starting another.
if [[ ${#sudo[@]} -gt 0 ]] && "${sudo[@]}" timeout 15 docker info >/dev/null 2>&1; then
  grant
  answers && { say "granted $(id -un) access to the running engine"; exit 0; }
fi

if [[ -d /run/systemd/system ]]; then
  say "starting docker.service"
  "${sudo[@]}" systemctl start docker || true
else
  command -v dockerd >/dev/null || [[ -x /usr/sbin/dockerd ]] || fail "no dockerd found after installing ${packages[0]}"
  # A pid file left by a killed engine makes the next one refuse to start.
  if [[ -f /var/run/docker.pid ]] && ! "${sudo[@]}" kill -0 "$(cat /var/run/docker.pid)" 2>/dev/null; then
    "${sudo[@]}" rm -f /var/run/docker.pid
  fi
  say "starting dockerd, log in $log"
  "${sudo[@]}" bash -c 'log=$1; export PATH="$PATH:/usr/sbin:/sbin"; setsid nohup dockerd </dev/null >>"$log" 2>&1 &' _ "$log"
fi

deadline=$((SECONDS + 90))
until "${sudo[@]}" timeout 15 docker info >/dev/null 2>&1; do
  if ((SECONDS > deadline)); then
    "${sudo[@]}" tail -n 20 "$log" >&2 2>/dev/null || true
    fail "the engine did not answer within 90 s"
  fi
  sleep 0.5
done
answers || grant
answers || fail "the engine runs but $(id -un) may not use its socket"
say "engine $(docker info --format '{{.ServerVersion}}') answers"
