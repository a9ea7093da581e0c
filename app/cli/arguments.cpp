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
    if (const Command* found = find_command(words[0])) return {found, 1};
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

// `before` are the operands in front of it.
[[noreturn]] void refuse_flag(const Command& command, const std::string& name,
                              std::span<const std::string> before, const std::string& word) {
  std::vector<std::string_view> names(command.flags.begin(), command.flags.end());
  for (const Flag& flag : flags()) {
    if (is_common(flag.name)) names.push_back(flag.name);
  }
  std::string message = "confman " + std::string(command.name) + " has no flag " + name + "." +
                        api::did_you_mean(name, names) + "\nconfman help " +
                        std::string(command.name) + " lists its flags.";
  if (before.size() < command.max_operands) {
    message += " An argument that starts with a dash comes after --:\n  confman " +
               std::string(command.name);
    for (const std::string& operand : before) message += " " + operand;
    message += " -- " + word;
  }
  fail(message);
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

std::optional<std::uint64_t> Arguments::number(std::string_view flag, std::uint64_t least) const {
  const auto text = value(flag);
  if (!text) return std::nullopt;
  const auto number = api::parse_number(*text);
  if (!number || *number < least) {
    fail(std::string(flag) + " takes a whole number from " + std::to_string(least) + " up.");
  }
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

namespace {

// Reads a command line from the left.
class Parser {
 public:
  explicit Parser(std::span<const std::string> words) : words_(words) {}

  Arguments run() {
    // Flags of every command may come before it, as in confman --server URL status.
    while (at_ < words_.size() && is_flag(words_[at_])) {
      if (words_[at_] == "--version") return version();
      take_flag(common_flag(name_at()));
    }
    if (at_ < words_.size() && words_[at_] == "help") {
      ++at_;
      result_.add("--help", "");
    }
    if (at_ == words_.size()) {
      if (result_.has("--help")) return std::move(result_);
      fail(usage());
    }
    const auto [command, used] = command_of(words_.subspan(at_));
    result_.command = command;
    at_ += used;
    rest_of_line();
    if (!result_.has("--help")) check_operands();
    return std::move(result_);
  }

 private:
  static bool is_flag(const std::string& word) { return word.starts_with('-') && word != "-"; }

  static std::string_view long_name(std::string_view name) {
    if (name == "-h") return "--help";
    return name == "-o" ? std::string_view("--output") : name;
  }

  std::string name_at() const {
    const std::string& word = words_[at_];
    return std::string(long_name(word.substr(0, word.find('='))));
  }

  Arguments version() {
    result_.add("--version", "");
    return std::move(result_);
  }

  const Flag& common_flag(const std::string& name) const {
    if (is_common(name)) return *find_flag(name);
    if (find_flag(name) != nullptr) fail(name + " belongs behind the command.");
    fail("confman has no flag " + name + ".\n" + usage());
  }

  void rest_of_line() {
    bool only_operands = false;
    while (at_ < words_.size()) {
      const std::string& word = words_[at_];
      if (only_operands || !is_flag(word)) {
        result_.operands.push_back(word);
        ++at_;
      } else if (word == "--") {
        only_operands = true;
        ++at_;
      } else {
        take_flag(known_flag(word));
      }
    }
  }

  const Flag& known_flag(const std::string& word) const {
    const std::string name = name_at();
    const Flag* flag = find_flag(name);
    if (flag != nullptr && takes(*result_.command, name)) return *flag;
    refuse_flag(*result_.command, name, result_.operands, word);
  }

  void take_flag(const Flag& flag) {
    const std::string& word = words_[at_++];
    const std::string name(flag.name);
    const std::size_t equals = word.find('=');
    if (result_.has(name) && !flag.repeatable) {
      fail("duplicate flag " + name + ": it may be there once.");
    }
    if (flag.value.empty()) {
      if (equals != word.npos) fail(name + " takes no value.");
      return result_.add(name, "");
    }
    if (equals != word.npos) return add(flag, word.substr(equals + 1));
    if (at_ == words_.size()) {
      fail(name + " needs a value: " + name + " " + std::string(flag.value) + ".");
    }
    const std::string& value = words_[at_];
    if (is_flag(value) && find_flag(long_name(value.substr(0, value.find('=')))) != nullptr) {
      fail(name + " needs a value, and " + value +
           " is a flag. If it is meant as the value: " + name + "=" + value);
    }
    add(flag, value);
    ++at_;
  }

  // A script's variable that isn't set must not turn into a filter that isn't there.
  void add(const Flag& flag, const std::string& value) {
    const std::string name(flag.name);
    if (value.empty() && !flag.may_be_empty) {
      fail(name + " has an empty value: " + name + " " + std::string(flag.value) + ".");
    }
    result_.add(name, value);
  }

  void check_operands() const {
    const Command& command = *result_.command;
    const std::size_t count = result_.operands.size();
    if (count >= command.min_operands && count <= command.max_operands) return;
    fail(std::string(count < command.min_operands ? "too few" : "too many") +
         " arguments.\nusage: confman " + std::string(command.name) + " " +
         std::string(command.operands) + " [flags]");
  }

  std::span<const std::string> words_;
  std::size_t at_ = 0;
  Arguments result_;
};

}  // namespace

Arguments parse_arguments(std::span<const std::string> words) {
  if (words.empty()) fail(usage());
  if (words.size() > kMaxWords) fail("too many arguments: at most 256.");
  return Parser(words).run();
}

bool asks_for_json(std::span<const std::string> words) {
  for (std::size_t i = 0; i < words.size() && words[i] != "--"; ++i) {
    const std::string& word = words[i];
    if (word == "--json" || word == "--output=json" || word == "-o=json") return true;
    const bool output = word == "--output" || word == "-o";
    if (output && i + 1 < words.size() && words[i + 1] == "json") return true;
  }
  return false;
}

}  // namespace confman::cli
