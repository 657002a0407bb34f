# Shared by the scripts here: where we are, how we speak, how packages are installed. To be sourced.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

say() { printf '\033[1m==> %s\033[0m\n' "$*"; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"
  else fail "this needs root: run it as root, or install sudo"; fi
}

. /etc/os-release
# Debian 12 calls Boost >= 1.81 by its version, and has Catch2 3 in backports only.
if [ "${VERSION_CODENAME:-}" = bookworm ]; then boost=libboost1.81-dev; else boost=libboost-dev; fi

build_packages=(g++ cmake ninja-build ccache mold "$boost" libcaf-dev libssl-dev zlib1g-dev nlohmann-json3-dev libspdlog-dev
  libfmt-dev libsimdjson-dev libyaml-cpp-dev libcli11-dev prometheus-cpp-dev libjose-dev libjansson-dev
  liburing-dev libhiredis-dev libevent-dev libpq-dev)
test_packages=(python3 python3-socketio python3-aiohttp python3-msgpack python3-requests python3-websocket chromium curl openssl procps redis-server postgresql)
cluster_packages=(redis-server nginx curl openssl)

missing_of() {
  for p in "$@"; do
    dpkg-query -W -f='${db:Status-Status}' "$p" 2>/dev/null | grep -qx installed || echo "$p"
  done
}

install() {
  local missing
  missing=$(missing_of "$@")
  [ -n "$missing" ] || return 0
  say "Installing from ${NAME:-the distribution}: $(echo $missing)"
  as_root apt-get update -q
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
}

# Packages of servers start them; here they are wanted as programs only.
without_services() {
  local policy=/usr/sbin/policy-rc.d
  if [ -e "$policy" ]; then "$@"; return; fi
  printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
  as_root chmod +x "$policy"
  local status=0
  ("$@") || status=$?
  as_root rm -f "$policy"
  return $status
}

# Catch2 3: from the distribution, or from its backports.
install_catch2() {
  local have
  have=$(dpkg-query -W -f='${Version}' catch2 2>/dev/null || true)
  case "$have" in 3.*) return 0 ;; esac
  if [ "${VERSION_CODENAME:-}" = bookworm ]; then
    if ! apt-cache policy | grep -q bookworm-backports; then
      say "Adding bookworm-backports (for Catch2 3)"
      local mirror
      mirror=$(archive_mirror)
      [ -n "$mirror" ] || fail "no Debian mirror found in apt's sources"
      printf 'Types: deb\nURIs: %s\nSuites: bookworm-backports\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n' \
        "$mirror" | as_root tee /etc/apt/sources.list.d/backports.sources >/dev/null
    fi
    as_root apt-get update -q
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends -t bookworm-backports catch2
  else
    install catch2
  fi
}

# ThreadSanitizer must see CAF's own synchronisation, or it reports races that are none: the preset tsan links the
# distribution's CAF sources, built with it.
caf_for_tsan() {
  local dir=$root/build/caf-tsan version
  [ ! -f "$dir/done" ] || return 0
  version=$(dpkg-query -W -f='${source:Version}' libcaf-dev)
  say "Building CAF $version with ThreadSanitizer (once)"
  add_source_packages
  rm -rf "$dir"
  mkdir -p "$dir/source"
  # Of the files of a source package only the upstream archive is needed, so that a missing other one does not matter.
  (cd "$dir" && apt-get source -q --download-only --only-source "actor-framework=$version" 2>&1 | tail -n 3) || true
  tar -xf "$dir"/actor-framework_*.orig.tar.* -C "$dir/source" --strip-components=1
  cmake -S "$dir/source" -B "$dir/build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_CXX_COMPILER_LAUNCHER=ccache \
    -DCMAKE_CXX_FLAGS="-std=c++17 -fsanitize=thread -include limits -w" -DCAF_NO_UNIT_TESTS=yes -DCAF_NO_EXAMPLES=yes \
    -DCAF_NO_TOOLS=yes -DCAF_NO_PYTHON=yes -DCAF_NO_OPENCL=yes -DCAF_NO_OPENSSL=yes -DCAF_NO_SUMMARY=yes >/dev/null
  ninja -C "$dir/build" libcaf_core_shared libcaf_io_shared
  touch "$dir/done"
}

add_source_packages() {
  ! apt-get indextargets --format '$(CREATED_BY)' | grep -qx Sources || return 0
  local mirror keys=/usr/share/keyrings/${ID:-debian}-archive-keyring.gpg
  mirror=$(archive_mirror)
  [ -n "$mirror" ] || fail "no mirror of $VERSION_CODENAME found in apt's sources"
  printf 'Types: deb-src\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n' "$mirror" "$VERSION_CODENAME" "$keys" |
    as_root tee /etc/apt/sources.list.d/source-packages.sources >/dev/null
  as_root apt-get update -q
}

archive_mirror() {
  apt-get indextargets --format '$(SITE)' 'Created-By: Packages' "Codename: $VERSION_CODENAME" 2>/dev/null | head -1
}

# npm brings the official clients: for the bundles that the node serves, and for the tests. Whatever npm there is will do.
install_npm() { command -v npm >/dev/null || install nodejs npm; }

configure_with=()
build() { # preset [target ...]
  local preset=$1
  shift
  [ -f "build/$preset/build.ninja" ] || cmake --preset "$preset" "${configure_with[@]}" >/dev/null
  ninja -C "build/$preset" "$@"
}
