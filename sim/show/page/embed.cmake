# Puts the page that confman-sim show writes into one string: template.cpp.
set(page ${CMAKE_CURRENT_LIST_DIR})
set(script_files model.js accused.js find.js view.js draw.js pick.js panel.js controls.js)  # in this order

set(SCRIPT "")
foreach(name IN LISTS script_files)
  file(READ ${page}/${name} text)
  string(APPEND SCRIPT "// ${name}\n${text}\n")
endforeach()
file(READ ${page}/page.css STYLE)
set(DATA "@DATA@")
file(READ ${page}/page.html html)
string(REPLACE "@STYLE@" "${STYLE}" html "${html}")
string(REPLACE "@SCRIPT@" "(() => {\n'use strict';\n${SCRIPT}})();\n" CONFMAN_PAGE "${html}")
configure_file(${page}/../template.cpp.in ${CMAKE_CURRENT_BINARY_DIR}/template.cpp @ONLY)

list(TRANSFORM script_files PREPEND ${page}/)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
  ${script_files} ${page}/page.css ${page}/page.html)
