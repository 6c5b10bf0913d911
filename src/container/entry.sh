#!/bin/sh
# The image's entry. Volumes often belong to root: on Railway, and where a folder of the host is mounted. Started as
# root, this gives them to the user node, and then gives root up for good. Started as anybody else, it changes nothing.
set -eu

give_to_node() {
  [ -d "$1" ] || return 0 # what is missing the bot names itself, with the remedy
  set -- "$(realpath "$1")"
  [ "$(stat -c %u "$1")" = 0 ] || return 0
  [ "$(findmnt -no TARGET --target "$1")" != / ] || return 0 # a part of the image, no volume
  if ! chown root "$1" 2>/dev/null; then # changes nothing, and fails where nothing can be given away
    echo "The volume at $1 belongs to root, and cannot be given to the user node."
    return 0
  fi
  echo "The volume at $1 belongs to root. Giving it to the user node (uid $(id -u node))."
  # Once, as the folder itself comes last. Where it cannot be done, the bot says what it may not do, and the remedy.
  find "$1" -xdev -depth -user root -exec chown -h node:node {} + || true
  [ "$(stat -c %u "$1")" != 0 ] || echo "The volume at $1 stays with root."
}

[ $$ != 1 ] || set -- tini -- "$@" # passes signals on from the first moment, and reaps what Git leaves behind
if [ "$(id -u)" = 0 ]; then
  database=${DATABASE_URL:-}
  database=${database#*:}
  database=${database%%\?*}
  for folder in /app/data /app/chromadb_data "${RAILWAY_VOLUME_MOUNT_PATH:-}" "${DATA_DIR:-}" \
    "${database:+$(dirname "$database")}" "${CHROMADB_PERSIST_DIRECTORY:-}" "${BACKUP_DIRECTORY:-}"; do
    give_to_node "$folder"
  done
  export HOME=/home/node
  set -- setpriv --reuid=node --regid=node --init-groups --inh-caps=-all --no-new-privs "$@"
fi
exec "$@"
