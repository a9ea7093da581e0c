#include <cstdio>
#include <sys/prctl.h>

#include "bench/cli/commands.hpp"
#include "bench/load/interrupt.hpp"

namespace {

constexpr const char* kUsage =
    R"(confman-bench run [options]       one load against servers that are running
  --target confman|etcd             default confman
  --endpoints URL,…                 default http://127.0.0.1:8101,…:8102,…:8103; IPv4
  --clients N                       requests in flight at most; default 64
  --connections N                   etcd: shared by the clients; default: what suits it best
  --mix W:L:S                       weights of writes, linearizable and local reads; default 1:0:0
  --rate N                          open loop: N requests a second; default 0: closed loop
  --seconds N  --warmup N           default 5 and 1
  --keys N  --value-size N          default 100000 and 256 bytes
  --seed N                          default 1
  --fill 1                          write every key once before; reads find nothing else
  --json FILE                       the result, as JSON

confman-bench compare [options]   start three nodes of each product, here, in turn, and compare
  --clients N,…                     default 1,64,256
  --seconds N  --warmup N           of each measurement; default 5 and 1
  --rounds N                        of each product, alternating; default 2
  --keys N  --value-size N  --seed N  --connections N    as above
  --trials N                        leader kills of each product; default 8; 0: none
  --peers NAME,…                    default confman,etcd
  --dir FOLDER                      for data, emptied at the end; default: next to the program
  --json FILE  --svg FILE           the result, as JSON and as a picture

confman-bench restart [options]   kill a node with much data, and see when it serves again
  --baseline PROGRAM                another build's confmand, killed and started in turn
  --trials N                        of each; default 5
  --keys N  --writes N              each key once, then so many writes more; default 1000000, 450000
  --load-seconds N                  of writes right before each kill; default 2
  --pause N                         seconds between the last write and the kill; default 0
  --value-size N  --seed N          default 100 bytes and 1
  --data FOLDER                     kept, and used again if it is there; default: a new one, removed

confman-bench listings [options]  start three nodes of Confman, fill them, and write to them alone, then
                                  beside requests that have to look at much and find little
  --entries N                       in one namespace; default 100000, at most 1000000
  --clients N                       heavy requests at a time, all at the leader; default 64
  --writers N  --rate N             of the writes; default 16, and 0: each starts when answered
  --seconds N  --warmup N           of each measurement; default 10 and 1
  --kinds NAME,…                    default label,rare,tombstones,prefix,audit,namespaces,history,watch
  --programs PATH,…                 confmands to measure one after the other; default: the one here
  --dir FOLDER                      for data, emptied at the end; default: next to the program

confman-bench publishes [options] start three nodes of Confman; write to them, then publish what others
                                  approve (four commands each), in turn
  --clients N                       each on a thread of its own; default 64
  --value-size N                    default 256 bytes
  --seconds N  --warmup N           of each measurement; default 5 and 1
  --rounds N                        default 3
  --program PATH                    the confmand to measure; default: the one here
  --dir FOLDER                      for data, emptied at the end; default: next to the program

confman-bench assignments [options] start two clusters of Confman with as many entries; in one each lies in a
                                  namespace of its own in which many have roles; write and read with a
                                  key, in turn
  --namespaces N                    and entries; default 10000
  --assignments N                   in each namespace; default 10
  --clients N  --value-size N  --seconds N  --warmup N  --rounds N  --program PATH  --dir FOLDER  as above
)";

}  // namespace

int main(int argc, char** argv) {
  using namespace confman::bench;
  install_interrupt_handlers();
  // Timers of an open loop may be late by 50 µs otherwise.
  prctl(PR_SET_TIMERSLACK, 1000);
  const std::vector<std::string> arguments(argv + (argc > 1 ? 2 : 1), argv + argc);
  const std::string command = argc > 1 ? argv[1] : "";
  if (command == "run") {
    return run_command(arguments);
  }
  if (command == "listings") {
    return listings_command(arguments);
  }
  if (command == "publishes") {
    return publishes_command(arguments);
  }
  if (command == "assignments") {
    return assignments_command(arguments);
  }
  if (command == "compare") {
    return compare_command(arguments);
  }
  if (command == "restart") {
    return restart_command(arguments);
  }
  const bool asked = command == "--help" || command == "help";
  std::fputs(kUsage, asked ? stdout : stderr);
  return asked ? 0 : 2;
}
