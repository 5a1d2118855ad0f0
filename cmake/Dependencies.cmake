# Everything comes from Debian's packages; the README's table says why each is there. Used by the build and by the
# installed CMake package, which does without the command line.
include(${CMAKE_CURRENT_LIST_DIR}/Parts.cmake)
find_package(PkgConfig REQUIRED)
pkg_check_modules(SIMGRID REQUIRED IMPORTED_TARGET simgrid>=3.32)
pkg_check_modules(YAML_CPP REQUIRED IMPORTED_TARGET yaml-cpp>=0.7)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(simdjson REQUIRED)
find_package(ZLIB REQUIRED)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash>=0.8)

if(UPMEM_DES_TEXT_PROMPTS)
  pkg_check_modules(SENTENCEPIECE QUIET IMPORTED_TARGET sentencepiece)
  pkg_check_modules(PCRE2 QUIET IMPORTED_TARGET libpcre2-8>=10.40)
  pkg_check_modules(UTF8PROC QUIET IMPORTED_TARGET libutf8proc)
  set(upmem_des_found FALSE)
  if(SENTENCEPIECE_FOUND AND PCRE2_FOUND AND UTF8PROC_FOUND)
    set(upmem_des_found TRUE)
  endif()
  upmem_des_settle(UPMEM_DES_TEXT_PROMPTS ${upmem_des_found} "prompts as text (profile --prompt)"
                   "SentencePiece, PCRE2 and utf8proc \
(apt-get install libsentencepiece-dev libpcre2-dev libutf8proc-dev)")
endif()
if(UPMEM_DES_CALIBRATION)
  pkg_check_modules(NLOPT QUIET IMPORTED_TARGET nlopt_cxx)
  upmem_des_settle(UPMEM_DES_CALIBRATION "${NLOPT_FOUND}" "fits of device profiles (upmem-des calibrate)"
                   "NLopt (apt-get install libnlopt-cxx-dev)")
endif()
if(NOT UPMEM_DES_LIBRARY_ONLY)
  if(UPMEM_DES_JEMALLOC)
    pkg_check_modules(JEMALLOC QUIET IMPORTED_TARGET jemalloc)
    upmem_des_settle(UPMEM_DES_JEMALLOC "${JEMALLOC_FOUND}" "jemalloc (runs on many devices take twice the time)"
                     "its library (apt-get install libjemalloc-dev)")
  endif()
  find_package(CLI11 REQUIRED)
  find_package(spdlog REQUIRED)
endif()
if(UPMEM_DES_PROFILER)
  find_package(Torch QUIET)
  upmem_des_settle(UPMEM_DES_PROFILER "${Torch_FOUND}" "the profiler (upmem-des profile; torchscript: in scenarios)"
                   "libtorch (apt-get install libtorch-dev)")
endif()
