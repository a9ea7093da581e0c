#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "consensus/types.hpp"
#include "domain/base/time.hpp"

// What time it is, for a cluster of whose clocks any minority may be wrong, by any amount and in
// either direction.
//
// Each node asks the voters what their clocks say. An answer was given between the question and its
// arrival, so half of the round trip is the most by which it is off; between two answers the
// node's own monotonic clock goes on for it. Of the voters' clocks, the node's own among them, two
// values are taken with q a majority of all voters: `earliest`, which q of them have reached, and
// `latest`, which q of them haven't passed. With a minority wrong and all voters there, both lie
// among the clocks that are right. (All of an odd number of voters: both are the median.)
//
// The time is then the node's own clock, kept within `bound` of these two. So it runs smoothly
// where all is well, and a clock that is wrong moves it by the bound at most.
//
// Where no majority answers, or one that is only just there is at odds with itself by more than
// twice the bound (two of three, one of them days off: nobody can tell which), the time is what it
// last was, and goes on by the monotonic clock, between the two. A node that has just started takes
// the greatest stamp of its log for what it last was: that is never ahead.
namespace confman::node {

class ClusterClock {
 public:
  struct Limits {
    Duration bound;           // to be kept to a majority's clocks
    Duration max_round_trip;  // an answer that took longer says too little
    Duration max_age;         // of an answer that counts
    Duration off;             // a clock that is further from the majority's is off
  };
  explicit ClusterClock(Limits limits) : limits_(limits) {}

  // --- questions

  // The voters that are to be asked now: all but those whose answer is still awaited.
  std::vector<consensus::MemberId> to_ask(Time now, std::span<const consensus::MemberId> voters,
                                          consensus::MemberId self) const;
  void asked(consensus::MemberId who, std::uint64_t question, Time now);
  void answered(consensus::MemberId who, std::uint64_t question, Now now, WallTime theirs);
  // Forgets everybody else.
  void keep(std::span<const consensus::MemberId> voters);

  // --- the time

  // Looks at the clocks. What is read below is as of then.
  void look(Now now, std::span<const consensus::MemberId> voters, consensus::MemberId self);
  // Something in the log was stamped so. Counts until a majority has once agreed.
  void observe(WallTime stamp, Time now);
  // A majority has agreed since this node started, so it knows the time, whoever answers now.
  bool knows() const { return knows_; }
  // A majority answered by the last look, in agreement or not.
  bool hears() const { return hears_; }
  // Nothing: neither the clocks nor the log say anything.
  std::optional<WallTime> time(Time now) const;
  // How far this node's clock is from the majority's, ahead if positive; nothing while that isn't
  // known.
  std::optional<Duration> offset() const { return offset_; }
  // It is further than the limit, and hasn't been within half of it since.
  bool is_off() const { return off_; }
  // Whether that voter's clock is within the bound of the majority's, as far as is known.
  bool is_right(consensus::MemberId who, Time now) const;

 private:
  struct Peer {
    std::uint64_t question = 0;  // 0: none is open
    Time asked_at;
    // What its clock said, and when that was by ours.
    std::optional<Now> said;
  };
  // A majority's word.
  struct Word {
    std::int64_t earliest_ms{};
    std::int64_t latest_ms{};
    std::int64_t middle_ms() const { return earliest_ms + (latest_ms - earliest_ms) / 2; }
  };

  std::optional<std::int64_t> clock_of(consensus::MemberId who, Time now) const;
  std::optional<Word> majority(Now now, std::span<const consensus::MemberId> voters,
                               consensus::MemberId self) const;

  Limits limits_;
  std::map<consensus::MemberId, Peer> peers_;
  std::optional<Now> held_;  // what the time was
  bool knows_ = false;
  bool hears_ = false;
  // As of the last look.
  std::optional<Duration> offset_;
  bool off_ = false;
  std::optional<Now> middle_;
};

}  // namespace confman::node
