import { common, sh } from './common.ts';

/** WAY TICK WORK [SOURCE DESTINATION]…: copies, from scratch, what holds still; prints `progress <index> <bytes>`. */
export const copyTrees = sh`${common}
way=$1 tick=$2 live=0 errors=work/$3/errors
mkdir -p "work/$3"
shift 3
index=0
while [ $# -gt 0 ]; do
  rm -rf -- "$2"
  mkdir -p -- "\${2%/*}"
  copy_tree "$1" "$2" "$index"
  index=$((index + 1))
  shift 2
done
`;

/**
 * WAY TICK WORK [SOURCE DESTINATION]…: a first copy of what changes meanwhile. A mark two seconds back is set for the
 * passes that follow; dirty pages are written after it, so that later stores to mapped files count as changes.
 */
export const copyAhead = sh`${common}
way=$1 tick=$2 live=1 work=work/$3 errors=work/$3/errors
shift 3
rm -rf "$work"
mkdir -p "$work"
touch -d "@$(($(date +%s) - 2))" "$work/mark"
index=0
while [ $# -gt 0 ]; do
  flush "$1"
  rm -rf -- "$2"
  mkdir -p -- "\${2%/*}"
  copy_tree "$1" "$2" "$index"
  index=$((index + 1))
  shift 2
done
`;

/** FOLDER…: writes their file systems' dirty pages. */
export const flushFolders = sh`${common}
for folder; do flush "$folder"; done
`;

/** WORK: the operation's lists and marks go. */
export const endWork = sh`${common}
rm -rf "work/$1"
`;

const catchUp = sh`
# catch_up SOURCE DESTINATION: makes DESTINATION, an earlier copy, equal to SOURCE again.
# Changed is what has a newer change time than the mark (renames count), another time than its copy, or no copy,
# and everything in a folder that may have been renamed.
catch_up() {
  from=$1 to=$2
  case $from in /*) ;; *) from=$PWD/$from ;; esac
  case $to in /*) ;; *) to=$PWD/$to ;; esac
  mark=$PWD/$work/mark list=$PWD/$work/changed
  if [ "$grade" = full ]; then
    newer="-cnewer $mark"
  else
    newer="-cmin -$((($(date +%s) - $(stat -c %Y "$mark")) / 60 + 2))"
  fi
  if [ "$way" = reflink ]; then clone=--reflink=always; else clone=; fi
  cd -- "$to"
  find . -mindepth 1 -depth -print0 | xargs -0 -r sh -c '
    from=$1; shift
    for p; do
      s=$from/$p
      if [ -d "$p" ] && [ ! -L "$p" ]; then
        if [ ! -d "$s" ] || [ -L "$s" ]; then printf "%s\0" "$p"; fi
      elif { [ ! -e "$s" ] && [ ! -L "$s" ]; } || { [ -d "$s" ] && [ ! -L "$s" ]; }; then printf "%s\0" "$p"
      fi
    done' sh "$from" | xargs -0 -r rm -rf --
  cd -- "$from"
  # A folder that was renamed takes old files to another place, and a second rename hides that. Both leave a new change
  # time on the folder and a new time on its parent: such a folder is copied again as a whole.
  find . -mindepth 1 -type d $newer -print0 | xargs -0 -r sh -c '
    mark=$1; shift
    for p; do
      if [ "\${p%/*}" -nt "$mark" ]; then printf "%s\0" "$p"; fi
    done' sh "$mark" | (cd -- "$to" && xargs -0 -r rm -rf --)
  find . -mindepth 1 -type d -print0 | (cd -- "$to" && xargs -0 -r mkdir -p --)
  {
    find . ! -type d $newer -print0
    find . ! -type d -print0 | xargs -0 -r sh -c '
      to=$1; shift
      for p; do
        t=$to/$p
        if [ -L "$p" ]; then [ -L "$t" ] || printf "%s\0" "$p"
        elif [ ! -e "$t" ] || [ -L "$t" ] || [ "$p" -nt "$t" ] || [ "$p" -ot "$t" ]; then printf "%s\0" "$p"
        fi
      done' sh "$to"
  } | sort -z -u >"$list"
  (cd -- "$to" && xargs -0 -r rm -rf -- <"$list")
  if [ "$grade" = full ]; then
    xargs -0 -r sh -c 'to=$1 clone=$2; shift 2; cp -a $clone --parents -- "$@" "$to"' sh "$to" "$clone" <"$list"
  else
    # Without --parents each file goes by itself: hard links among what changed become files of their own.
    xargs -0 -r sh -c 'to=$1 clone=$2; shift 2; for p; do cp -a $clone -- "$p" "$to/\${p%/*}/"; done' sh "$to" "$clone" <"$list"
  fi
  {
    find . -type d $newer -print0
    find . -type d -print0 | xargs -0 -r sh -c '
      to=$1; shift
      for p; do
        if [ "$p" -nt "$to/$p" ] || [ "$p" -ot "$to/$p" ]; then printf "%s\0" "$p"; fi
      done' sh "$to"
  } | sort -z -u | xargs -0 -r sh -c '
    to=$1; shift
    for p; do
      set -- $(stat -c "%u %g %a" "$p")
      chown "$1:$2" "$to/$p"
      chmod "$3" "$to/$p"
      touch -r "$p" "$to/$p"
    done' sh "$to"
  cd /store
}
`;

/**
 * WAY GRADE LIVE WORK [SOURCE DESTINATION]…: brings earlier copies up to date; prints `changed <files>`. With LIVE=0
 * the sources hold still: they are listed too, for `compareTrees`.
 */
export const catchUpTrees = sh`${common}${catchUp}
way=$1 grade=$2 live=$3 work=work/$4 errors=$PWD/work/$4/errors
shift 4
index=0 count=0
touch -d "@$(($(date +%s) - 2))" "$work/next-mark"
if [ "$live" = 1 ]; then flush "$work"; fi
while [ $# -gt 0 ]; do
  if [ "$live" = 1 ]; then
    (catch_up "$1" "$2") 2>"$errors" || only_full "$errors"
    only_full "$errors"
  else
    catch_up "$1" "$2"
    list_tree "$1" "$work/source-$index"
  fi
  if [ -f "$work/changed" ]; then
    cat "$work/changed" >>"$work/changed-$index"
    count=$((count + $(tr -cd '\0' <"$work/changed" | wc -c)))
  fi
  index=$((index + 1))
  shift 2
done
mv -f "$work/next-mark" "$work/mark"
echo "changed $count"
`;

/** WORK [DESTINATION]…: what the sources had when they were listed must be there exactly. Prints `differs <index> <part>`. */
export const compareTrees = sh`${common}
work=work/$1
shift
index=0
for folder; do
  list_tree "$folder" "$work/copy-$index"
  for part in names stats; do
    cmp -s "$work/source-$index.$part" "$work/copy-$index.$part" || echo "differs $index $part"
  done
  index=$((index + 1))
done
`;

/** [SOURCE FOLDER]…: the content of SOURCE takes the place of FOLDER's, in place: for volumes that are not in the store. */
export const replaceContents = sh`${common}
while [ $# -gt 0 ]; do
  find "$2" -mindepth 1 -maxdepth 1 -print0 | xargs -0 -r rm -rf --
  cp -a -- "$1/." "$2/"
  # Some cp do not give an existing folder the attributes of the source.
  owner=$(stat -c '%u:%g' "$1") mode=$(stat -c '%a' "$1")
  chown "$owner" "$2"
  chmod "$mode" "$2"
  touch -r "$1" "$2"
  flush "$2"
  shift 2
done
`;
