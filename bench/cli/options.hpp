#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace confman::bench {

// "--name value" pairs of a command line. Reads remember the first fault, so that a command can
// read all its options and ask once.
class Options {
 public:
  // `known`: the names allowed, without dashes.
  static std::expected<Options, std::string> parse(const std::vector<std::string>& arguments,
                                                   const std::set<std::string>& known);

  std::string text(const std::string& name, std::string_view otherwise) const;
  std::uint64_t number(const std::string& name, std::uint64_t otherwise, std::uint64_t min,
                       std::uint64_t max);
  // Comma-separated.
  std::vector<std::uint64_t> numbers(const std::string& name, std::string_view otherwise,
                                     std::uint64_t min, std::uint64_t max);

  // Empty when everything read so far was in range.
  const std::string& fault() const { return fault_; }

 private:
  std::map<std::string, std::string> values_;
  std::string fault_;
};

std::vector<std::string> split(std::string_view text, char separator);

}  // namespace confman::bench
