FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json .rolldown.config.mjs ./
COPY src ./src
RUN npm run build

FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24-bookworm-slim
LABEL org.opencontainers.image.title="livedesk-contact-sync" \
      org.opencontainers.image.description="Bulk CSV/JSONL contact sync worker for EngageLab LiveDesk" \
      org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
# Run directories and the state go to /data/runs; a volume mounted there must be writable by this uid.
RUN install -d -o 10001 -g 10001 /data /data/runs
WORKDIR /data
USER 10001:10001
# `node` itself is the process: signals reach it and its exit code is the container's.
ENTRYPOINT ["node", "/app/dist/main.js"]
CMD ["--help"]
