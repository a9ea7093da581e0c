#include "sim/run/recording.hpp"

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

namespace confman::sim {
namespace {

constexpr std::string_view kFormat = "confman-recording ";
constexpr std::string_view kVersion = "1";
// Events that a reader will hold in memory at most.
constexpr std::uint64_t kMaxRecordedEvents = 50'000'000;

std::string hex(std::uint64_t value) {
  std::string text(16, '0');
  for (auto digit = text.rbegin(); digit != text.rend(); ++digit, value >>= 4) {
    *digit = "0123456789abcdef"[value & 15];
  }
  return text;
}

void write_op(std::string& text, const ClientOp& op) {
  text += 'o';
  const OpRow row = row_of(op);
  for (std::size_t i = 0; i < kColumns; ++i) {
    const std::uint64_t number = row.numbers()[i];
    text += ' ';
    text += kColumnSpecs[i].is_signed ? std::to_string(static_cast<std::int64_t>(number))
                                      : std::to_string(number);
  }
  text += '\n';
}

// The words of a line, one after the other; the first impossible one makes it fail for good.
class Words {
 public:
  explicit Words(std::string_view line) : rest_(line) {}

  std::string_view word() {
    const std::size_t end = std::min(rest_.find(' '), rest_.size());
    const std::string_view word = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    if (word.empty()) ok_ = false;
    return word;
  }
  template <class T>
  T number(int base = 10) {
    const std::string_view text = word();
    T value{};
    const auto end = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (end.ec != std::errc() || end.ptr != text.data() + text.size()) ok_ = false;
    return value;
  }
  std::string_view rest() { return std::exchange(rest_, {}); }
  bool at_end() const { return rest_.empty(); }
  bool ok() const { return ok_ && rest_.empty(); }
  void fail() { ok_ = false; }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

class Parser {
 public:
  std::expected<Recording, std::string> parse(std::string_view text) {
    while (!text.empty()) {
      ++number_;
      const std::size_t end = text.find('\n');
      if (end == std::string_view::npos) return bad("ends within a line");
      if (!line(text.substr(0, end))) {
        return bad(why_.empty() ? "is not understood" : why_.c_str());
      }
      text.remove_prefix(end + 1);
    }
    if (number_ == 0) return bad("is missing: the file is empty");
    if (announced_ != recording_.events.size()) return bad("comes too early: events are missing");
    const DerivedConfig& config = recording_.config;
    if (config.nodes + config.spares > kMaxSimNodes) return bad("ends a run of too many nodes");
    for (const Knob& knob : knobs()) {
      if (!set_.contains(knob.name)) recording_.missing_knobs.emplace_back(knob.name);
    }
    return std::move(recording_);
  }

 private:
  std::unexpected<std::string> bad(const char* what) const {
    return std::unexpected("line " + std::to_string(number_) + " " + what);
  }

  bool line(std::string_view text) {
    if (number_ == 1) return magic(text);
    Words words(text);
    const std::string_view first = words.word();
    if (first == "e") {
      event(words);
    } else if (first == "o") {
      operation(words);
    } else if (first == "knob") {
      knob(words);
    } else if (first == "failure") {
      failure(words);
    } else if (first == "seed") {
      recording_.seed = words.number<std::uint64_t>();
    } else if (first == "hash") {
      recording_.hash = words.number<std::uint64_t>(16);
    } else if (first == "events") {
      announced_ = words.number<std::uint64_t>();
      if (announced_ > kMaxRecordedEvents) words.fail();
    } else if (first == "build") {
      recording_.build = words.rest();
    } else if (first == "program") {
      recording_.program = words.number<std::uint64_t>(16);
    } else if (first == "sentence") {
      recording_.sentences.emplace_back(words.rest());
    } else if (first == "profile") {
      const std::string_view name = words.word();
      const auto profile = profile_of(name);
      if (!profile) return unknown("profile", name);
      recording_.profile = *profile;
    } else {
      return unknown("kind of line", first);
    }
    return words.ok();
  }

  bool magic(std::string_view text) {
    if (!text.starts_with(kFormat)) {
      why_ = "is no beginning of a recording";
      return false;
    }
    text.remove_prefix(kFormat.size());
    if (text == kVersion) return true;
    why_ = "names version '" + std::string(text) + "' of the format, and this program reads " +
           std::string(kVersion);
    return false;
  }

