# syntax=docker/dockerfile:1

# Intended for linux/amd64 (on other machines: docker build --platform=linux/amd64). There is no
# pysqlite3 wheel for Linux on ARM, and Parley refuses to use the older SQLite in the image. With
# PostgreSQL only, it runs on ARM too.
ARG PYTHON_VERSION=3.13

# --- build: the complete environment in /opt/parley
FROM python:${PYTHON_VERSION}-slim AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ROOT_USER_ACTION=ignore

WORKDIR /src

# Dependencies rarely change, so they have a layer of their own.
COPY constraints.txt constraints-build.txt ./
RUN python -m venv /opt/parley \
    && /opt/parley/bin/pip install --require-hashes --requirement constraints.txt \
    && pip install --require-hashes --requirement constraints-build.txt

COPY pyproject.toml README.md LICENSE ./
COPY app ./app
COPY migrations ./migrations
COPY seed_data ./seed_data
RUN pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
    && /opt/parley/bin/pip install --no-deps --no-index /wheels/*.whl \
    && /opt/parley/bin/python -m compileall -q /opt/parley/lib

# --- run: the environment, and a user who owns only the data
FROM python:${PYTHON_VERSION}-slim

RUN groupadd --system --gid 10001 parley \
    && useradd --system --uid 10001 --gid parley --no-create-home --home-dir /data parley \
    && install --directory --owner parley --group parley /data

COPY --from=build /opt/parley /opt/parley

ENV PATH=/opt/parley/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PARLEY_HOST=0.0.0.0 \
    PARLEY_PORT=8000 \
    PARLEY_DATABASE_URL=sqlite:////data/parley.sqlite3

WORKDIR /data
VOLUME /data
EXPOSE 8000
# Numeric, so that the host can verify that it is not root.
USER 10001:10001

HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['PARLEY_PORT'] + '/healthz', timeout=4)"]

CMD ["parley", "serve"]
