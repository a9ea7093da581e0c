#include "sim/check/formats.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

namespace confman::sim {

namespace {

constexpr std::string_view kRegisterPrefix = "INFO  jepsen.util - ";

enum class EventType { Invoke, Ok, Fail, Info };

struct LineError {
  std::string message;
};
template <class T>
using Parsed = std::expected<T, LineError>;

std::unexpected<LineError> wrong(std::string_view what, std::string_view text) {
  return std::unexpected(LineError{std::string(what) + ": '" + std::string(text) + "'"});
}

Parsed<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  // The two largest numbers mean nil and "unsought" in the register's model.
  if (error != std::errc{} || end != text.data() + text.size() || number >= UINT64_MAX - 1) {
    return wrong("not a number in range", text);
  }
  return number;
}

Parsed<EventType> parse_type(std::string_view text) {
  constexpr std::string_view kNames[] = {":invoke", ":ok", ":fail", ":info"};
  for (std::size_t i = 0; i < std::size(kNames); ++i) {
    if (text == kNames[i]) {
      return static_cast<EventType>(i);
    }
  }
  return wrong("unknown event type", text);
}

// Takes the text up to the separator, or all of it, off the front.
std::string_view take(std::string_view& text, char separator) {
  const std::size_t at = text.find(separator);
  const std::string_view head = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return head;
}

constexpr std::string_view kBlanks = " \t\r";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// Takes a line off the front, and gives it without the blanks before it.
std::string_view take_line(std::string_view& text) {
  std::string_view line = take(text, '\n');
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
  return line;
}

// Takes a column off the front. Jepsen parts them by a tab or pads them with spaces, by version.
std::string_view take_column(std::string_view& text) {
  const std::size_t end = std::min(text.find_first_of(kBlanks), text.size());
  const std::string_view head = text.substr(0, end);
  text = trimmed(text.substr(end));
  return head;
}

// Pairs the beginnings and ends of operations, process by process.
template <class Action>
class Pairing {
 public:
  struct Event {
    std::uint64_t process{};
    EventType type{};
    Action action{};
    bool timed_out = false;
  };
  explicit Pairing(std::vector<Operation<Action>>& operations) : operations_(operations) {}

  // `finish(begun, event)` completes the action of an operation that is Ok or, for Fail, says
  // whether it tells something of the state; false: it did not happen.
  template <class Finish>
  Parsed<bool> add(const Event& event, std::string key, Moment now, const Finish& finish) {
    const auto open = open_.find(event.process);
    if (event.type == EventType::Invoke) {
      if (open != open_.end()) {
        return std::unexpected(LineError{"the process has an operation under way"});
      }
      open_.emplace(event.process, operations_.size());
      dropped_.push_back(false);
      operations_.push_back(
          {.key = std::move(key), .action = event.action, .called = now, .id = now});
      return true;
    }
    if (open == open_.end()) {
      return std::unexpected(LineError{"the process has no operation under way"});
    }
    const std::size_t index = open->second;
    Operation<Action>& op = operations_[index];
    open_.erase(open);
    if (op.key != key || op.action.kind != event.action.kind) {
      return std::unexpected(LineError{"the process began another operation than it ends"});
    }
    if (event.type == EventType::Info) {
      return true;
    }
    if (finish(op.action, event)) {
      op.returned = now;
    } else {
      dropped_[index] = true;
    }
    return true;
  }

  void drop_what_did_not_happen() {
    std::size_t index = 0;
    std::erase_if(operations_, [&](const auto&) { return dropped_[index++]; });
  }

