# The program, its data, and the libraries as a CMake package: find_package(upmem-des).
include(CMakePackageConfigHelpers)

get_property(rooms GLOBAL PROPERTY UPMEM_DES_ROOMS)

# One target for users of the library; it links every room but the command line.
add_library(upmem-des-library INTERFACE)
set_target_properties(upmem-des-library PROPERTIES EXPORT_NAME upmem-des)
target_link_libraries(upmem-des-library INTERFACE upmem-des-run)
add_library(upmem-des::upmem-des ALIAS upmem-des-library)

list(REMOVE_ITEM rooms upmem-des-cli)
install(TARGETS upmem-des RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS ${rooms} upmem-des-library EXPORT upmem-des-targets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY src/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/upmem-des
        FILES_MATCHING PATTERN "*.hpp" PATTERN "cli" EXCLUDE)
install(DIRECTORY architectures scenarios DESTINATION ${CMAKE_INSTALL_DATADIR}/upmem-des)
install(FILES LICENSE README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

install(EXPORT upmem-des-targets NAMESPACE upmem-des:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/upmem-des)
configure_package_config_file(cmake/upmem-des-config.cmake.in ${PROJECT_BINARY_DIR}/upmem-des-config.cmake
                              INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/upmem-des)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/upmem-des-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/upmem-des-config.cmake ${PROJECT_BINARY_DIR}/upmem-des-config-version.cmake
              cmake/Dependencies.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/upmem-des)
