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
# shellcheck source=build/debian-program.sh
. "$(dirname "${BASH_SOURCE[0]}")/debian-program.sh"
say "fetching docker-compose from Debian $suite"
debian_program docker-compose "$suite" usr/libexec/docker/cli-plugins/docker-compose "$target"
"$target" version --short >/dev/null || fail "the program from the package does not run here"
say "docker compose $("$target" version --short)"
echo "$target"
