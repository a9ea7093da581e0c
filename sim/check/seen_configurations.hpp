#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace confman::sim {

// The configurations that a search has entered.
template <class State>
class SeenConfigurations {
 public:
  struct Configuration {
    const State& state;
    std::uint64_t state_hash;
    std::uint32_t head;                    // the first operation that isn't placed
    std::span<const std::uint64_t> words;  // OpenOperations::placed_words()
    // How many of each class of unknown operations; empty where supplies are endless. In one search
    // always of the same size.
    std::span<const std::uint32_t> spent;
  };

  void clear() {
    seen_.clear();
    words_.clear();
    spent_.clear();
    by_hash_.clear();
  }

  // True if one is known of the same set and state that spent no more of any class; otherwise
  // remembers this one.
  bool covers(const Configuration& configuration) {
    const auto [at, is_new] = by_hash_.try_emplace(hash_of(configuration), kNone);
    for (std::uint32_t s = at->second; s != kNone; s = seen_[s].next) {
      if (covers(seen_[s], configuration)) return true;
    }
    const auto& [state, state_hash, head, words, spent] = configuration;
    seen_.push_back({state, head, static_cast<std::uint32_t>(words.size()), words_.size(),
                     spent_.size(), at->second});
    at->second = static_cast<std::uint32_t>(seen_.size() - 1);
    words_.insert(words_.end(), words.begin(), words.end());
    spent_.insert(spent_.end(), spent.begin(), spent.end());
    return false;
  }

 private:
  struct Seen {
    State state;
    std::uint32_t head;
    std::uint32_t word_count;
    std::size_t words_begin;
    std::size_t spent_begin;
    std::uint32_t next;  // of the same hash
  };
  static constexpr std::uint32_t kNone = UINT32_MAX;

  bool covers(const Seen& other, const Configuration& configuration) const {
    const auto& [state, state_hash, head, words, spent] = configuration;
    if (other.head != head || other.word_count != words.size() || !(other.state == state) ||
        !std::equal(words.begin(), words.end(), words_.data() + other.words_begin)) {
      return false;
    }
    return std::equal(spent.begin(), spent.end(), spent_.data() + other.spent_begin,
                      [](std::uint32_t now, std::uint32_t then) { return then <= now; });
  }

  static std::uint64_t hash_of(const Configuration& configuration) {
    std::uint64_t hash = mix(configuration.state_hash ^ configuration.head);
    for (const std::uint64_t word : configuration.words) hash = mix(hash ^ word);
    return hash;
  }

  // The finaliser of splitmix64 (public domain, S. Vigna).
  static std::uint64_t mix(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
  }

  std::vector<Seen> seen_;
  std::vector<std::uint64_t> words_;
  std::vector<std::uint32_t> spent_;
  std::unordered_map<std::uint64_t, std::uint32_t> by_hash_;  // never iterated
};

}  // namespace confman::sim
