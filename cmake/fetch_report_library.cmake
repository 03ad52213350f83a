# Puts the plotting library into OUTPUT, through npm in WORK, by the lock in WEB. A failure is a
# warning: everything but `tern report` works without it, and the next build tries again.
set(library node_modules/plotly.js-basic-dist-min/plotly-basic.min.js)
file(MAKE_DIRECTORY ${WORK})
configure_file(${WEB}/package.json ${WORK}/package.json COPYONLY)
configure_file(${WEB}/package-lock.json ${WORK}/package-lock.json COPYONLY)
find_program(npm npm)
if(npm)
  execute_process(
    COMMAND ${npm} ci --ignore-scripts --no-audit --no-fund --loglevel=error
            --fetch-retries=1 --fetch-retry-mintimeout=1000 --fetch-timeout=30000
    WORKING_DIRECTORY ${WORK}
    RESULT_VARIABLE failed
    OUTPUT_VARIABLE messages
    ERROR_VARIABLE messages)
else()
  set(failed TRUE)
  set(messages "there is no command npm; scripts/install-deps installs it\n")
endif()
if(failed OR NOT EXISTS ${WORK}/${library})
  message(WARNING "The report's plotting library could not be fetched, so `tern report` will not "
                  "work in this build; the next build tries again. npm said:\n${messages}")
else()
  file(COPY_FILE ${WORK}/${library} ${OUTPUT}/plotly-basic.min.js ONLY_IF_DIFFERENT)
  file(TOUCH ${OUTPUT}/plotly-basic.min.js)
endif()
