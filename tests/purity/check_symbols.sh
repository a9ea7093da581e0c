#!/usr/bin/env bash
# check_symbols.sh ARCHIVE: the archive needs nothing of the operating system: no clock, thread, file,
# socket, random source, environment or locale.
set -euo pipefail
impure='clock_gettime|clock_getres|gettimeofday|time|localtime(_r)?|gmtime(_r)?|nanosleep|usleep|sleep|pthread_create|pthread_mutex_lock|pthread_cond_wait|open(at|64)?|creat|read|write|pread(64)?|pwrite(64)?|fopen(64)?|fread|fwrite|fsync|fdatasync|socket|connect|bind|listen|accept4?|send|sendto|recv|recvfrom|poll|epoll_[a-z0-9]+|select|getrandom|getentropy|rand(om)?|srand|getenv|secure_getenv|setlocale|fork|execve|system|mmap(64)?|ioctl'
cxx='std::(__[a-z0-9_]+::)?(random_device|chrono::_V2::[a-z_]+_clock::now|thread|mutex|condition_variable|basic_[io]?fstream|basic_filebuf|locale::locale|cout|cin|cerr|clog)'
found=$(nm --undefined-only -C "$1" 2>/dev/null | sed -E 's/^ *U //; s/@.*//' |
  grep -E "^($impure)$|^$cxx" | sort -u || true)
if [ -n "$found" ]; then
  printf '%s needs:\n%s\n' "$1" "$found"
  exit 1
fi
