# What the scripts share: Debian's packages and the build. Sourced, not run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Without these nothing is built.
program_packages=(g++ cmake ninja-build pkg-config libsimgrid-dev libyaml-cpp-dev libcli11-dev libspdlog-dev libfmt-dev
                  nlohmann-json3-dev libsimdjson-dev zlib1g-dev libxxhash-dev)
# What the program can do without: speed on many devices, prompts as text, the server of `explore`, the page of charts (npm
# fetches what it is built with), sweeps and plots, the Python module with its tables.
extra_packages=(libjemalloc-dev libsentencepiece-dev libpcre2-dev libutf8proc-dev libnlopt-cxx-dev libcpp-httplib-dev ca-certificates
                python3 python3-yaml python3-tqdm python3-matplotlib fonts-dejavu-core pybind11-dev python3-dev python3-pandas)
# The page is built with npm. One that is there, Debian's or another, will do: Debian's cannot stand beside another's node.
command -v npm >/dev/null || extra_packages+=(npm)
# The profiler. Without OpenBLAS libtorch computes with the reference BLAS, and that would be measured.
profiler_packages=(libtorch-dev libopenblas0-pthread)
test_packages=(libgtest-dev libgmock-dev python3-jsonschema python3-numpy python3-torch python3-venv
               # The API reference; drawings of machines.
               doxygen graphviz
               # Completions and manual pages as shells and troff read them; packages of Debian.
               zsh fish groff-base dpkg-dev file
               # Timelines and pages, as their readers see them.
               pajeng chromium chromium-driver python3-selenium
               # Sweeps over ssh and under Slurm.
               parallel openssh-server openssh-client munge slurmctld slurmd slurm-client)
# Fuzzing: libFuzzer is in clang's runtime, and llvm has what names the lines of a finding.
fuzz_packages=(clang libclang-rt-dev llvm libsentencepiece-dev libpcre2-dev libutf8proc-dev)

# Prints those of the named packages that are not installed.
missing_packages() {
  local package
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || echo "$package"
  done
}

# Installs those of the named packages that are missing.
install_packages() {
  local missing as_root=()
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -eq 0 ] && return
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "As root, please: apt-get install ${missing[*]}" >&2; return 1; }
    as_root=(sudo)
  fi
  echo "Installing from Debian: ${missing[*]}"
  "${as_root[@]}" apt-get update -qq &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" \
      >/dev/null
}

# The same of packages without which something is left out: CMake says what.
install_if_possible() {
  install_packages "$@" || echo "Going on without: $(missing_packages "$@" | tr '\n' ' ')" >&2
}

# Configures a preset and builds targets of it, or all: build PRESET [-DNAME=VALUE…] [TARGET…]. The page of charts is made
# of packages from npm's registry; where that cannot be reached, there is all but the page.
build() {
  local preset=$1 page=AUTO status=0 settings=() targets=() word
  shift
  for word in "$@"; do
    case $word in
      -D*) settings+=("$word") ;;
      *) targets+=(--target "$word") ;;
    esac
  done
  if command -v npm >/dev/null; then
    scripts/build-page "build/$preset/src/page/built" || status=$?
    if [ $status -eq 3 ]; then
      echo "npm's registry could not be reached: this builds without the page of charts (--html) and its tests" >&2
      page=OFF
    elif [ $status -ne 0 ]; then
      return $status
    fi
  fi
  # Whole builds are what these scripts make; the other presets see each file alone, and so whether it includes what it uses.
  [ "$preset" = release ] && settings=(-DUPMEM_DES_UNITY=ON "${settings[@]}")
  cmake --preset "$preset" -DUPMEM_DES_PAGE=$page "${settings[@]}" >/dev/null
  cmake --build --preset "$preset" "${targets[@]}"
}
