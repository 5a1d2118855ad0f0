# What builds the HTML page (src/page): Node.js 18 or later, and npm, which fetches what package-lock.json pins.
find_program(UPMEM_DES_NODE NAMES node nodejs)
find_program(UPMEM_DES_NPM npm)
if(NOT UPMEM_DES_NODE OR NOT UPMEM_DES_NPM)
  message(FATAL_ERROR "The HTML page needs Node.js and npm: apt-get install npm, or -DUPMEM_DES_PAGE=OFF")
endif()
execute_process(COMMAND ${UPMEM_DES_NODE} --version OUTPUT_VARIABLE node_version OUTPUT_STRIP_TRAILING_WHITESPACE
                RESULT_VARIABLE node_result)
string(REGEX REPLACE "^v" "" node_version "${node_version}")
if(NOT node_result EQUAL 0 OR node_version VERSION_LESS 18)
  message(FATAL_ERROR "The HTML page needs Node.js 18 or later, and ${UPMEM_DES_NODE} is ${node_version}: "
                      "apt-get install npm, or -DUPMEM_DES_PAGE=OFF")
endif()
