FROM python:3.11-slim

# Where pip finds PyTorch. The default index gives a build with several gigabytes of GPU
# libraries; PyTorch's own index of CPU builds gives a small one:
#   docker build --build-arg TORCH_INDEX_URL=<index of CPU wheels> -t daviedka .
ARG TORCH_INDEX_URL=""

ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    DAVIEDKA_DATA_DIR=/data \
    DAVIEDKA_CACHE_DIR=/opt/daviedka/cache

RUN pip install ${TORCH_INDEX_URL:+--index-url "$TORCH_INDEX_URL"} torch==2.13.0

WORKDIR /opt/daviedka/source
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY corpus corpus
COPY index index
COPY bot bot
RUN pip install --constraint constraints.txt .

RUN useradd --create-home --uid 10001 daviedka \
    && install --directory --owner daviedka /data /opt/daviedka/cache
USER daviedka
WORKDIR /home/daviedka

# The model is built here, so that a container starts without it.
RUN DAVIEDKA_DATA_DIR=/tmp/empty daviedka sync && rm -r /tmp/empty

VOLUME /data
ENTRYPOINT ["daviedka"]
CMD ["run"]
