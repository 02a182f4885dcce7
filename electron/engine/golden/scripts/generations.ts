import { common, sh } from './common.ts';

/** KEY ENVIRONMENT-JSON GENERATION GENERATION-JSON: sets e, and makes a first generation where there is none. */
const ensureEnvironment = sh`
e=env/$1
mkdir -p "$e/data"
[ -f "$e/environment.json" ] || put "$e/environment.json" "$2"
if [ ! -L "$e/current" ]; then
  mkdir -p "$e/gen-$3"
  put "$e/gen-$3/generation.json" "$4"
  rm -f "$e/current.next"
  ln -s "gen-$3" "$e/current.next"
  mv -T "$e/current.next" "$e/current"
fi
`;

/**
 * KEY ENVIRONMENT-JSON GENERATION GENERATION-JSON [VOLUME DATA]…: the environment's first generation, if it has none,
 * and an empty place in the current one for each volume that has none.
 */
export const placeVolume = sh`${common}${ensureEnvironment}
g=$e/$(readlink "$e/current")
shift 4
if [ $# -gt 0 ]; then
  while [ $# -gt 0 ]; do
    if [ ! -L "$g/$1" ]; then
      mkdir -p "$e/data/$2"
      ln -s "../data/$2" "$g/$1"
    fi
    [ -d "$g/$1/" ]
    shift 2
  done
  persist "$g"
fi
persist "$e"
`;

/**
 * KEY GENERATION GENERATION-JSON IMAGE WORK WAY TICK SHARED [VOLUME DATA]×SHARED [VOLUME DIGEST DATA]…: a generation made
 * from an image, beside the current one. Links come before data, so that nothing is ever orphaned; its record comes last.
 * Every copy's names and attributes are compared with the image's own list: `differs <volume> <part>`.
 */
export const prepareGeneration = sh`${common}
e=env/$1 g=env/$1/gen-$2 json=$3 image=$4 work=work/$5 way=$6 tick=$7 shared=$8
shift 8
live=0 errors=$work/errors index=0
[ -d "$e/data" ]
# What is current is never made anew, whatever is asked: services may be running on it.
if [ "$(readlink "$e/current")" = "\${g##*/}" ]; then echo "\${g##*/} is current" >&2; exit 1; fi
mkdir -p "$g" "$work"
while [ "$shared" -gt 0 ]; do
  rm -f "$g/$1"
  ln -s "../data/$2" "$g/$1"
  shared=$((shared - 1))
  shift 2
done
while [ $# -gt 0 ]; do
  rm -f "$g/$1"
  ln -s "../data/$3" "$g/$1"
  rm -rf "$e/data/$3"
  if [ "$(digest_of "$image/index/$1")" != "$2" ]; then echo "differs $1 index"; fi
  copy_tree "$image/volumes/$1" "$e/data/$3" "$index"
  list_tree "$e/data/$3" "$work/restored"
  for part in names stats; do
    cmp -s "$image/index/$1.$part" "$work/restored.$part" || echo "differs $1 $part"
  done
  index=$((index + 1))
  shift 3
done
put "$g/generation.json" "$json"
# After a power cut the switch must not be there without the data it leads to.
flush "$e"
`;

const linkOne = sh`
# link_data VOLUME DATA: in the generation $g. Data that a link led to stays with the generation, under
# was-<volume>@<data>: it may be all that is left of a volume that was removed and made anew by hand.
link_data() {
  if [ -L "$g/$1" ]; then
    was=$(readlink "$g/$1"); was=\${was##*/}
    case $was in "$2" | "$1-kept-"*) ;; *) ln -sfn "../data/$was" "$g/was-$1@$was" ;; esac
  fi
  rm -f "$g/$1"
  ln -s "../data/$2" "$g/$1"
}
`;

/** KEY GENERATION [VOLUME DATA]…: adds links to a generation that is there. */
export const linkData = sh`${common}${linkOne}
g=env/$1/gen-$2
shift 2
[ -f "$g/generation.json" ]
while [ $# -gt 0 ]; do
  link_data "$1" "$2"
  shift 2
done
persist "$g"
`;

