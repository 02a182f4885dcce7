# Sourced. debian_program PACKAGE SUITE FILE TARGET puts one program of a Debian package at TARGET: fetched through apt with
# its signatures checked and a package list of its own, nothing installed or started.
. "$(dirname "${BASH_SOURCE[0]}")/debian-mirror.sh"
debian_program() (
  set -euo pipefail
  package=$1 suite=$2 file=$3 target=$4
  refuse() { echo "$*" >&2; exit 1; }
  command -v apt-get >/dev/null || refuse 'apt-get is missing'
  mirror=$(debian_mirror)
  mkdir -p "$(dirname "$target")"
  work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
  chmod 755 "$work"
  mkdir -p "$work"/{lists/partial,archives/partial,unpacked}
  touch "$work/status"
  keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  [[ -r $keyring ]] || refuse "the keyring $keyring is missing; install debian-archive-keyring"
  echo "deb [signed-by=$keyring] $mirror $suite main" >"$work/sources.list"
  apt=(-qq -o "Dir::State=$work" -o "Dir::State::status=$work/status" -o "Dir::Cache=$work" -o "Dir::Etc::sourcelist=$work/sources.list"
    -o Dir::Etc::sourceparts=- -o Acquire::Languages=none -o APT::Sandbox::User=
    # A mirror may lag behind the week for which testing is valid; the signatures are checked all the same.
    -o Acquire::Check-Valid-Until=false)
  apt-get "${apt[@]}" update >&2
  (cd "$work" && apt-get "${apt[@]}" download "$package" >&2)
  dpkg -x "$work/$package"_*.deb "$work/unpacked"
  cp "$work/unpacked/$file" "$target.part"
  chmod 755 "$target.part"
  mv "$target.part" "$target"
)
