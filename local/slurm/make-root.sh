#!/bin/bash
# make-root.sh ROOT SUITE PACKAGES: a root of another Debian release, laid down in ROOT unless it is there; root only.
# Whoever comes while another makes it waits, and a root that is there is whole: it gets its name when it is finished.
set -euo pipefail
root=$1 suite=$2 packages=$3
[ -d "$root" ] && exit 0

mkdir -p "$(dirname "$root")"
exec 9>"$root.lock"
flock 9
[ -d "$root" ] && exit 0

if ! command -v mmdebstrap >/dev/null || ! command -v gpg >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install --yes -qq --no-install-recommends mmdebstrap gpg
fi
# The mirror that this machine's own packages come from.
mirror=$(apt-get indextargets --format '$(CREATED_BY)|$(ORIGIN)|$(CODENAME)|$(COMPONENT)|$(REPO_URI)' |
  sed -n "s/^Packages|Debian|$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)|main|//p" | head -1)
if [ -z "$mirror" ]; then
  echo "apt on this machine names no mirror of Debian" >&2
  exit 1
fi

# What a killed run left; mounts below it, if any, belong to others.
rm -rf --one-file-system "$root.unfinished"
mmdebstrap --quiet --variant=minbase --include="$packages" --aptopt='APT::Install-Recommends "false"' \
  "$suite" "$root.unfinished" "$mirror"
rm -rf "$root.unfinished/var/cache/apt/archives" "$root.unfinished/var/lib/apt/lists" "$root.unfinished/usr/share/doc"
mv "$root.unfinished" "$root"
