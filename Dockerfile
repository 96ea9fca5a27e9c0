# One image for web, workers, timer and migrations; docker-compose.yml gives each its command.
FROM python:3.11-slim-bookworm AS base
# What WeasyPrint draws with, and the face of administrative documents.
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz0b libharfbuzz-subset0 fontconfig fonts-liberation \
    && rm -rf /var/lib/apt/lists/* \
    && fc-cache --really-force
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1
WORKDIR /app

FROM base AS build
RUN python -m venv /opt/venv
COPY requirements/production.txt requirements/
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements/production.txt
COPY . .
RUN pybabel --quiet compile --directory locale --domain django \
    && DJANGO_ENV=production ALLOWED_HOSTS=build VAR_DIR=/tmp/var STATIC_ROOT=/app/staticfiles \
        SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(50))')" \
        python manage.py collectstatic --no-input --verbosity 0 \
    && python -m compileall -q /app

FROM base
RUN groupadd --gid 10001 isoportal \
    && useradd --uid 10001 --gid isoportal --no-create-home --shell /usr/sbin/nologin isoportal \
    && install -d -o isoportal -g isoportal -m 0750 /var/lib/isoportal
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
ENV DJANGO_ENV=production \
    VAR_DIR=/var/lib/isoportal \
    STATIC_ROOT=/app/staticfiles \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1
USER isoportal
VOLUME /var/lib/isoportal
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=6s --start-period=30s --retries=3 CMD ["python", "deploy/healthy.py"]
CMD ["gunicorn", "isoportal.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-tmp-dir", "/dev/shm"]
