# Bakes the name of this build into build_name.cpp; see build_id.hpp.
set(CONFMAN_BUILD_ID "" CACHE STRING "Names this build in the simulator's recordings (empty: the commit)")

set(SIM_BUILD_ID "${CONFMAN_BUILD_ID}")
if(NOT SIM_BUILD_ID)
  find_package(Git QUIET)
  if(GIT_FOUND)
    execute_process(COMMAND ${GIT_EXECUTABLE} describe --always --exclude * --abbrev=10 --dirty=+
      WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} OUTPUT_VARIABLE SIM_BUILD_ID OUTPUT_STRIP_TRAILING_WHITESPACE
      ERROR_QUIET)
    execute_process(COMMAND ${GIT_EXECUTABLE} rev-parse --git-path logs/HEAD
      WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} OUTPUT_VARIABLE head_log OUTPUT_STRIP_TRAILING_WHITESPACE
      ERROR_QUIET)
    cmake_path(ABSOLUTE_PATH head_log BASE_DIRECTORY ${CMAKE_SOURCE_DIR})
    if(EXISTS "${head_log}")
      set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${head_log}")
    endif()
  endif()
endif()
if(NOT SIM_BUILD_ID)
  set(SIM_BUILD_ID "unknown")
endif()
string(SUBSTRING "${SIM_BUILD_ID}" 0 63 SIM_BUILD_ID)  # kBuildNameSize
configure_file(${CMAKE_CURRENT_LIST_DIR}/build_name.cpp.in ${CMAKE_CURRENT_BINARY_DIR}/build_name.cpp @ONLY)
