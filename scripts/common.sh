# What quickstart and test share: Debian's packages and the build. Sourced, not run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build_packages=(g++ cmake ninja-build pkg-config libsimgrid-dev libyaml-cpp-dev libcli11-dev libspdlog-dev libfmt-dev
                nlohmann-json3-dev libsimdjson-dev zlib1g-dev libxxhash-dev libjemalloc-dev
                # npm fetches what the page of charts is built with.
                ca-certificates
                # The profiler. Without OpenBLAS libtorch computes with the reference BLAS, and that would be measured.
                libtorch-dev libopenblas0-pthread libsentencepiece-dev)
# Sweeps and plots.
script_packages=(python3 python3-yaml python3-tqdm python3-matplotlib fonts-dejavu-core)
test_packages=(libgtest-dev libgmock-dev python3-jsonschema python3-numpy python3-torch python3-venv
               # Timelines and pages, as their readers see them.
               pajeng chromium chromium-driver python3-selenium
               # Sweeps over ssh and under Slurm.
               parallel openssh-server openssh-client munge slurmctld slurmd slurm-client)
# The page is built with npm. One that is there, Debian's or another, will do: Debian's cannot stand beside another's node.
command -v npm >/dev/null || build_packages+=(npm)

# Installs those of the named packages that are missing.
install_packages() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  echo "Installing from Debian: ${missing[*]}"
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "As root, please: apt-get install ${missing[*]}" >&2; exit 1; }
    as_root=(sudo)
  fi
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# Configures and builds a preset; the remaining arguments go to CMake's configuration. The page of charts is made of
# packages from npm's registry; where that cannot be reached, there is all but the page.
build() {
  local preset=$1 page=ON status=0
  shift
  scripts/build-page "build/$preset/src/page/built" || status=$?
  if [ $status -eq 3 ]; then
    echo "npm's registry could not be reached: this builds without the page of charts (--html) and its tests" >&2
    page=OFF
  elif [ $status -ne 0 ]; then
    exit $status
  fi
  cmake --preset "$preset" -DUPMEM_DES_PAGE=$page "$@" >/dev/null
  cmake --build --preset "$preset"
}
