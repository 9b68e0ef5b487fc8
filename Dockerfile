# Spark Control in a container: docker build -t spark-control . (or docker buildx build --platform
# linux/amd64,linux/arm64 …). Nothing in it is native but Node, so the build stage runs on the
# builder's own architecture whatever is built.

# Node 24 and Debian 12, each by the digest of its multi-arch index: the same inputs for everyone.
ARG NODE_IMAGE=node:24-bookworm-slim@sha256:6f7b03f7c2c8e2e784dcf9295400527b9b1270fd37b7e9a7285cf83b6951452d
ARG DEBIAN_IMAGE=debian:bookworm-slim@sha256:96e378d7e6531ac9a15ad505478fcc2e69f371b10f5cdf87857c4b8188404716

# BuildKit sets BUILDPLATFORM; the classic builder, which tests use, does not know it.
FROM --platform=${BUILDPLATFORM:-linux/amd64} ${NODE_IMAGE} AS build
WORKDIR /build
ENV npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false
COPY . .
ARG SOURCE_DATE_EPOCH=0
# First everything, to compile; then what the controller imports at run time, both by the lock file.
# Optional are a Node, which the base has, and native speed-ups, which need a compiler. Times are the last
# thing in which two builds of one commit would differ. One layer: half a gigabyte of tools is in none.
RUN npm ci --ignore-scripts \
  && node packaging/npm/build.ts && mv dist/npm /app \
  && npm ci --omit=dev --omit=optional --ignore-scripts && rm -r "$HOME/.npm" \
  && find node_modules -name '*.map' -delete -o -name '*.?ts' -delete -o -name '*.ts' -delete \
  && rm node_modules/.package-lock.json && mv node_modules LICENSE /app \
  && find /app -exec touch --no-dereference --date="@${SOURCE_DATE_EPOCH}" {} +

FROM ${NODE_IMAGE} AS node

FROM ${DEBIAN_IMAGE}
ARG VERSION=1.0.0
LABEL org.opencontainers.image.title="Spark Control" \
  org.opencontainers.image.description="The control plane for one to a dozen GPU boxes." \
  org.opencontainers.image.licenses="MIT" \
  org.opencontainers.image.version="${VERSION}"
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=build /app /app
# No shell to log in with. The name is for programs that look themselves up.
RUN echo 'spark:x:1000:1000:Spark Control:/data:/usr/sbin/nologin' >> /etc/passwd \
  && echo 'spark:x:1000:' >> /etc/group && mkdir -m 700 /data && chown 1000:1000 /data
USER 1000:1000
# One arena of malloc: many would keep some tens of MB apart for threads that hardly allocate.
ENV NODE_ENV=production SPARK_CONTROL_DATA=/data MALLOC_ARENA_MAX=1
WORKDIR /data
VOLUME /data
EXPOSE 9999
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9999/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "/app/core/main.js"]
CMD ["start", "--host", "0.0.0.0", "--port", "9999"]
