# The steps are the make targets, so that they are tested without a container engine.
FROM python:3.13-slim
RUN apt-get update && apt-get install -y --no-install-recommends make && rm -rf /var/lib/apt/lists/*
RUN useradd --create-home --uid 10001 sigurt
WORKDIR /srv/sigurt
COPY Makefile pyproject.toml requirements.lock ./
RUN make setup
COPY . .
RUN mkdir -p var && chown sigurt:sigurt var && chmod 700 var
USER sigurt
ENV HOST=0.0.0.0 PORT=8000
EXPOSE 8000
VOLUME /srv/sigurt/var
HEALTHCHECK CMD ["/srv/sigurt/.venv/bin/python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=3)"]
CMD ["make", "run"]
