import { common, sh } from './common.ts';

/** Tries every tool the scripts below use, in `/store`. Prints `grade full|basic`; fails when something is missing. */
export const probeTools = sh`${common}
t=/store/.probe-$1
rm -rf "$t"
mkdir -p "$t/a/d"
trap 'rm -rf "$t"' EXIT
printf one >"$t/a/f"
ln "$t/a/f" "$t/a/g"
ln -s 'f' "$t/a/l"
chmod 640 "$t/a/f"
chown 1234:4321 "$t/a/f"
touch -d '2001-02-03 04:05:06' "$t/a/f"
cp -a -- "$t/a" "$t/b"
[ "$(stat -c '%f %u %g %s %Y %h' "$t/a/f")" = "$(stat -c '%f %u %g %s %Y %h' "$t/b/f")" ]
[ "$(readlink "$t/b/l")" = f ]
[ "$t/b/f" -ef "$t/b/g" ]
(cd "$t/a" && find . -print0 | sort -z -u | xargs -0 -r sh -c '[ $# = 5 ]' sh)
[ "$(printf abc | sha256sum | cut -c 1-64)" = ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad ]
[ "$(printf 'a\0b\0' | tr -cd '\0' | wc -c)" -eq 2 ]
[ "$(find "$t/a" -path '*/f' -print | head -c 1)" = / ]
find "$t/a" -depth -cmin -5 >/dev/null
find "$t/a" -maxdepth 0 -cmin +5 -print >/dev/null
cmp -s "$t/a/f" "$t/b/f"
: "$(disk_bytes "$t/a")"
stat -f -c '%S %b %a' "$t" >/dev/null
mkdir "$t/one" "$t/two"
ln -s one "$t/current"
ln -s two "$t/next"
mv -T "$t/next" "$t/current"
[ "$(readlink "$t/current")" = two ]
[ ! -e "$t/two/next" ]
sync -f "$t" 2>/dev/null || sync
sync "$t" 2>/dev/null || sync
sleep 0.01 2>/dev/null || sleep 0
grade=full
find "$t/a" -cnewer "$t/b" >/dev/null 2>&1 || grade=basic
(cd "$t/a" && cp -a --parents d "$t/one" 2>/dev/null) || grade=basic
echo "grade $grade"
`;

/** Prints `way`, `space <block> <total> <available>`, `filesystem <type>`. */
export const describeStore = sh`${common}
chmod 711 /store
mkdir -p images env trash work
chmod 711 env
chmod 700 images trash work
t=/store/.probe-way-$1
rm -rf "$t"
mkdir "$t"
trap 'rm -rf "$t"' EXIT
head -c 65536 /dev/zero | tr '\0' x >"$t/a"
if cp --reflink=always "$t/a" "$t/b" 2>/dev/null && cmp -s "$t/a" "$t/b"; then echo 'way reflink'; else echo 'way copy'; fi
echo "space $(stat -f -c '%S %b %a' /store)"
while read -r line; do
  case $line in
    *' /store '*) kind=\${line##* - }; echo "filesystem \${kind%% *}" ;;
  esac
done </proc/self/mountinfo
`;

const scanBody = sh`
echo "space $(stat -f -c '%S %b %a' /store)"
for m in images/*/manifest.json; do
  [ -f "$m" ] || continue
  id=\${m%/*}; id=\${id##*/}
  printf 'image %s ' "$id"; cat "$m"
  if [ -f "images/$id/checked.json" ]; then printf 'checked %s ' "$id"; cat "images/$id/checked.json"; fi
done
for e in env/*/environment.json; do
  [ -f "$e" ] || continue
  f=\${e%/*}; key=\${f##*/}
  printf 'environment %s ' "$key"; cat "$e"
  if [ -L "$f/current" ]; then echo "current $key $(readlink "$f/current")"; fi
  for g in "$f"/gen-*; do
    [ -f "$g/generation.json" ] || continue
    id=\${g##*/gen-}
    printf 'generation %s %s ' "$key" "$id"; cat "$g/generation.json"
    if [ -f "$g/left.json" ]; then printf 'left %s %s ' "$key" "$id"; cat "$g/left.json"; fi
    if [ -f "$g/timings.json" ]; then printf 'timings %s %s ' "$key" "$id"; cat "$g/timings.json"; fi
    for l in "$g"/*; do
      if [ -L "$l" ]; then echo "link $key $id \${l##*/} $(readlink "$l")"; fi
    done
  done
done
`;

/** Everything the store knows about its images and generations, as `image|checked|environment|current|…` lines. */
export const scanStore = sh`${common}${scanBody}`;

/** FOLDER…: `bytes <n>` for each, in order; `bytes -` for what is not there. */
export const diskUsage = sh`${common}
for folder; do
  if [ -d "$folder" ]; then echo "bytes $(disk_bytes "$folder")"; else echo 'bytes -'; fi
done
`;

/** OPERATION: ends what an earlier life of the engine left running in this container for the operation. */
export const settleOperation = sh`${common}
alive() {
  for process in /proc/[0-9]*; do
    if tr '\0' '\n' 2>/dev/null <"$process/environ" | grep -qxF "GOLDEN_OPERATION=$1"; then echo "\${process#/proc/}"; fi
  done
}
round=0
while [ $round -lt 100 ]; do
  ids=$(alive "$1")
  [ -n "$ids" ] || break
  kill -9 $ids 2>/dev/null || true
  round=$((round + 1))
  sleep 0.1 2>/dev/null || sleep 1
done
`;

/** KEY GENERATION TIMINGS-JSON WORK: what is left to do after a switch, and a fresh scan. */
export const finishSwitch = sh`${common}
put "env/$1/gen-$2/timings.json" "$3"
rm -rf "work/$4"
${scanBody}`;

/**
 * MINUTES OPERATION…: what operations that are over left behind, unless it is younger than that or belongs to one of
 * these. Prints `swept <path>`.
 */
export const sweepStore = sh`${common}
minutes=$1
shift
for path in images/.partial-* work/* trash/* .probe-*; do
  [ -e "$path" ] || continue
  for id; do case $path in *"$id"*) continue 2 ;; esac; done
  [ -n "$(find "$path" -maxdepth 0 -cmin "+$minutes" -print)" ] || continue
  rm -rf "$path"
  echo "swept $path"
done
`;

/** ID: the finished image takes its place. Before: no image. After: a whole one. And a fresh scan. */
export const publishImage = sh`${common}
if [ ! -f "images/$1/manifest.json" ]; then
  [ -f "images/.partial-$1/manifest.json" ]
  flush "images/.partial-$1"
  mv -T "images/.partial-$1" "images/$1"
fi
persist images
rm -rf "work/$1" "work/$1-adopted"
${scanBody}`;
