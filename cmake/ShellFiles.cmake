# Completions and manual pages, which the built program prints of itself. Where it cannot be run here (another processor's),
# they are left out.
if(CMAKE_CROSSCOMPILING)
  return()
endif()
set(shell_folder ${PROJECT_BINARY_DIR}/shell)
set(shell_files)
# upmem_des_shell_file(NAME ARGUMENT…): what `upmem-des ARGUMENT…` prints is the file NAME.
function(upmem_des_shell_file name)
  add_custom_command(OUTPUT ${shell_folder}/${name} COMMAND upmem-des ${ARGN} > ${shell_folder}/${name} DEPENDS upmem-des
                     VERBATIM)
  set(shell_files ${shell_files} ${shell_folder}/${name} PARENT_SCOPE)
endfunction()
file(MAKE_DIRECTORY ${shell_folder})
upmem_des_shell_file(upmem-des completion bash)
upmem_des_shell_file(_upmem-des completion zsh)
upmem_des_shell_file(upmem-des.fish completion fish)
set(manual_pages upmem-des.1)
upmem_des_shell_file(upmem-des.1 man)
foreach(command run check report profile trace model arch platform validate calibrate explore completion man)
  upmem_des_shell_file(upmem-des-${command}.1 man ${command})
  list(APPEND manual_pages upmem-des-${command}.1)
endforeach()
add_custom_target(upmem-des-shell ALL DEPENDS ${shell_files})

# Manual pages of the scripts, by the names that they are installed as. They wait for no program.
if(UPMEM_DES_PYTHON)
  file(GLOB_RECURSE script_modules CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/scripts/*.py)
  file(MAKE_DIRECTORY ${shell_folder}/scripts)
  foreach(script IN LISTS scripts)
    upmem_des_installed_name(name ${script})
    set(link ${shell_folder}/scripts/${name})
    file(CREATE_LINK ${PROJECT_SOURCE_DIR}/scripts/${script} ${link} SYMBOLIC)
    add_custom_command(OUTPUT ${shell_folder}/${name}.1
                       COMMAND ${UPMEM_DES_PYTHON} -B -Xutf8 ${link} --man > ${shell_folder}/${name}.1
                       DEPENDS ${PROJECT_SOURCE_DIR}/CMakeLists.txt ${PROJECT_SOURCE_DIR}/scripts/${script} ${script_modules}
                       VERBATIM)
    list(APPEND script_pages ${shell_folder}/${name}.1)
    list(APPEND manual_pages ${name}.1)
  endforeach()
  add_custom_target(upmem-des-script-pages ALL DEPENDS ${script_pages})
endif()

# A build of the program alone has none of them yet.
install(FILES ${shell_folder}/upmem-des DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions OPTIONAL)
# Debian's zsh looks into site-functions below /usr/local, and into vendor-completions below /usr.
foreach(folder site-functions vendor-completions)
  install(FILES ${shell_folder}/_upmem-des DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/${folder} OPTIONAL)
endforeach()
install(FILES ${shell_folder}/upmem-des.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d OPTIONAL)
foreach(page IN LISTS manual_pages)
  install(FILES ${shell_folder}/${page} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 OPTIONAL)
endforeach()
