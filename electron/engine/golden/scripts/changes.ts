import { common, sh } from './common.ts';

/**
 * WORK [FOLDER IMAGE]…: how FOLDER differs from IMAGE, both trees; IMAGE may be empty text. Files are compared by
 * existence, time and size, as a service may be writing them. Prints `differs <bytes> <files> <gone>` for each: what lies
 * in files that are new or changed, how many those are, and how many files of the image are no more.
 */
export const measureChanges = sh`${common}
work=$PWD/work/$1
shift
rm -rf "$work"
mkdir -p "$work"
# sum LIST: bytes and number of the files in it, without the holes of sparse ones. Those that went meanwhile count as none.
sum() {
  sum=0 number=0
  xargs -0 -r stat -c '%s %b %B' -- <"$1" 2>/dev/null >"$work/sizes" || true
  while read -r size blocks unit; do
    used=$((blocks * unit))
    if [ "$used" -lt "$size" ]; then size=$used; fi
    sum=$((sum + size)) number=$((number + 1))
  done <"$work/sizes"
}
count() { tr -cd '\0' <"$1" | wc -c; }
while [ $# -gt 0 ]; do
  from=$1 image=$2
  case $image in '' | /*) ;; *) image=$PWD/$image ;; esac
  if [ ! -d "$from" ]; then echo 'differs 0 0 0'; shift 2; continue; fi
  if [ -z "$image" ] || [ ! -d "$image" ]; then
    (cd -- "$from" && find . -type f -print0 >"$work/changed" 2>/dev/null) || true
    gone=0
  else
    (
      cd -- "$from"
      find . -type f -print0 2>/dev/null | tee "$work/now" | xargs -0 -r sh -c '
        to=$1; shift
        for p; do
          t=$to/$p
          if [ ! -f "$t" ] || [ -L "$t" ]; then printf "%s\0" "$p"
          elif [ "$p" -nt "$t" ] || [ "$p" -ot "$t" ]; then printf "%s\0" "$p"
          fi
        done' sh "$image" >"$work/changed"
    ) || true
    (cd -- "$image" && find . -type f -print0) | (cd -- "$from" && xargs -0 -r sh -c '
      for p; do if [ ! -f "$p" ] || [ -L "$p" ]; then printf "%s\0" "$p"; fi; done' sh) >"$work/gone"
    gone=$(count "$work/gone")
  fi
  (cd -- "$from" && sum "$work/changed" && echo "differs $sum $number $gone")
  shift 2
done
rm -rf "$work"
`;
