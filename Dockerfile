# One image for every part: `api`, `worker` and `migrate` are its commands.
FROM node:22-slim AS page
WORKDIR /source/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci
COPY frontend ./
RUN npm run build

FROM python:3.12-slim AS build
WORKDIR /source
# requirements-otel.lock is the same with OpenTelemetry: docker compose build --build-arg LOCK=requirements-otel.lock
ARG LOCK=requirements.lock
COPY ${LOCK} pyproject.toml README.md ./
RUN python -m venv /opt/spoonfeeder \
 && /opt/spoonfeeder/bin/pip install --no-cache-dir --require-hashes -r ${LOCK}
COPY src ./src
COPY migrations ./migrations
COPY --from=page /source/src/spoonfeeder/web/dist ./src/spoonfeeder/web/dist
RUN /opt/spoonfeeder/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.12-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/spoonfeeder --create-home spoonfeeder
COPY --from=build /opt/spoonfeeder /opt/spoonfeeder
ENV PATH=/opt/spoonfeeder/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HOST=0.0.0.0 \
    PORT=3001 \
    SPOONFEEDER_HOME=/var/lib/spoonfeeder \
    LOG_FORMAT=json
WORKDIR /var/lib/spoonfeeder
USER spoonfeeder
VOLUME /var/lib/spoonfeeder
EXPOSE 3001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:3001/api/health/live', timeout=2)"]
ENTRYPOINT ["spoonfeeder"]
CMD ["api"]
