# Everything comes from Debian's packages; the README's table says why each is there. Used by the build and by the
# build alone: what is installed needs no more than LibraryDependencies.cmake.
include(${CMAKE_CURRENT_LIST_DIR}/Parts.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/LibraryDependencies.cmake)
if(UPMEM_DES_MISSING)
  list(JOIN UPMEM_DES_MISSING ", " missing)
  message(FATAL_ERROR "upmem-des: not found: ${missing}")
endif()
find_package(CLI11 REQUIRED)
find_package(spdlog REQUIRED)

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
if(UPMEM_DES_JEMALLOC)
  pkg_check_modules(JEMALLOC QUIET IMPORTED_TARGET jemalloc)
  upmem_des_settle(UPMEM_DES_JEMALLOC "${JEMALLOC_FOUND}" "jemalloc (runs on many devices take twice the time)"
                   "its library (apt-get install libjemalloc-dev)")
endif()
if(UPMEM_DES_EXPLORE)
  # Its headers, as Debian builds it, call libcrypto themselves.
  pkg_check_modules(HTTPLIB QUIET IMPORTED_TARGET cpp-httplib>=0.11 libcrypto)
  upmem_des_settle(UPMEM_DES_EXPLORE "${HTTPLIB_FOUND}" "the server of upmem-des explore"
                   "cpp-httplib (apt-get install libcpp-httplib-dev)")
endif()
if(UPMEM_DES_SANITIZE AND "${UPMEM_DES_PYTHON_MODULE}" STREQUAL "AUTO")
  # A Python without sanitizers cannot load a module that has them.
  set(UPMEM_DES_PYTHON_MODULE OFF)
endif()
if(UPMEM_DES_PYTHON_MODULE)
  # Debian's packages belong to Debian's Python; another one may come first on the PATH. One that is set comes before it.
  if(NOT Python_EXECUTABLE AND EXISTS /usr/bin/python3)
    set(Python_EXECUTABLE /usr/bin/python3)
  endif()
  find_package(Python QUIET COMPONENTS Interpreter Development.Module)
  set(pybind11_FOUND FALSE)
  if(Python_Development.Module_FOUND)
    find_package(pybind11 2.10 QUIET CONFIG)
  endif()
  upmem_des_settle(UPMEM_DES_PYTHON_MODULE "${pybind11_FOUND}" "the Python module upmem_des"
                   "pybind11 and Python's headers (apt-get install pybind11-dev python3-dev)")
endif()
if(UPMEM_DES_PROFILER)
  find_package(Torch QUIET)
  upmem_des_settle(UPMEM_DES_PROFILER "${Torch_FOUND}" "the profiler (upmem-des profile; torchscript: in scenarios)"
                   "libtorch (apt-get install libtorch-dev)")
endif()

# Debian's packages belong to Debian's Python; another one may come first on the PATH.
find_program(UPMEM_DES_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH)
