# Built by Docker, Podman, Buildah and Railway alike: no syntax that only one of them has, and no volume declared,
# because Railway refuses that.
ARG NODE_IMAGE=node:24-trixie-slim

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The image has Node already, and of SQLite it needs this platform's binary alone: no source, no other systems.
RUN npm ci --omit=dev --no-audit --no-fund \
  && rm -rf node_modules/node-linux-* node_modules/.bin/node \
  && cd node_modules/better-sqlite3 \
  && rm -r deps src binding.gyp \
  && find prebuilds -type f ! -name "linux-$(node -p process.arch).node" -delete

FROM ${NODE_IMAGE}
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates git git-lfs tini \
  && apt-get clean \
  && rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log
ENV NODE_ENV=production CLI_COMMAND=nescordbot
# As in src/node.sh: glibc would keep what was freed.
ENV MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=131072 MALLOC_TRIM_THRESHOLD_=131072
WORKDIR /app
RUN mkdir data chromadb_data .cache && chown node:node data chromadb_data .cache
COPY --from=dependencies /app/node_modules node_modules
COPY . .
# Stripped types and compiled code are kept, so that containers start sooner. Node keeps them per user.
RUN src/container/entry.sh env NODE_COMPILE_CACHE=.cache/compile \
    node --max-semi-space-size=2 --input-type=module --eval "await import('./src/app.ts')" \
  && ln -s /app/src/container/nescordbot.sh /usr/local/bin/nescordbot

LABEL org.opencontainers.image.title="NescordBot" \
  org.opencontainers.image.description="A self-hosted knowledge bot for Discord communities: cited answers from your own documents, never lost." \
  org.opencontainers.image.version="0.1.0" \
  org.opencontainers.image.licenses="MIT"
EXPOSE 3000
# Whether the process still answers. What it depends on is for /readyz: no restart brings Discord back.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Starts as root to take over volumes that belong to root, and goes on as the user node.
ENTRYPOINT ["/app/src/container/entry.sh"]
CMD ["node", "--max-semi-space-size=2", "src/main.ts"]