 private:
  std::vector<Operation<Action>>& operations_;
  std::vector<bool> dropped_;
  std::map<std::uint64_t, std::size_t> open_;
};

using RegisterEvent = Pairing<RegisterAction>::Event;
using KvEvent = Pairing<KvAction>::Event;

Parsed<bool> parse_register_value(std::string_view value, RegisterEvent& event) {
  using Kind = RegisterAction::Kind;
  if (value == ":timed-out") {
    event.timed_out = true;
    return event.type == EventType::Invoke || event.type == EventType::Ok
               ? Parsed<bool>(wrong("only an end can time out", value))
               : Parsed<bool>(true);
  }
  if (event.action.kind == Kind::Read && value == "nil") {
    return true;
  }
  std::string_view text = value;
  if (event.action.kind == Kind::Cas) {
    if (!value.starts_with('[') || !value.ends_with(']')) {
      return wrong("not a pair", value);
    }
    text = value.substr(1, value.size() - 2);
    const auto expected = parse_number(take(text, ' '));
    if (!expected) {
      return std::unexpected(expected.error());
    }
    event.action.expected = *expected;
  }
  const auto number = parse_number(text);
  if (!number) {
    return std::unexpected(number.error());
  }
  event.action.value = *number;
  return true;
}

Parsed<RegisterEvent> parse_register_line(std::string_view line) {
  RegisterEvent event;
  line = trimmed(line);
  const auto process = parse_number(take_column(line));
  const auto type = parse_type(take_column(line));
  if (!process || !type) {
    return std::unexpected(process ? type.error() : process.error());
  }
  event.process = *process;
  event.type = *type;
  const std::string_view action = take_column(line);
  if (action == ":read") {
    event.action.kind = RegisterAction::Kind::Read;
  } else if (action == ":write") {
    event.action.kind = RegisterAction::Kind::Write;
  } else if (action == ":cas") {
    event.action.kind = RegisterAction::Kind::Cas;
  } else {
    return wrong("unknown action", action);
  }
  if (const auto value = parse_register_value(line, event); !value) {
    return std::unexpected(value.error());
  }
  return event;
}

bool finish_register(RegisterAction& begun, const RegisterEvent& event) {
  if (event.type == EventType::Ok) {
    begun.value = event.action.value;
    return true;
  }
  begun.refused = begun.kind == RegisterAction::Kind::Cas && !event.timed_out;
  return begun.refused;
}

// The fields of one line of a KV history.
struct KvLine {
  KvEvent event;
  std::string key;
};

Parsed<std::string> take_string(std::string_view& text) {
  std::string out;
  text.remove_prefix(1);
  while (!text.empty() && text.front() != '"') {
    char c = text.front();
    text.remove_prefix(1);
    if (c == '\\') {
      constexpr std::string_view kEscapes = "\"\\ntr";
      constexpr std::string_view kMeanings = "\"\\\n\t\r";
      const std::size_t which = text.empty() ? std::string_view::npos : kEscapes.find(text.front());
      if (which == std::string_view::npos) {
        return wrong("unknown escape before", text);
      }
      c = kMeanings[which];
      text.remove_prefix(1);
    }
    out.push_back(c);
  }
  if (text.empty()) {
    return std::unexpected(LineError{"a string without end"});
  }
  text.remove_prefix(1);
  return out;
}

// What parts the items of an EDN map.
constexpr std::string_view kSeparators = " \t,";

void skip_separators(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(kSeparators), text.size()));
}

std::string_view take_item(std::string_view& text) {
  const std::string_view item = text.substr(0, text.find_first_of(kSeparators));
  text.remove_prefix(item.size());
  return item;
}

// A flat EDN map of keywords to keywords, numbers, strings and nil. Strings keep a leading quote.
Parsed<std::map<std::string, std::string>> parse_map(std::string_view line) {
  if (!line.starts_with('{') || !line.ends_with('}')) {
    return wrong("not a map", line);
  }
  std::string_view rest = line.substr(1, line.size() - 2);
  std::map<std::string, std::string> fields;
  for (skip_separators(rest); !rest.empty(); skip_separators(rest)) {
    const std::string name(take_item(rest));
    skip_separators(rest);
    std::string value;
    if (rest.starts_with('"')) {
      auto text = take_string(rest);
      if (!text) {
        return std::unexpected(text.error());
      }
      value = '"' + *text;
    } else {
      value = take_item(rest);
    }
    if (!name.starts_with(':') || value.empty() || !fields.try_emplace(name, value).second) {
      return wrong("a field that is no keyword, empty or there twice", name);
    }
  }
  return fields;
}

