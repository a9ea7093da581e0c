#include "app/cli/arguments.hpp"

#include <algorithm>

#include "adapters/api/parameters.hpp"
#include "adapters/api/suggest.hpp"
#include "app/cli/failure.hpp"

namespace confman::cli {
namespace {

constexpr std::size_t kMaxWords = 256;

[[noreturn]] void fail(const std::string& message) {
  throw Failure(kUsage, message);
}

const Command* find_command(std::string_view name) {
  const auto all = commands();
  const auto found = std::ranges::find(all, name, &Command::name);
  return found == all.end() ? nullptr : &*found;
}

bool is_group(std::string_view word) {
  return std::ranges::any_of(
      commands(), [&](const Command& c) { return c.name.starts_with(std::string(word) + " "); });
}

// The command at the front of the words, one or two of them, and how many.
std::pair<const Command*, std::size_t> command_of(std::span<const std::string> words) {
  if (is_group(words[0])) {
    if (words.size() > 1) {
      if (const Command* found = find_command(words[0] + " " + words[1])) return {found, 2};
    }
    std::string list;
    for (const Command& c : commands()) {
      if (c.name.starts_with(words[0] + " ")) list += "\n  confman " + std::string(c.name);
    }
    fail("confman " + words[0] + " needs one of:" + list);
  }
  if (const Command* found = find_command(words[0])) return {found, 1};
  std::vector<std::string_view> names;
  for (const Command& c : commands()) names.push_back(c.name);
  fail("there is no command \"" + words[0] + "\"." + api::did_you_mean(words[0], names) +
       "\nconfman --help lists all commands.");
}

const Flag& flag_of(const Command& command, const std::string& name) {
  const Flag* flag = find_flag(name);
  if (flag != nullptr && takes(command, name)) return *flag;
  std::vector<std::string_view> names;
  for (const std::string_view candidate : command.flags) names.push_back(candidate);
  for (const std::string_view common : {"--server", "--timeout", "--output", "--json", "--help"}) {
    names.push_back(common);
  }
  fail("confman " + std::string(command.name) + " has no flag " + name + "." +
       api::did_you_mean(name, names) + "\nconfman help " + std::string(command.name) +
       " lists its flags.");
}

}  // namespace

std::optional<std::string> Arguments::value(std::string_view flag) const {
  const auto found = flags_.find(flag);
  if (found == flags_.end()) return std::nullopt;
  return found->second.front();
}

std::vector<std::string> Arguments::values(std::string_view flag) const {
  const auto found = flags_.find(flag);
  return found == flags_.end() ? std::vector<std::string>() : found->second;
}

std::optional<std::uint64_t> Arguments::number(std::string_view flag) const {
  const auto text = value(flag);
  if (!text) return std::nullopt;
  const auto number = api::parse_number(*text);
  if (!number || *number == 0) fail(std::string(flag) + " takes a whole number from 1 up.");
  return number;
}

std::optional<Duration> Arguments::duration(std::string_view flag) const {
  const auto text = value(flag);
  if (!text) return std::nullopt;
  const auto duration = api::parse_duration(*text);
  if (!duration || duration->us == 0) {
    fail("bad duration for " + std::string(flag) +
         ": it takes a number and a unit, as in 500ms, 5s, 1m.");
  }
  return duration;
}

Arguments parse_arguments(std::span<const std::string> words) {
  Arguments result;
  if (words.empty()) fail(usage());
  if (words.size() > kMaxWords) fail("too many arguments: at most 256.");
  if (words[0] == "help" || words[0] == "--help" || words[0] == "-h") {
    result.add("--help", "");
    if (words.size() > 1) result.command = command_of(words.subspan(1)).first;
    return result;
  }
  if (words[0] == "--version") {
    result.add("--version", "");
    return result;
  }
  const auto [command, used] = command_of(words);
  result.command = command;
  bool only_operands = false;
  for (std::size_t i = used; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (only_operands || word == "-" || !word.starts_with('-')) {
      result.operands.push_back(word);
      continue;
    }
    if (word == "--") {
      only_operands = true;
      continue;
    }
    const std::size_t equals = word.find('=');
    const std::string name = word == "-h" ? "--help" : word.substr(0, equals);
    const Flag& flag = flag_of(*command, name);
    if (result.has(name) && !flag.repeatable) fail("duplicate flag " + name + ".");
    if (flag.value.empty()) {
      if (equals != word.npos) fail(name + " takes no value.");
      result.add(name, "");
    } else if (equals != word.npos) {
      result.add(name, word.substr(equals + 1));
    } else if (i + 1 < words.size()) {
      result.add(name, words[++i]);
    } else {
      fail(name + " needs a value: " + name + " " + std::string(flag.value) + ".");
    }
  }
  if (result.has("--help")) return result;
  const std::size_t count = result.operands.size();
  if (count < command->min_operands || count > command->max_operands) {
    fail(std::string(count < command->min_operands ? "too few" : "too many") +
         " arguments.\nusage: confman " + std::string(command->name) + " " +
         std::string(command->operands) + " [flags]");
  }
  return result;
}

}  // namespace confman::cli
