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
# shellcheck source=build/debian-program.sh
. "$(dirname "${BASH_SOURCE[0]}")/debian-program.sh"
say "fetching docker-registry from Debian $suite"
debian_program docker-registry "$suite" usr/bin/docker-registry "$target"
works "$target" || fail 'the program from the package does not run here'
say "$("$target" --version)"
echo "$target"
