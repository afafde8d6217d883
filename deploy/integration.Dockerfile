# The integration: follows the tracker, keeps the record. No PyTorch, no GPU.
#   docker build -f deploy/integration.Dockerfile -t haikei-integration .
FROM python:3.12.12-slim-bookworm AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY integration integration
COPY render_service render_service
COPY hooks hooks
RUN python -m venv /opt/haikei \
    && /opt/haikei/bin/pip install --no-cache-dir --disable-pip-version-check '.[postgres,ftrack]'

FROM python:3.12.12-slim-bookworm
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /var/lib/haikei haikei \
    && install --directory --owner haikei --group haikei --mode 0750 /var/lib/haikei /var/lib/haikei/media
COPY --from=build /opt/haikei /opt/haikei
ENV PATH=/opt/haikei/bin:$PATH \
    PYTHONSAFEPATH=1 \
    PYTHONUNBUFFERED=1 \
    HAIKEI_STATE_FOLDER=/var/lib/haikei \
    HAIKEI_RENDER__WORKERS=0
USER 10001:10001
WORKDIR /var/lib/haikei
HEALTHCHECK --interval=60s --timeout=20s --start-period=60s CMD ["haikei", "status", "--settings", "/etc/haikei/haikei.toml", "--json"]
ENTRYPOINT ["haikei"]
CMD ["up", "--settings", "/etc/haikei/haikei.toml"]
