# Everything comes from Debian's packages; the README's table says why each is there. Used by the build and by the
# installed CMake package, which does without the command line.
find_package(PkgConfig REQUIRED)
pkg_check_modules(SIMGRID REQUIRED IMPORTED_TARGET simgrid>=3.32)
pkg_check_modules(YAML_CPP REQUIRED IMPORTED_TARGET yaml-cpp>=0.7)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(simdjson REQUIRED)
find_package(ZLIB REQUIRED)
if(NOT UPMEM_DES_LIBRARY_ONLY)
  find_package(CLI11 REQUIRED)
  find_package(spdlog REQUIRED)
endif()
