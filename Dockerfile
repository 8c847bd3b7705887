# The probe's image; docs/image.md tells how to build and verify it. `make image` gives the arguments.
ARG BASE=docker.io/library/debian:trixie-slim

FROM ${BASE} AS build
ARG SOURCE_DATE_EPOCH=0
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_QUIET=1 PIP_ROOT_USER_ACTION=ignore
# A certificate authority for a build behind a TLS-inspecting proxy: the secret `ca`, or a volume at /run/ca.crt.
RUN export DEBIAN_FRONTEND=noninteractive && \
    apt-get --quiet --quiet update && \
    apt-get --quiet --quiet --yes upgrade && \
    apt-get --quiet --quiet --yes --no-install-recommends install \
        ca-certificates python3.13 python3-pip python3-setuptools
WORKDIR /build
COPY requirements/runtime.txt requirements/
# --platform any: a package that is not pure Python has no such wheel, and the build ends here.
RUN --mount=type=secret,id=ca,target=/run/ca.crt \
    if [ -s /run/ca.crt ]; then export PIP_CERT=/run/ca.crt; fi && \
    python3.13 -m pip install --no-compile --no-deps \
        --require-hashes --only-binary :all: --platform any --implementation py --abi none \
        --target /site --report /packages.json --requirement requirements/runtime.txt
COPY pyproject.toml README.md LICENSE ./
COPY probe probe
# Debian's setuptools builds the wheel: nothing is fetched that the lock does not pin.
RUN python3.13 -m pip wheel --no-deps --no-index --no-build-isolation --wheel-dir /wheel . && \
    python3.13 -m pip install --no-compile --no-deps --no-index --target /site /wheel/*.whl
COPY image image
COPY tools/__init__.py tools/
COPY tools/image tools/image
RUN PYTHONHASHSEED=0 python3.13 -m tools.image.rootfs /rootfs

FROM scratch
ARG VERSION
ARG REVISION
ARG CREATED
LABEL org.opencontainers.image.title="aws-credential-probe" \
      org.opencontainers.image.description="Walks the AWS credential chain inside a pod and says exactly where it breaks" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}"
COPY --from=build /rootfs/ /
# Nothing else: the probe reads its environment as evidence, and must find there what the pod was given.
ENV PATH=/usr/bin
USER 65532:65532
ENTRYPOINT ["/usr/bin/probe"]
