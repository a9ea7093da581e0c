#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/base/time.hpp"

namespace confman::cli {

struct Flag {
  std::string_view name;   // "--timeout"
  std::string_view value;  // what stands for its value in the help, "DURATION"; empty: it has none
  std::string_view help;
  bool repeatable = false;
  bool may_be_empty = false;  // its value
};

class Arguments;

struct Command {
  std::string_view name;      // "set", "namespace create"
  std::string_view operands;  // "PATH VALUE"
  std::string_view summary;
  std::string_view details;  // more help, may be empty
  std::size_t min_operands = 0;
  std::size_t max_operands = 0;
  std::span<const std::string_view> flags;  // besides the common ones
  int (*run)(const Arguments& arguments);
};

// A command line, checked against its command: each flag is known, has its value, which is empty
// only where that means something, and is there once, or is one that may be repeated.
class Arguments {
 public:
  const Command* command = nullptr;  // null: help or version were asked for, or nothing
  std::vector<std::string> operands;

  bool has(std::string_view flag) const { return flags_.contains(flag); }
  // The value of a flag that may be there once.
  std::optional<std::string> value(std::string_view flag) const;
  std::vector<std::string> values(std::string_view flag) const;
  // Usage failures where the text isn't one, or it is less than `least`.
  std::optional<std::uint64_t> number(std::string_view flag, std::uint64_t least = 1) const;
  std::optional<Duration> duration(std::string_view flag) const;

  void add(std::string_view flag, std::string value) {
    flags_[std::string(flag)].push_back(std::move(value));
  }

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> flags_;
};

// Throws Failure(kUsage).
Arguments parse_arguments(std::span<const std::string> words);

// Is JSON asked for? Known also where the command line isn't one, for the message that says so.
bool asks_for_json(std::span<const std::string> words);

// The tables that parser, help and docs/cli.md go by.
std::span<const Command> commands();
std::span<const Flag> flags();
struct ExitStatus {
  int status;
  std::string_view meaning;
};
std::span<const ExitStatus> exit_statuses();

const Flag* find_flag(std::string_view name);
bool is_common(std::string_view flag);  // every command takes it
bool takes(const Command& command, std::string_view flag);

std::string usage();  // short
std::string help();
std::string help_for(const Command& command);

}  // namespace confman::cli
