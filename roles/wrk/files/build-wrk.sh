#!/bin/bash
# Build wrk and put it into a directory of its own.
# Usage: build-wrk.sh debian|git DIRECTORY REPOSITORY@VERSION
set -euo pipefail
source_kind=$1 directory=$2 repository=${3%@*} version=${3##*@}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

# Debian's signed source package, from the mirrors this host already uses: their entries, as deb-src.
fetch_debian() {
  mkdir sources lists
  for file in /etc/apt/sources.list.d/*.sources; do
    [ -e "$file" ] || continue
    sed 's/^Types:.*/Types: deb-src/' "$file" >"sources/$(basename "$file")"
  done
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ -e "$file" ] || continue
    sed -n 's/^deb /deb-src /p' "$file" >"sources/$(basename "$file" .list).list"
  done
  local options=(-qq -o "Dir::Etc::SourceParts=$scratch/sources" -o Dir::Etc::SourceList=/dev/null
    -o "Dir::State::Lists=$scratch/lists" -o APT::Sandbox::User=root)
  apt-get "${options[@]}" update
  apt-get "${options[@]}" source wrk
}

if [ "$source_kind" = debian ]; then
  fetch_debian
  cd wrk-*/
else
  git clone --quiet --depth 1 --branch "$version" "$repository" wrk
  cd wrk
fi
version=$(sed -n '1s/^wrk (\(.*\)).*/\1/p' debian/changelog 2>/dev/null || echo "$version")
make --silent -j"$(nproc)" WITH_LUAJIT=/usr WITH_OPENSSL=/usr VER="$version"
install -D --mode=0755 wrk "$directory/wrk.new"
mv "$directory/wrk.new" "$directory/wrk"
