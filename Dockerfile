# Parley's image: one for the app, the worker and the migration. Two stages, so that pip and its cache stay behind.
FROM python:3.13-slim AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /srv/parley
RUN python -m venv /opt/parley
# The packages first: this layer is kept until the lock file changes.
COPY requirements/run.txt requirements/run.txt
RUN /opt/parley/bin/pip install --require-hashes --requirement requirements/run.txt
COPY pyproject.toml README.md LICENSE ./
COPY alembic alembic
COPY service service
RUN /opt/parley/bin/pip install --no-build-isolation --no-deps --no-index --editable . \
    && python -m compileall -q service alembic

FROM python:3.13-slim

RUN groupadd --gid 10001 parley \
    && useradd --uid 10001 --gid parley --no-create-home --home-dir /nonexistent parley \
    && install -d -o parley -g parley -m 0700 /var/lib/parley
COPY --from=build /opt/parley /opt/parley
COPY --from=build /srv/parley /srv/parley
ENV PATH=/opt/parley/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    PARLEY_BIND=0.0.0.0:8000 PARLEY_DATA_DIR=/var/lib/parley
WORKDIR /srv/parley
USER 10001:10001
EXPOSE 8000
CMD ["parley", "serve"]
