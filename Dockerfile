# Stage one installs the locked packages; stage two holds them, the source, and nothing to build with.
FROM python:3.13-slim AS build
WORKDIR /app
RUN python -m venv /app/.venv
COPY requirements.lock .
RUN /app/.venv/bin/python -m pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock

FROM python:3.13-slim
RUN useradd --uid 10001 --create-home --home-dir /data tickbell
WORKDIR /app
COPY --from=build /app/.venv /app/.venv
COPY rules rules
COPY handlers handlers
COPY bot bot
USER 10001
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 TICKBELL_DATA_DIR=/data/tickbell
VOLUME /data
ENTRYPOINT ["python", "-m", "bot"]
CMD ["run"]
