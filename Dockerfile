# Build: the locked dependencies and the collected static files.
FROM python:3.13-slim AS build
WORKDIR /app
RUN python -m venv /venv
COPY requirements.txt .
RUN /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
RUN SECRET_KEY=only-for-collecting-static-files-while-the-image-is-built /venv/bin/python manage.py collectstatic --noinput

# Run: no compiler, no pip cache, no root, and nothing to write but /tmp and /data.
FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOST=0.0.0.0 PORT=8000 \
    DATABASE_URL=sqlite:////data/db.sqlite3 BACKUP_FOLDER=/data
# pg_dump and pg_restore, for `manage.py backup` and `restore`.
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin guide \
    && install -d -o guide /data
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
USER guide
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=2)"]
# It only serves: `python manage.py migrate` and `load_guide` run once before it (compose.yaml).
CMD ["gunicorn", "--config", "roleguide/gunicorn.conf.py"]
