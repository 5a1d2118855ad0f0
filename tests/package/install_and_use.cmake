# Installs the build into a folder of its own, builds the consumer against it, and runs both programs from there.
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "${ARGN}: exit code ${code}\n${output}")
  endif()
endfunction()

if(SANITIZE)
  set(flags "-fsanitize=address,undefined")
endif()
file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/installed)
run(${CMAKE_COMMAND} -S ${CONSUMER} -B ${WORK}/build -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER=${CXX}
    -DCMAKE_PREFIX_PATH=${WORK}/installed -DCMAKE_CXX_FLAGS=${flags})
run(${CMAKE_COMMAND} --build ${WORK}/build)

# The installed program finds its own data, not the source tree's.
run(${CMAKE_COMMAND} -E chdir ${WORK} ${WORK}/installed/bin/upmem-des run llama-2-7b_4chip.yaml --json ${WORK}/result.json)
file(READ ${WORK}/result.json result)
string(JSON passes GET ${result} forward_passes)
if(NOT passes EQUAL 16)
  message(FATAL_ERROR "16 forward passes expected, got ${passes}")
endif()

foreach(test IN ITEMS model operator report isolated family)
  run(${CMAKE_COMMAND} -E chdir ${WORK} ${WORK}/build/consumer ${test})
endforeach()
