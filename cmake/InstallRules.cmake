# The program, its data, and the libraries as a CMake package: find_package(upmem-des).
include(CMakePackageConfigHelpers)

get_property(rooms GLOBAL PROPERTY UPMEM_DES_ROOMS)

# One target for users of the library; it links every room but the command line.
add_library(upmem-des-library INTERFACE)
set_target_properties(upmem-des-library PROPERTIES EXPORT_NAME upmem-des)
target_link_libraries(upmem-des-library INTERFACE upmem-des-run upmem-des-timeline)
add_library(upmem-des::upmem-des ALIAS upmem-des-library)

list(REMOVE_ITEM rooms upmem-des-cli upmem-des-profiler)
install(TARGETS upmem-des RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
if(UPMEM_DES_PROFILER)
  install(TARGETS upmem-des-profiler-program RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/upmem-des)
  # A component of the package, for those who have libtorch: find_package(upmem-des COMPONENTS profiler).
  set_target_properties(upmem-des-profiler PROPERTIES EXPORT_NAME profiler)
  install(TARGETS upmem-des-profiler EXPORT upmem-des-profiler-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(EXPORT upmem-des-profiler-targets NAMESPACE upmem-des:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/upmem-des)
endif()
install(TARGETS ${rooms} upmem-des-library EXPORT upmem-des-targets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY src/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/upmem-des
        FILES_MATCHING PATTERN "*.hpp" PATTERN "cli" EXCLUDE PATTERN "web" EXCLUDE)
install(DIRECTORY architectures platforms scenarios DESTINATION ${CMAKE_INSTALL_DATADIR}/upmem-des)
install(PROGRAMS scripts/capture_torch.py scripts/plot scripts/highest_rate scripts/plot_served scripts/plot_timeline scripts/sweep
        DESTINATION ${CMAKE_INSTALL_DATADIR}/upmem-des/scripts)
install(DIRECTORY scripts/basics scripts/torch_capture scripts/timeline_plot scripts/pictures scripts/plotting scripts/sweeping
        DESTINATION ${CMAKE_INSTALL_DATADIR}/upmem-des/scripts
        FILES_MATCHING PATTERN "*.py")
install(FILES LICENSE README.md THIRD-PARTY.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
if(UPMEM_DES_PAGE)
  # The licences of what the page in the program is made of ask for it.
  install(FILES ${PROJECT_BINARY_DIR}/src/page/built/third-party-licences.txt DESTINATION ${CMAKE_INSTALL_DOCDIR})
endif()

install(EXPORT upmem-des-targets NAMESPACE upmem-des:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/upmem-des)
configure_package_config_file(cmake/upmem-des-config.cmake.in ${PROJECT_BINARY_DIR}/upmem-des-config.cmake
                              INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/upmem-des)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/upmem-des-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/upmem-des-config.cmake ${PROJECT_BINARY_DIR}/upmem-des-config-version.cmake
              cmake/Dependencies.cmake cmake/Parts.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/upmem-des)
