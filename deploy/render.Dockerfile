# One render worker: takes requests off the queue and paints. PyTorch's own wheels bring CUDA; the host needs only its driver.
#   docker build -f deploy/render.Dockerfile -t haikei-render .
FROM nvidia/cuda:13.0.3-base-ubuntu24.04 AS python
# Ubuntu's 24.04 archive keeps Python at 3.12; its security fixes are wanted, so its patch version is not pinned.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*

FROM python AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY integration integration
COPY render_service render_service
COPY hooks hooks
RUN python3 -m venv /opt/haikei \
    && /opt/haikei/bin/pip install --no-cache-dir --disable-pip-version-check '.[render,postgres]'

FROM python
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /var/lib/haikei haikei \
    && install --directory --owner haikei --group haikei --mode 0750 /var/lib/haikei /var/lib/haikei/media
COPY --from=build /opt/haikei /opt/haikei
ENV PATH=/opt/haikei/bin:$PATH \
    PYTHONSAFEPATH=1 \
    PYTHONUNBUFFERED=1 \
    HF_HUB_OFFLINE=1 \
    HAIKEI_STATE_FOLDER=/var/lib/haikei
USER 10001:10001
WORKDIR /var/lib/haikei
# A worker that fails exits and is started again; what it held goes back to the queue. There is nothing more to ask it.
HEALTHCHECK NONE
ENTRYPOINT ["haikei"]
CMD ["worker", "--settings", "/etc/haikei/haikei.toml"]
