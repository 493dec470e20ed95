#!/bin/bash
# Build wrk and put it into a directory of its own; needs no root.
# Usage: build-wrk.sh debian|git|FOLDER DIRECTORY REPOSITORY@VERSION [PATCH]
# FOLDER is a source tree that is there already; a build leaves its own as DIRECTORY/source.
# PATCH is the folder with hooks.diff and src/; without it the build is stock wrk.
set -euo pipefail
source_kind=$1 directory=$2 repository=${3%@*} version=${3##*@}
patch_folder=${4:+$(realpath "$4")}
[ ! -d "$source_kind" ] || source_kind=$(realpath "$source_kind")
mkdir -p "$directory"
directory=$(realpath "$directory")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

# Debian's signed source package, from the mirrors this host already uses: their entries, as deb-src.
fetch_debian() {
  mkdir -p sources lists/partial cache/archives/partial
  for file in /etc/apt/sources.list.d/*.sources; do
    [ -e "$file" ] || continue
    sed 's/^Types:.*/Types: deb-src/' "$file" >"sources/$(basename "$file")"
  done
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ -e "$file" ] || continue
    sed -n 's/^deb /deb-src /p' "$file" >"sources/$(basename "$file" .list).list"
  done
  local options=(-qq -o "Dir::Etc::SourceParts=$scratch/sources" -o Dir::Etc::SourceList=/dev/null
    -o "Dir::State::Lists=$scratch/lists" -o "Dir::Cache=$scratch/cache"
    -o "APT::Sandbox::User=$(id -un)")
  apt-get "${options[@]}" update
  apt-get "${options[@]}" source wrk
}

case $source_kind in
  debian) fetch_debian && mv wrk-*/ wrk ;;
  git) git clone --quiet --depth 1 --branch "$version" "$repository" wrk ;;
  *) cp -R "$source_kind" wrk ;;
esac
rm -rf "$directory/source"
cp -R wrk "$directory/source"
cd wrk
version=$(sed -n '1s/^wrk (\(.*\)).*/\1/p' debian/changelog 2>/dev/null || echo "$version")
if [ -n "$patch_folder" ]; then
  patch --strip=1 --fuzz=0 --quiet <"$patch_folder/hooks.diff"
  cp "$patch_folder"/src/* src/
fi
# Upstream's Makefile does not look for LuaJIT's headers where Debian has them.
CFLAGS=$(pkg-config --cflags luajit)
export CFLAGS
make --silent -j"$(nproc)" WITH_LUAJIT=/usr WITH_OPENSSL=/usr VER="$version"
install --mode=0755 wrk "$directory/wrk.new"
mv "$directory/wrk.new" "$directory/wrk"