/**
 * KEY ENVIRONMENT-JSON GENERATION GENERATION-JSON FOLDER [VOLUME DATA]…: what was copied to FOLDER/VOLUME becomes data of
 * the current generation. Run again it finds the work done.
 */
export const takeIn = sh`${common}${linkOne}${ensureEnvironment}
g=$e/$(readlink "$e/current") from=$5
shift 5
while [ $# -gt 0 ]; do
  if [ ! -d "$e/data/$2" ]; then mv -T "$from/$1" "$e/data/$2"; fi
  link_data "$1" "$2"
  shift 2
done
persist "$e/data"
persist "$g"
persist "$e"
`;

/** KEY [VOLUME DATA]…: such data goes again; nothing is bound to it any more. */
export const takeOut = sh`${common}
e=env/$1 key=$1
shift
while [ $# -gt 0 ]; do
  for link in "$e"/gen-*/"$1"; do
    if [ -L "$link" ] && [ "$(readlink "$link")" = "../data/$2" ]; then rm -f "$link"; fi
  done
  if [ -d "$e/data/$2" ]; then
    rm -rf "trash/$key-data-$2"
    mv -T "$e/data/$2" "trash/$key-data-$2"
  fi
  rm -rf "trash/$key-data-$2"
  shift 2
done
`;

/**
 * KEY FROM TO LEFT-JSON forward|back: the switch. One rename changes what every volume of the environment is bound to.
 * Run again it finds the work done. Going back needs no room: not even a full store keeps the services stopped.
 */
export const switchGeneration = sh`${common}
e=env/$1
[ -f "$e/gen-$3/generation.json" ]
now=$(readlink "$e/current")
if [ "$now" != "gen-$3" ]; then
  if [ "$now" != "gen-$2" ]; then echo "$now is current, not gen-$2" >&2; exit 1; fi
  put "$e/gen-$2/left.json" "$4" || [ "$5" = back ]
  rm -f "$e/current.next"
  ln -s "gen-$3" "$e/current.next"
  mv -T "$e/current.next" "$e/current"
fi
persist "$e"
rm -f "$e/gen-$3/left.json"
echo "current $(readlink "$e/current")"
`;

/** KEY GENERATION…: removes generations that are not current, and the data that no generation links any more. */
export const dropGenerations = sh`${common}
e=env/$1 key=$1
shift
if [ -d "$e" ]; then
  for id; do
    if [ -d "$e/gen-$id" ] && [ "$(readlink "$e/current")" != "gen-$id" ]; then
      rm -rf "trash/$key-gen-$id"
      mv -T "$e/gen-$id" "trash/$key-gen-$id"
    fi
  done
  for data in "$e"/data/*; do
    [ -d "$data" ] || continue
    used=0
    for link in "$e"/gen-*/*; do
      if [ -L "$link" ] && [ "$(readlink "$link")" = "../data/\${data##*/}" ]; then used=1; break; fi
    done
    if [ "$used" = 0 ]; then
      rm -rf "trash/$key-data-\${data##*/}"
      mv -T "$data" "trash/$key-data-\${data##*/}"
    fi
  done
fi
rm -rf "trash/$key-gen-"* "trash/$key-data-"*
`;

/** KEY [VOLUME]…: removes these volumes' data from every generation; the whole environment when none is left. */
export const discardVolumes = sh`${common}
e=env/$1 key=$1
shift
if [ -d "$e" ]; then
  for volume; do
    for g in "$e"/gen-*; do
      for link in "$g/$volume" "$g/was-$volume@"*; do
        [ -L "$link" ] || continue
        data=$(readlink "$link"); data=\${data##*/}
        rm -f "$link"
        if [ -d "$e/data/$data" ]; then
          rm -rf "trash/$key-data-$data"
          mv -T "$e/data/$data" "trash/$key-data-$data"
        fi
      done
    done
  done
  left=0
  for link in "$e"/gen-*/*; do if [ -L "$link" ]; then left=1; break; fi; done
  if [ "$left" = 0 ]; then
    rm -rf "trash/$key-env"
    mv -T "$e" "trash/$key-env"
  fi
  flush env
fi
rm -rf "trash/$key-data-"* "trash/$key-env"
`;