Parsed<KvLine> parse_kv_line(std::string_view line, Texts& texts) {
  auto fields = parse_map(line);
  if (!fields) {
    return std::unexpected(fields.error());
  }
  KvLine result;
  const auto process = parse_number((*fields)[":process"]);
  const auto type = parse_type((*fields)[":type"]);
  if (!process || !type) {
    return std::unexpected(process ? type.error() : process.error());
  }
  result.event.process = *process;
  result.event.type = *type;
  const std::string& action = (*fields)[":f"];
  if (action == ":get") {
    result.event.action.kind = KvAction::Kind::Get;
  } else if (action == ":put") {
    result.event.action.kind = KvAction::Kind::Put;
  } else if (action == ":append") {
    result.event.action.kind = KvAction::Kind::Append;
  } else {
    return wrong("unknown action", action);
  }
  const std::string& key = (*fields)[":key"];
  if (!key.starts_with('"')) {
    return wrong("a key that is no string", key);
  }
  result.key = key.substr(1);
  const std::string& value = (*fields)[":value"];
  if (value.starts_with('"')) {
    result.event.action.text = texts.id_of(std::string_view(value).substr(1));
  } else if (value != "nil" || result.event.action.kind != KvAction::Kind::Get) {
    return wrong("a value that is no string", value);
  }
  return result;
}

// Calls handle(line, number) for each line that isn't blank, without the blanks before it.
template <class Handle>
std::expected<void, FormatError> for_each_line(std::string_view text, const Handle& handle) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view line = take_line(text);
    if (line.empty()) {
      continue;
    }
    if (const Parsed<bool> handled = handle(line, number); !handled) {
      return std::unexpected(FormatError{number, handled.error().message});
    }
  }
  return {};
}

}  // namespace

std::expected<RegisterHistory, FormatError> parse_register_log(std::string_view text) {
  RegisterHistory history;
  Pairing<RegisterAction> pairing(history.operations);
  const auto read = for_each_line(text, [&](std::string_view line, Moment now) -> Parsed<bool> {
    if (!line.starts_with(kRegisterPrefix)) {
      return true;
    }
    const auto event = parse_register_line(line.substr(kRegisterPrefix.size()));
    if (!event) {
      return std::unexpected(event.error());
    }
    return pairing.add(*event, "register", now, finish_register);
  });
  if (!read) {
    return std::unexpected(read.error());
  }
  pairing.drop_what_did_not_happen();
  return history;
}

std::expected<KvHistory, FormatError> parse_kv_history(std::string_view text) {
  KvHistory history;
  Pairing<KvAction> pairing(history.operations);
  const auto finish = [](KvAction& begun, const KvEvent& event) {
    if (begun.kind == KvAction::Kind::Get) {
      begun.text = event.action.text;
    }
    return event.type == EventType::Ok;
  };
  const auto read = for_each_line(text, [&](std::string_view line, Moment now) -> Parsed<bool> {
    auto parsed = parse_kv_line(trimmed(line), history.texts);
    if (!parsed) {
      return std::unexpected(parsed.error());
    }
    return pairing.add(parsed->event, std::move(parsed->key), now, finish);
  });
  if (!read) {
    return std::unexpected(read.error());
  }
  pairing.drop_what_did_not_happen();
  return history;
}

std::expected<AnyHistory, FormatError> parse_history(std::string_view text) {
  const auto either = [](auto history) -> std::expected<AnyHistory, FormatError> {
    if (!history) {
      return std::unexpected(history.error());
    }
    return AnyHistory(*std::move(history));
  };
  std::string_view rest = text;
  bool is_blank = true;
  while (!rest.empty()) {
    const std::string_view line = take_line(rest);
    is_blank = is_blank && line.empty();
    if (line.starts_with(kRegisterPrefix)) {
      return either(parse_register_log(text));
    }
    if (line.starts_with('{')) {
      return either(parse_kv_history(text));
    }
  }
  return std::unexpected(FormatError{
      0, is_blank ? "the history is empty" : "neither a register log nor a KV history"});
}

}  // namespace confman::sim
