# `cpack -G DEB` in the build folder: upmem-des, upmem-des-profiler, upmem-des-dev and python3-upmem-des. What the programs link is found by
# dpkg-shlibdeps, so a package is for the Debian that it was made on.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME upmem-des)
set(CPACK_PACKAGE_VENDOR "upmem-des")
set(CPACK_PACKAGE_CONTACT "upmem-des maintainers <maintainers@upmem-des.invalid>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_COMPONENTS_ALL program dev)
if(UPMEM_DES_PROFILER)
  list(APPEND CPACK_COMPONENTS_ALL profiler)
endif()
if(UPMEM_DES_PYTHON_MODULE)
  list(APPEND CPACK_COMPONENTS_ALL python)
endif()
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_ENABLE_COMPONENT_DEPENDS ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME upmem-des)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_RECOMMENDS "python3, python3-yaml, python3-tqdm, python3-matplotlib")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SUGGESTS "upmem-des-profiler, python3-torch, parallel, slurm-client")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_CONTROL_EXTRA ${PROJECT_SOURCE_DIR}/cmake/debian/prerm)
# The project's description is the first line of all four.
set(CPACK_DEBIAN_PROGRAM_DESCRIPTION "How fast, and at what energy, would a language model run on an accelerator, or
on memory modules with compute inside? Time, tokens per second, energy, latency
and goodput, simulated with SimGrid.")
set(CPACK_DEBIAN_PROFILER_PACKAGE_NAME upmem-des-profiler)
set(CPACK_COMPONENT_PROFILER_DEPENDS program)
set(CPACK_DEBIAN_PROFILER_DESCRIPTION "Profiler of upmem-des: runs networks on the CPU with libtorch;
upmem-des profile starts it.")
if(UPMEM_DES_PYTHON_MODULE)
  set(CPACK_DEBIAN_PYTHON_PACKAGE_NAME python3-upmem-des)
  set(CPACK_DEBIAN_PYTHON_PACKAGE_SECTION python)
  set(CPACK_DEBIAN_PYTHON_PACKAGE_CONTROL_EXTRA ${PROJECT_SOURCE_DIR}/cmake/debian/python/prerm)
  math(EXPR next_python "${Python_VERSION_MINOR} + 1" OUTPUT_FORMAT DECIMAL)
  set(CPACK_DEBIAN_PYTHON_PACKAGE_DEPENDS
      "python3 (>= ${Python_VERSION_MAJOR}.${Python_VERSION_MINOR}), python3 (<< ${Python_VERSION_MAJOR}.${next_python})")
  set(CPACK_DEBIAN_PYTHON_PACKAGE_RECOMMENDS "python3-pandas")
  set(CPACK_DEBIAN_PYTHON_PACKAGE_SUGGESTS "upmem-des-profiler, python3-torch, python3-matplotlib")
  set(CPACK_COMPONENT_PYTHON_DEPENDS program)
  set(CPACK_DEBIAN_PYTHON_DESCRIPTION "Python module of upmem-des:
simulations, profiles and captures from Python: dictionaries and tables.")
endif()
set(CPACK_DEBIAN_DEV_PACKAGE_NAME upmem-des-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS
    "pkg-config, libsimgrid-dev, libyaml-cpp-dev, libfmt-dev, nlohmann-json3-dev, libsimdjson-dev, zlib1g-dev, libxxhash-dev")
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
set(CPACK_COMPONENT_DEV_DEPENDS program)
set(CPACK_DEBIAN_DEV_DESCRIPTION "Headers and libraries of upmem-des,
for programs that simulate with find_package(upmem-des).")
# Debian wants to read it there.
foreach(component IN LISTS CPACK_COMPONENTS_ALL)
  string(TOUPPER ${component} name)
  install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${CPACK_DEBIAN_${name}_PACKAGE_NAME} RENAME copyright
          COMPONENT ${component})
endforeach()
include(CPack)
