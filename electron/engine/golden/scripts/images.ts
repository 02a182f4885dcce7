import { common, sh } from './common.ts';

/** IMAGE-FOLDER VOLUME…: lists and hashes each volume; prints `volume <key> <files> <bytes> <disk> <digest>`. */
export const indexImage = sh`${common}
image=$1
shift
mkdir -p "$image/index"
for volume; do
  echo "hashing $volume"
  list_tree "$image/volumes/$volume" "$image/index/$volume"
  hash_tree "$image/volumes/$volume" "$image/index/$volume"
  totals "$image/index/$volume"
  lines=0
  while read -r line; do lines=$((lines + 1)); done <"$image/index/$volume.hashes"
  [ "$lines" = "$files" ]
  echo "volume $volume $files $bytes $(disk_bytes "$image/volumes/$volume") $(digest_of "$image/index/$volume")"
done
`;

/** FOLDER [NAME TEXT]…: writes small files whole, in order. */
export const putFiles = sh`${common}
folder=$1
shift
[ -d "$folder" ]
while [ $# -gt 0 ]; do
  put "$folder/$1" "$2"
  shift 2
done
persist "$folder"
`;

/** ID: forgets a capture that did not come to its end. */
export const dropPartial = sh`${common}
rm -rf "images/.partial-$1" "work/$1" "work/$1-adopted"
`;

/** IMAGE WORK [VOLUME DIGEST]…: reads every byte of an image again. Prints `differs <volume> <part>`. */
export const verifyImage = sh`${common}
image=$1 work=work/$2
shift 2
rm -rf "$work"
mkdir -p "$work"
while [ $# -gt 0 ]; do
  echo "checking $1"
  if [ ! -f "$image/index/$1.hashes" ] || [ "$(digest_of "$image/index/$1")" != "$2" ]; then echo "differs $1 index"
  elif [ ! -d "$image/volumes/$1" ]; then echo "differs $1 names"
  else
    list_tree "$image/volumes/$1" "$work/now"
    if ! cmp -s "$image/index/$1.names" "$work/now.names"; then echo "differs $1 names"
    elif ! cmp -s "$image/index/$1.stats" "$work/now.stats"; then echo "differs $1 stats"
    else
      hash_tree "$image/volumes/$1" "$work/now"
      cmp -s "$image/index/$1.hashes" "$work/now.hashes" || echo "differs $1 hashes"
    fi
  fi
  shift 2
done
rm -rf "$work"
`;

/** ID: an image goes: out of sight with one rename, then away. */
export const removeImage = sh`${common}
if [ -d "images/$1" ]; then
  rm -rf "trash/image-$1"
  mv -T "images/$1" "trash/image-$1"
  persist images
fi
rm -rf "trash/image-$1"
`;
