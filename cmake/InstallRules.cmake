# The program, its data, and the libraries as a CMake package: find_package(upmem-des). Four components, which are Debian
# packages of their own: the program, the profiler (which needs libtorch), what C++ programs are built with, and the Python module.
include(CMakePackageConfigHelpers)
set(CMAKE_INSTALL_DEFAULT_COMPONENT_NAME program)

# The rooms that a target is made of, itself included, are added to `out`.
function(upmem_des_rooms_of out target)
  get_property(all GLOBAL PROPERTY UPMEM_DES_ROOMS)
  set(rooms ${${out}})
  if(target IN_LIST all AND NOT target IN_LIST rooms)
    list(APPEND rooms ${target})
    get_target_property(used ${target} LINK_LIBRARIES)
    foreach(other IN LISTS used)
      upmem_des_rooms_of(rooms ${other})
    endforeach()
  endif()
  set(${out} ${rooms} PARENT_SCOPE)
endfunction()

# One target for users of the library.
add_library(upmem-des-all INTERFACE)
set_target_properties(upmem-des-all PROPERTIES EXPORT_NAME upmem-des)
target_link_libraries(upmem-des-all INTERFACE upmem-des-library upmem-des-timeline)
add_library(upmem-des::upmem-des ALIAS upmem-des-all)

# No others are installed: each may need what a program of others does not have.
upmem_des_rooms_of(rooms upmem-des-library)
upmem_des_rooms_of(rooms upmem-des-timeline)
if(UPMEM_DES_PROFILER)
  upmem_des_rooms_of(rooms upmem-des-profiler)
  list(REMOVE_ITEM rooms upmem-des-profiler)
endif()
install(TARGETS upmem-des RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
if(UPMEM_DES_PROFILER)
  # OPTIONAL: scripts/quickstart builds the program first, and it can be installed as it is then.
  install(TARGETS upmem-des-profiler-program RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/upmem-des OPTIONAL
          COMPONENT profiler)
  # A component of the package, for those who have libtorch: find_package(upmem-des COMPONENTS profiler).
  set_target_properties(upmem-des-profiler PROPERTIES EXPORT_NAME profiler)
  install(TARGETS upmem-des-profiler EXPORT upmem-des-profiler-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} OPTIONAL
          COMPONENT dev)
  install(EXPORT upmem-des-profiler-targets NAMESPACE upmem-des:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/upmem-des
          COMPONENT dev)
endif()
if(UPMEM_DES_PYTHON_MODULE)
  # Where Debian's Python finds it under /usr; elsewhere PYTHONPATH has to name the folder.
  set(python_folder lib/python3/dist-packages/upmem_des)
  install(TARGETS upmem-des-native LIBRARY DESTINATION ${python_folder} OPTIONAL COMPONENT python)
  install(DIRECTORY src/python/upmem_des/ DESTINATION ${python_folder} COMPONENT python FILES_MATCHING PATTERN "*.py"
          PATTERN __pycache__ EXCLUDE)
endif()
install(TARGETS ${rooms} upmem-des-all EXPORT upmem-des-targets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev)
install(DIRECTORY include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT dev FILES_MATCHING PATTERN "*.hpp")
install(DIRECTORY architectures platforms scenarios DESTINATION ${CMAKE_INSTALL_DATADIR}/upmem-des)

# Scripts stand beside their modules; on the PATH are links to them.
set(scripts_folder ${CMAKE_INSTALL_DATADIR}/upmem-des/scripts)
set(scripts capture_torch.py plot highest_rate plot_served plot_timeline sweep)
list(TRANSFORM scripts PREPEND scripts/ OUTPUT_VARIABLE script_files)
install(PROGRAMS ${script_files} DESTINATION ${scripts_folder})
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/version.txt CONTENT "@PROJECT_VERSION@\n" @ONLY)  # what their --version says
install(FILES ${PROJECT_BINARY_DIR}/version.txt DESTINATION ${scripts_folder})
install(DIRECTORY scripts/basics scripts/torch_capture scripts/timeline_plot scripts/pictures scripts/plotting scripts/sweeping
        DESTINATION ${scripts_folder} FILES_MATCHING PATTERN "*.py" PATTERN __pycache__ EXCLUDE)

# A link in `folder` of the installation to `target` in it, relative, so that the installation can be moved.
function(upmem_des_install_link folder name target)
  file(RELATIVE_PATH to /${folder} /${target})
  install(CODE "file(CREATE_LINK ${to} \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${folder}/${name}\" SYMBOLIC)")
endfunction()
# What a script is called on the PATH; scripts/basics/script_name.py speaks of others by the same rule.
function(upmem_des_installed_name out script)
  string(REGEX REPLACE "_torch|\\.py" "" name ${script})
  string(REPLACE "_" "-" name ${name})
  set(${out} upmem-des-${name} PARENT_SCOPE)
endfunction()
foreach(script IN LISTS scripts)
  upmem_des_installed_name(name ${script})
  upmem_des_install_link(${CMAKE_INSTALL_BINDIR} ${name} ${scripts_folder}/${script})
endforeach()

# The documentation, with all that its pages link to.
install(FILES LICENSE README.md CHANGELOG.md CITATION.cff CONTRIBUTING.md SECURITY.md THIRD-PARTY.md
        DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR})
foreach(folder architectures platforms scenarios scripts)
  upmem_des_install_link(${CMAKE_INSTALL_DOCDIR} ${folder} ${CMAKE_INSTALL_DATADIR}/upmem-des/${folder})
endforeach()
if(UPMEM_DES_PAGE)
  # The licences of what the page in the program is made of ask for it.
  install(FILES ${PROJECT_BINARY_DIR}/src/page/built/third-party-licences.txt DESTINATION ${CMAKE_INSTALL_DOCDIR})
endif()
include(ShellFiles)

install(EXPORT upmem-des-targets NAMESPACE upmem-des:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/upmem-des COMPONENT dev)
configure_package_config_file(cmake/upmem-des-config.cmake.in ${PROJECT_BINARY_DIR}/upmem-des-config.cmake
                              INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/upmem-des)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/upmem-des-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/upmem-des-config.cmake ${PROJECT_BINARY_DIR}/upmem-des-config-version.cmake
              cmake/LibraryDependencies.cmake cmake/installation.cpp.in
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/upmem-des COMPONENT dev)
include(DebianPackages)
