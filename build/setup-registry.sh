#!/usr/bin/env bash
# setup-registry.sh: makes a real container registry available to the tests and prints the program to call. One that is
# installed is used as it is. Otherwise the program of Debian's docker-registry package is fetched through apt (its
# signatures checked, a private package list, nothing installed or started) into ${XDG_CACHE_HOME:-~/.cache}/golden-hour.
set -euo pipefail

say() { printf 'setup-registry: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

cache=${XDG_CACHE_HOME:-$HOME/.cache}/golden-hour
# The release whose C library is the oldest that the tests run on.
suite=bookworm
target=$cache/docker-registry

works() { "$1" --version 2>/dev/null | grep -q 'distribution'; }

if command -v docker-registry >/dev/null && works docker-registry; then command -v docker-registry; exit 0; fi
if [[ -x $target ]] && works "$target"; then echo "$target"; exit 0; fi
command -v apt-get >/dev/null || fail 'docker-registry is missing; put a registry (github.com/distribution/distribution) of that name on the PATH'
# shellcheck source=build/debian-mirror.sh
. "$(dirname "${BASH_SOURCE[0]}")/debian-mirror.sh"
mirror=$(debian_mirror)

mkdir -p "$cache"
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
mkdir -p "$work"/{lists/partial,archives/partial,unpacked}
touch "$work/status"
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[[ -r $keyring ]] || fail "the keyring $keyring is missing; install debian-archive-keyring"
echo "deb [signed-by=$keyring] $mirror $suite main" >"$work/sources.list"
apt=(-qq -o "Dir::State=$work" -o "Dir::State::status=$work/status" -o "Dir::Cache=$work" -o "Dir::Etc::sourcelist=$work/sources.list"
  -o Dir::Etc::sourceparts=- -o Acquire::Languages=none -o APT::Sandbox::User= -o Acquire::Check-Valid-Until=false)
say "fetching docker-registry from Debian $suite"
apt-get "${apt[@]}" update >&2
(cd "$work" && apt-get "${apt[@]}" download docker-registry >&2)
dpkg -x "$work"/docker-registry_*.deb "$work/unpacked"
cp "$work/unpacked/usr/bin/docker-registry" "$target.part"
chmod 755 "$target.part"
mv "$target.part" "$target"
works "$target" || fail 'the program from the package does not run here'
say "$("$target" --version)"
echo "$target"
