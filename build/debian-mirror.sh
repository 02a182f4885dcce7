# Sourced. debian_mirror prints where this machine gets Debian's packages from: GOLDENHOUR_DEBIAN_MIRROR, else what apt
# is configured with.
debian_mirror() {
  local mirror=${GOLDENHOUR_DEBIAN_MIRROR:-}
  if [[ -z $mirror ]] && command -v apt-get >/dev/null; then
    mirror=$(apt-get indextargets --no-release-info --format '$(REPO_URI)' 2>/dev/null | sed 's#/$##' | grep -m1 -E '/debian$' || true)
  fi
  [[ -n $mirror ]] || { echo 'apt has no Debian archive configured; set GOLDENHOUR_DEBIAN_MIRROR to one' >&2; return 1; }
  printf '%s\n' "$mirror"
}
