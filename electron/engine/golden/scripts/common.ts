/** Shell text: backslashes stay as they are, and a dollar after a backslash is the shell's own. */
export function sh(strings: TemplateStringsArray, ...values: readonly string[]): string {
  return String.raw(strings, ...values).replaceAll('\\${', '${');
}

/**
 * What runs in the helper container: plain POSIX sh over coreutils or busybox. Paths come in as arguments and go on as
 * NUL-terminated lists, never as text that a shell reads, so no file name can do anything. Output is lines `key value`.
 * Everything can be run again after it was cut off.
 */
export const common = sh`
set -eu
export LC_ALL=C
umask 022
cd /store

# Prints "progress <bytes>" while the process given copies, from what the kernel counted for it.
watch_copy() {
  while [ -r "/proc/$1/io" ]; do
    sleep "$tick" >/dev/null 2>&1
    while read -r field value; do
      case $field in wchar:) echo "progress $2 $value" ;; esac
    done 2>/dev/null <"/proc/$1/io" || break
  done
}

# only_full FILE: an error message about anything but a full store is the race with a running service: the next pass
# copies what was missed, and the comparison at the end finds what no pass copied.
only_full() {
  if grep -q -e 'No space left' -e 'quota exceeded' "$1"; then cat "$1" >&2; return 1; fi
}

# copy_tree SOURCE DESTINATION INDEX: DESTINATION must not exist. With live=1 the source may change meanwhile.
copy_tree() {
  if [ "$way" = reflink ]; then clone=--reflink=always; else clone=; fi
  cp -a $clone -- "$1" "$2" 2>"$errors" &
  copier=$!
  watch_copy "$copier" "$3" &
  watcher=$!
  code=0
  wait "$copier" || code=$?
  kill "$watcher" 2>/dev/null || true
  wait "$watcher" 2>/dev/null || true
  if [ "$code" != 0 ]; then
    if [ "$live" = 1 ]; then only_full "$errors"; else cat "$errors" >&2; return 1; fi
  fi
}

# list_tree FOLDER PREFIX: names and attributes of everything in FOLDER, in an order that depends on nothing else.
list_tree() {
  out=$PWD/$2
  (
    cd -- "$1"
    find . -print0 | sort -z >"$out.names"
    find . -type f -print0 | sort -z >"$out.files"
    {
      xargs -0 -r stat -c '%f %u %g %s %Y' <"$out.files"
      echo others
      find . ! -type f ! -type l -print0 | sort -z | xargs -0 -r stat -c '%f %u %g %Y'
      echo links
      find . -type l -print0 | sort -z | xargs -0 -r stat -c '%u %g'
      find . -type l -print0 | sort -z | xargs -0 -r -n 1 readlink
    } >"$out.stats"
  )
}

# hash_tree FOLDER PREFIX: one SHA-256 per file of PREFIX.files, in that order.
hash_tree() {
  out=$PWD/$2
  (
    cd -- "$1"
    if [ -n "$(find . \( -path '*\\*' -o -path '*
*' \) -print | head -c 1)" ]; then
      # sha256sum escapes such names in its output: let it not see them.
      xargs -0 -r sh -c 'for file; do sha256sum <"$file"; done' sh <"$out.files"
    else
      xargs -0 -r sha256sum -- <"$out.files"
    fi | cut -c 1-64 >"$out.hashes"
  )
}

digest_of() { cat "$1.names" "$1.stats" "$1.hashes" | sha256sum | cut -c 1-64; }

# totals PREFIX: sets files and bytes.
totals() {
  files=0 bytes=0
  while read -r mode uid gid size rest; do
    [ "$mode" != others ] || break
    files=$((files + 1)) bytes=$((bytes + size))
  done <"$1.stats"
}

disk_bytes() { set -- $(du -sk -- "$1"); echo $(($1 * 1024)); }

# put FILE TEXT: readers see the old text or the new one, also after a power cut.
put() {
  printf '%s\n' "$2" >"$1.new" && persist "$1.new" && mv -f "$1.new" "$1"
}

# persist PATH: one file or folder is on the disk. Much less work than a whole file system.
persist() { sync "$1" 2>/dev/null || sync; }

flush() { sync -f "$1" 2>/dev/null || sync; }
`;
