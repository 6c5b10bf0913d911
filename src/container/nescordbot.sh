#!/bin/sh
# `docker exec CONTAINER nescordbot …`: the shell commands, as the user that the bot is.
exec /app/src/container/entry.sh node /app/src/cli/main.ts "$@"
