import { common, sh } from './common.ts';

const hashLists = sh`
# hash_list FOLDER LIST OUT: a line per name in LIST, in its order: the content's SHA-256, or "gone".
hash_list() {
  (
    cd -- "$1"
    xargs -0 -r -n 200 sh -c '
      hashes=$(sha256sum -- "$@" 2>/dev/null) || hashes=
      # Names that sha256sum escapes or that break lines, and files that went away, one by one.
      case $hashes in
        "" | *\\*) alone=1 ;;
        *) alone=0; [ "$(printf "%s\n" "$hashes" | wc -l)" -eq $# ] || alone=1 ;;
      esac
      if [ $alone = 0 ]; then printf "%s\n" "$hashes" | cut -c 1-64
      else
        for file; do
          if [ -f "$file" ] && hash=$(sha256sum 2>/dev/null <"$file"); then printf "%s\n" "\${hash%% *}"
          else echo gone
          fi
        done
      fi' sh <"$2" >"$3"
  )
}

# unequal LIST HASHES HASHES: the names whose lines differ.
unequal() {
  xargs -0 -r sh -c '
    for file; do
      read -r one <&3
      read -r two <&4
      if [ "$one" != "$two" ] || [ "$one" = gone ]; then printf "%s\0" "$file"; fi
    done' sh <"$1" 3<"$2" 4<"$3"
}
`;

/**
 * WORK [INDEX SOURCE DESTINATION]…: hashes copies and their sources, which may change meanwhile, and notes the files that
 * are not the same (yet). Prints `hashing <index>`.
 */
export const hashAhead = sh`${common}${hashLists}
work=$PWD/work/$1
shift
# From here on every pass adds to these what it copied.
rm -f "$work"/changed-*
while [ $# -gt 0 ]; do
  echo "hashing $1"
  (cd -- "$3" && find . -type f -print0 | sort -z >"$work/ahead-$1")
  hash_list "$3" "$work/ahead-$1" "$work/ahead-copy-$1"
  hash_list "$2" "$work/ahead-$1" "$work/ahead-source-$1"
  unequal "$work/ahead-$1" "$work/ahead-copy-$1" "$work/ahead-source-$1" >"$work/unequal-$1"
  shift 3
done
`;

/**
 * WORK [INDEX SOURCE DESTINATION]…: the sources hold still. What was not the same when all was hashed, and what was copied
 * since, is hashed again. Prints `differs <index> hashes`, `hashed <files>`.
 */
export const compareHashes = sh`${common}${hashLists}
work=$PWD/work/$1
shift
while [ $# -gt 0 ]; do
  (
    cd -- "$3"
    cat "$work/changed-$1" "$work/unequal-$1" | sort -z -u |
      xargs -0 -r sh -c 'for file; do if [ -f "$file" ] && [ ! -L "$file" ]; then printf "%s\0" "$file"; fi; done' sh
  ) >"$work/again"
  hash_list "$3" "$work/again" "$work/again-copy"
  hash_list "$2" "$work/again" "$work/again-source"
  unequal "$work/again" "$work/again-copy" "$work/again-source" >"$work/wrong"
  if [ -s "$work/wrong" ]; then echo "differs $1 hashes"; fi
  echo "hashed $(tr -cd '\0' <"$work/again" | wc -c)"
  shift 3
done
`;

/** WORK [ONE OTHER]…: compares whole trees: names, attributes, contents. Prints `differs <index> <part>`. */
export const compareWhole = sh`${common}
work=work/$1
shift
rm -rf "$work"
mkdir -p "$work"
index=0
while [ $# -gt 0 ]; do
  list_tree "$1" "$work/one"
  list_tree "$2" "$work/other"
  for part in names stats; do cmp -s "$work/one.$part" "$work/other.$part" || echo "differs $index $part"; done
  if cmp -s "$work/one.names" "$work/other.names"; then
    hash_tree "$1" "$work/one"
    hash_tree "$2" "$work/other"
    cmp -s "$work/one.hashes" "$work/other.hashes" || echo "differs $index hashes"
  fi
  index=$((index + 1))
  shift 2
done
rm -rf "$work"
`;
