# The program as an image:
#   docker build -t upmem-des .
#   docker run --rm -v "$PWD:/work" upmem-des run llama-2-7b_4chip.yaml
# Made on the Debian that it runs on, as its packages.
ARG DEBIAN=13

FROM debian:${DEBIAN} AS build
COPY . /src
WORKDIR /src
RUN scripts/make-packages

FROM debian:${DEBIAN}-slim
RUN --mount=type=bind,from=build,source=/src/build/packages,target=/packages \
    apt-get update -qq && \
    apt-get install -y -qq /packages/upmem-des_*.deb /packages/upmem-des-profiler_*.deb libopenblas0-pthread fonts-dejavu-core && \
    rm -rf /var/lib/apt/lists/*
WORKDIR /work
ENTRYPOINT ["upmem-des"]
CMD ["--help"]
