#!/bin/bash
# Amazon's installer for Elastic Fabric Adapters: driver, libfabric, and Open MPI in /opt/amazon. It does nothing on a
# machine without an adapter. EFA_VERSION: a release such as 1.47.0, or latest.
set -euo pipefail

host=https://efa-installer.amazonaws.com
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-start.html
fingerprint=4E9091BCBB97A96B26B15E59A05480B1DD2D3CCC

work=$(mktemp --directory)
trap 'rm -rf "$work"' EXIT
cd "$work"

archive=aws-efa-installer-$EFA_VERSION.tar.gz
for file in aws-efa-installer.key "$archive" "$archive.sig"; do
  curl --fail --silent --show-error --retry 5 --retry-connrefused --remote-name "$host/$file"
done

export GNUPGHOME=$work/keys
mkdir --mode 0700 "$GNUPGHOME"
gpg --batch --quiet --import aws-efa-installer.key
# The fingerprint at the end of the line is that of the primary key.
if ! gpg --batch --status-fd 1 --verify "$archive.sig" "$archive" 2> gpg.log | grep "^\[GNUPG:\] VALIDSIG .*$fingerprint\$" > /dev/null; then
  printf 'The installer for Elastic Fabric Adapters is not signed by %s.\n' "$fingerprint" >&2
  cat gpg.log >&2
  exit 1
fi
gpgconf --kill all

tar --extract --file "$archive"
cd aws-efa-installer
./efa_installer.sh --yes

# Steps of jobs have a PATH of their own, without /opt. By its whole name mpirun finds its daemons on the other nodes, too.
# Nobody is on a node but root, for whom mpirun asks to be told twice.
for command in mpicc mpirun; do
  [ -x "/opt/amazon/openmpi/bin/$command" ] || { echo "The installer $EFA_VERSION for Elastic Fabric Adapters has no /opt/amazon/openmpi/bin/$command." >&2; exit 1; }
done
for command in mpicc mpicxx mpifort mpirun mpiexec ompi_info; do
  [ -x "/opt/amazon/openmpi/bin/$command" ] || continue
  printf '#!/bin/sh\nexport OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1\nexec /opt/amazon/openmpi/bin/%s "$@"\n' "$command" > "/usr/local/bin/$command"
  chmod 0755 "/usr/local/bin/$command"
done
