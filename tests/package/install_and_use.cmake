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

# The examples, which profile networks of their own.
if(PROFILER)
  run(${CMAKE_COMMAND} -S ${EXAMPLES} -B ${WORK}/examples -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER=${CXX}
      -DCMAKE_PREFIX_PATH=${WORK}/installed -DCMAKE_CXX_FLAGS=${flags})
  run(${CMAKE_COMMAND} --build ${WORK}/examples)
  function(expect_lines example)
    execute_process(COMMAND ${WORK}/examples/${example} WORKING_DIRECTORY ${WORK} RESULT_VARIABLE code
                    OUTPUT_VARIABLE output ERROR_VARIABLE errors)
    if(NOT code EQUAL 0)
      message(FATAL_ERROR "${example}: exit code ${code}\n${output}${errors}")
    endif()
    foreach(line IN LISTS ARGN)
      if(NOT output MATCHES "${line}")
        message(FATAL_ERROR "${example}: expected ${line} in\n${output}")
      endif()
    endforeach()
  endfunction()
  expect_lines(two_layers "layer +Linear +linear1 +\\[1, 100\\] -> \\[1, 200\\], [0-9.]+ us measured"
               "layer +ReLU +relu +" "layer +Linear +linear2 +\\[1, 200\\] -> \\[1, 10\\]" "function softmax"
               "PIM_AI_1chip +[1-9]")
  expect_lines(generation "in 8 forward passes" "PIM_AI_4chip +[1-9]")
  run(${WORK}/installed/bin/upmem-des trace show ${WORK}/generation.jsonl)
endif()

run(${CMAKE_COMMAND} -E chdir ${WORK} ${WORK}/build/consumer data ${WORK}/installed)
foreach(test IN ITEMS model operator report isolated family timeline)
  run(${CMAKE_COMMAND} -E chdir ${WORK} ${WORK}/build/consumer ${test})
endforeach()
