#!/bin/sh
# Installs what the peers need, on Debian and its relatives; skips what is there.
set -eu
packages="g++ libopenblas-dev libdnnl-dev libsleef-dev libeigen3-dev python3-torch python3-numpy"
command -v apt-get >/dev/null || {
	echo "install.sh: no apt-get here; install the like of: $packages" >&2
	exit 1
}
missing=
for p in $packages; do
	dpkg-query -W -f '${Status}' "$p" 2>/dev/null | grep -q 'ok installed' || missing="$missing $p"
done
[ -n "$missing" ] || exit 0
root=
[ "$(id -u)" = 0 ] || root=sudo
$root apt-get update
$root apt-get install -y --no-install-recommends $missing
