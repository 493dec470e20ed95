#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds stock and patched wrk side by side, as the role does, for the wrk_*.py benchmarks.
set -eu

usage="usage: wrk_build.sh SOURCE TARGET
  SOURCE  a tree of wrk: 'apt-get source wrk' or upstream's git, version 4.1.0 or 4.2.0
  TARGET  a new folder; TARGET/stock/wrk and TARGET/patched/wrk are made"
[ $# -eq 2 ] || { echo "$usage" >&2; exit 2; }

source=$(realpath "$1")
role_files=$(realpath "$(dirname "$0")/../roles/wrk/files")
mkdir "$2"
cd "$2"

cp -R "$source" stock
cp -R "$source" patched
patch -d patched -s -p1 --fuzz=0 < "$role_files/hooks.diff"
cp "$role_files"/src/* patched/src/

for tree in stock patched; do
    rm -f "$tree"/obj/*.o
    make -s -C "$tree" WITH_LUAJIT=/usr WITH_OPENSSL=/usr VER=benchmark
    echo "$PWD/$tree/wrk"
done
