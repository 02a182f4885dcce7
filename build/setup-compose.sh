#!/usr/bin/env bash
# setup-compose.sh: makes a real `docker compose` v2 available to the tests and prints the program to call. A plugin
# that is installed is used as it is. Otherwise the static program of Debian's docker-compose package is fetched through
# apt (its signatures checked, a private package list, nothing installed) into ${XDG_CACHE_HOME:-~/.cache}/golden-hour.
set -euo pipefail

say() { printf 'setup-compose: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

cache=${XDG_CACHE_HOME:-$HOME/.cache}/golden-hour
# trixie has 2.26, which knows too little of the specification; the program of the next release runs here too.
suite=forky
target=$cache/docker-compose

if docker compose version --short 2>/dev/null | grep -q '^v\?[2-9]'; then echo 'docker compose'; exit 0; fi
if [[ -x $target ]] && "$target" version --short 2>/dev/null | grep -Eq '^v?(2\.[4-9][0-9]|[3-9])'; then echo "$target"; exit 0; fi
command -v apt-get >/dev/null || fail 'docker compose v2 is missing; install the plugin for your system'
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
  -o Dir::Etc::sourceparts=- -o Acquire::Languages=none -o APT::Sandbox::User=
  # A mirror may lag behind the week for which testing is valid; the signatures are checked all the same.
  -o Acquire::Check-Valid-Until=false)
say "fetching docker-compose from Debian $suite"
apt-get "${apt[@]}" update >&2
(cd "$work" && apt-get "${apt[@]}" download docker-compose >&2)
dpkg -x "$work"/docker-compose_*.deb "$work/unpacked"
cp "$work/unpacked/usr/libexec/docker/cli-plugins/docker-compose" "$target.part"
chmod 755 "$target.part"
mv "$target.part" "$target"
"$target" version --short >/dev/null || fail "the program from the package does not run here"
say "docker compose $("$target" version --short)"
echo "$target"
