# A room of src/: one library. What it links publicly is what its headers and sources may include; together these
# calls are the architecture diagram of docs/architecture.md. Its public headers are in include/upmem_des/ROOM.
#
#   upmem_des_room(trace SOURCES a.cpp b.cpp USES util PRIVATE simdjson::simdjson)
#
# ALONE: those of the sources that have names of their own files in common with others, see upmem_des_unity().
function(upmem_des_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;ALONE;USES;PUBLIC;PRIVATE" ${ARGN})
  set(target upmem-des-${name})
  add_library(${target} STATIC ${ROOM_SOURCES})
  add_library(upmem-des::${name} ALIAS ${target})
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
                                              $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src>
                                              $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  foreach(used IN LISTS ROOM_USES)
    target_link_libraries(${target} PUBLIC upmem-des-${used})
  endforeach()
  target_link_libraries(${target} PUBLIC ${ROOM_PUBLIC} PRIVATE ${ROOM_PRIVATE})
  upmem_des_compile_options(${target})
  upmem_des_unity(${target} ${ROOM_ALONE})
  set_property(GLOBAL APPEND PROPERTY UPMEM_DES_ROOMS ${target})
endfunction()

# Ten files of a target are compiled as one where UPMEM_DES_UNITY is on, but for those that are named.
function(upmem_des_unity target)
  if(UPMEM_DES_UNITY)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 10)
    set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  endif()
endfunction()

function(upmem_des_compile_options target)
  target_compile_features(${target} PUBLIC cxx_std_17)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual)
  if(UPMEM_DES_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(UPMEM_DES_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=address,undefined -fno-sanitize-recover=all
                                             -fno-omit-frame-pointer
                                             # GCC 12 sees ghosts in <regex> when sanitizers are on.
                                             $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
    target_link_options(${target} PUBLIC -fsanitize=address,undefined)
  endif()
  # libFuzzer sees which of the code an input has reached.
  if(UPMEM_DES_FUZZ)
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link)
  endif()
endfunction()
