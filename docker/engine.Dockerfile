# The embedded engine: no GPU, no NVIDIA software. Built and run by tests/cluster/podman_pod.sh, on a base image made by
# debootstrap where there is no registry.
#
#   docker build --file docker/engine.Dockerfile --tag replicant:engine .
#   docker run --rm --volume "$PWD/_out:/data" replicant:engine run --scenario tabletop --out /data/tabletop
FROM debian:12-slim

RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates git libatomic1 python3 python3-venv \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 1234 --create-home replicant \
 && install --directory --owner=1234 --group=1234 /replicant /data

USER 1234:1234
WORKDIR /replicant
COPY --chown=1234:1234 . /replicant
RUN ./launch.sh setup-run
ENV PYTHONDONTWRITEBYTECODE=1
VOLUME ["/data"]
ENTRYPOINT ["/replicant/launch.sh"]
CMD ["help"]