  // Always false.
  bool unknown(std::string_view what, std::string_view name) {
    why_ = "names a " + std::string(what) + " that this program doesn't know: '" +
           std::string(name) + "'";
    return false;
  }

  void event(Words& words) {
    RecordedEvent recorded;
    recorded.event.at = words.number<SimTime>();
    const std::string_view name = words.word();
    const auto kind = event_kind_of(name);
    if (!kind) unknown("kind of event", name);
    if (!kind || recording_.events.size() >= announced_) return words.fail();
    recorded.event.kind = *kind;
    recorded.event.node = words.number<std::uint8_t>();
    recorded.event.a = words.number<std::uint64_t>();
    recorded.event.b = words.number<std::uint64_t>();
    recording_.events.push_back(std::move(recorded));
  }

  void operation(Words& words) {
    if (recording_.events.empty() || recording_.events.back().event.kind != EventKind::Submit) {
      return words.fail();
    }
    OpRow row;
    for (std::size_t i = 0; i < kColumns; ++i) {
      if (i >= kFirstColumns && words.at_end()) break;
      row[static_cast<Column>(i)] = kColumnSpecs[i].is_signed
                                        ? static_cast<std::uint64_t>(words.number<std::int64_t>())
                                        : words.number<std::uint64_t>();
    }
    recording_.events.back().op = op_of(row);
    if (recording_.events.back().op) return;
    why_ = "is no operation that this program knows (its kind is " +
           std::to_string(row[Column::Kind]) + ")";
    words.fail();
  }

  void knob(Words& words) {
    const std::string_view name = words.word();
    const auto& all = knobs();
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Knob& knob) { return knob.name == name; });
    const auto value = words.number<std::int64_t>();
    if (name == "nodes" && (value < 1 || value > kMaxSimNodes)) words.fail();
    if (name == "spares" && (value < 0 || value > kMaxSimNodes)) words.fail();
    if (found == all.end()) {
      recording_.unknown_knobs.emplace_back(name);
      return;
    }
    set_.insert(found->name);
    recording_.config.*found->field = value;
  }

  void failure(Words& words) {
    RunFailure failure;
    const std::string_view kind = words.word();
    bool known = false;
    for (int i = 0; i < kFailureKinds; ++i) {
      if (name_of(static_cast<FailureKind>(i)) != kind) continue;
      failure.kind = static_cast<FailureKind>(i);
      known = true;
    }
    if (!known) {
      unknown("kind of failure", kind);
      words.fail();
    }
    failure.oracle = words.word();
    failure.sentence = words.rest();
    recording_.failure = std::move(failure);
  }

  Recording recording_;
  std::set<std::string_view> set_;  // knobs
  std::uint64_t announced_ = 0;
  std::size_t number_ = 0;
  std::string why_;  // the line can't be read; empty: no more to say
};

}  // namespace

std::string to_text(const Recording& recording) {
  std::string text(kFormat);
  text += kVersion;
  text += "\nseed " + std::to_string(recording.seed);
  text += "\nprofile " + std::string(name_of(recording.profile));
  text += "\nbuild " + recording.build + "\n";
  if (recording.program != 0) text += "program " + hex(recording.program) + "\n";
  for (const std::string& sentence : recording.sentences) text += "sentence " + sentence + "\n";
  for (const Knob& knob : knobs()) {
    text += "knob " + std::string(knob.name) + " " + std::to_string(recording.config.*knob.field) +
            "\n";
  }
  if (const auto& failure = recording.failure) {
    text += "failure " + std::string(name_of(failure->kind)) + " " + failure->oracle + " " +
            failure->sentence + "\n";
  }
  text += "hash " + hex(recording.hash) + "\n";
  text += "events " + std::to_string(recording.events.size()) + "\n";
  for (const RecordedEvent& recorded : recording.events) {
    const Event& event = recorded.event;
    text += "e " + std::to_string(event.at) + " " + std::string(name_of(event.kind)) + " " +
            std::to_string(event.node) + " " + std::to_string(event.a) + " " +
            std::to_string(event.b) + "\n";
    if (recorded.op) write_op(text, *recorded.op);
  }
  return text;
}

std::expected<Recording, std::string> parse_recording(std::string_view text) {
  return Parser().parse(text);
}

}  // namespace confman::sim
