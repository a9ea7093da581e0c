#include "consensus/raft/fail_reads.hpp"

namespace confman::consensus {

void fail_read(const ReadRequest& request, Outbox& out) {
  if (!request.asker) return out.emit(ReadFailed{request.id});
  out.send(*request.asker, ReadIndexReply{.id = request.id, .ok = false, .index = {}});
}

void fail_reads(Leader& leading, Outbox& out) {
  for (const ReadRound& round : leading.rounds) {
    for (const ReadRequest& request : round.requests) fail_read(request, out);
  }
  for (const ReadRequest& request : leading.waiting_reads) fail_read(request, out);
  leading.rounds.clear();
  leading.waiting_reads.clear();
}

void fail_reads(Follower& follower, Outbox& out) {
  for (const ForwardedReads& forwarded : follower.forwarded) {
    for (ReadId id : forwarded.reads) out.emit(ReadFailed{id});
  }
  for (ReadId id : follower.waiting_reads) out.emit(ReadFailed{id});
  follower.forwarded.clear();
  follower.waiting_reads.clear();
}

}  // namespace confman::consensus
