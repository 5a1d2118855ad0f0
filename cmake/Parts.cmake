# Parts of the program that it can do without. Each has an option of three values:
#   AUTO  built where what it needs is found; where not, the configuration says what is missing
#   ON    built; what is missing is an error
#   OFF   left out

# Settles an option that may be AUTO: ON or OFF in the caller's scope.
#   upmem_des_settle(UPMEM_DES_PROFILER ${Torch_FOUND} "the profiler" "libtorch (apt-get install libtorch-dev)")
function(upmem_des_settle option found part needs)
  if("${${option}}" STREQUAL "AUTO")
    if(found)
      set(${option} ON PARENT_SCOPE)
    else()
      set(${option} OFF PARENT_SCOPE)
      message(NOTICE "upmem-des: without ${part}, which needs ${needs}; -D${option}=OFF if that is meant")
    endif()
  elseif(${option} AND NOT found)
    message(FATAL_ERROR "${option}: ${part} needs ${needs}; -D${option}=OFF does without")
  endif()
endfunction()

# An option of a part, AUTO unless set.
function(upmem_des_part option description)
  set(${option} AUTO CACHE STRING "${description}: AUTO, ON or OFF")
  set_property(CACHE ${option} PROPERTY STRINGS AUTO ON OFF)
  if(NOT "${${option}}" MATCHES "^(AUTO|ON|OFF|TRUE|FALSE|YES|NO|1|0)$")
    message(FATAL_ERROR "${option}: '${${option}}' is not known; expected AUTO, ON or OFF")
  endif()
endfunction()
