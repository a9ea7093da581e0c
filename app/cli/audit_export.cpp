#include <cstdint>
#include <optional>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

#include "app/cli/audit_commands.hpp"
#include "app/cli/failure.hpp"
#include "app/cli/invocation.hpp"
#include "app/cli/output.hpp"
#include "app/cli/trail_file.hpp"
#include "domain/json/value.hpp"
#include "domain/json/value_writer.hpp"
#include "domain/model/revision.hpp"

// audit export
namespace confman::cli {
namespace {

constexpr std::uint64_t kExportPage = 500;

// What an export has of an event, whatever else a newer server writes.
struct Place {
  domain::Revision revision;
  std::uint64_t ordinal{};
  std::string chain;
  std::string previous_chain;  // empty: there was none before

  bool stands_at(const Place& other) const {
    return revision == other.revision && ordinal == other.ordinal;
  }
};

std::optional<Place> place_of(const json::Value& event) {
  const auto text = [&event](std::string_view name) {
    const json::Value* value = event.find(name);
    return value == nullptr || value->string() == nullptr ? std::string() : *value->string();
  };
  const auto revision = domain::parse_revision(text("revision"));
  const json::Value* ordinal = event.find("ordinal");
  Place place{.revision = revision.value_or(domain::Revision{}),
              .ordinal = ordinal == nullptr ? 0 : ordinal->uint64().value_or(0),
              .chain = text("chain"),
              .previous_chain = text("previousChain")};
  if (!revision || place.chain.empty()) return std::nullopt;
  return place;
}

std::optional<Place> place_on(const std::string& line) {
  const auto event = parse_document(line);
  return event ? place_of(*event) : std::nullopt;
}

class Export {
 public:
  explicit Export(const Arguments& arguments)
      : arguments_(arguments),
        output_(output_of(arguments, {Output::Human, Output::Json})),
        path_(arguments.operands.empty() ? "-" : arguments.operands[0]),
        file_(path_),
        client_(client_of(arguments)) {}

  void run() {
    find_start();
    std::string cursor;
    do {
      take_page(ask(cursor), cursor);
    } while (!cursor.empty());
    if (last_line_) throw_lacks_last_line();
    if (path_ != "-") report();
  }

 private:
  void find_start() {
    const auto since = arguments_.value("--since");
    if (since && !domain::parse_revision(*since)) {
      throw Failure(kUsage, "--since takes a revision, TERM:INDEX, as in 5:1234.");
    }
    const std::vector<std::string> lines = file_.last_lines();
    if (lines.empty()) {
      if (since) since_ = *since;
      return;
    }
    if (since) throw Failure(kUsage, "--since goes with a new file; this one says where to go on.");
    last_line_ = place_on(lines.back());
    if (!last_line_) throw Failure(kData, "the last line of " + path_ + " isn't an event.");
    since_ = before_last_entry(lines);
  }

  // From the last log entry on, so that its events are seen again: behind the one before. Where
  // that is out of reach, all is seen again.
  std::string before_last_entry(const std::vector<std::string>& lines) const {
    for (const std::string& line : lines | std::views::reverse) {
      const auto place = place_on(line);
      if (!place) break;
      if (place->revision.index < last_line_->revision.index) {
        return domain::to_string(place->revision);
      }
    }
    return "0:0";
  }

  std::string target(const std::string& cursor) const {
    Query query("/api/v1/audit/export");
    query.add("limit", std::to_string(kExportPage));
    if (!since_.empty()) query.add("since", since_);
    if (!cursor.empty()) query.add("cursor", cursor);
    return query.target();
  }

  Answer ask(const std::string& cursor) {
    try {
      return client_.call({.target = target(cursor), .subject = "the audit trail"});
    } catch (const Failure& failure) {
      // Not the position that the user gave: one that the file has.
      const auto problem = Document::parse(failure.problem);
      if (last_line_ && problem && problem->get("code") == "position_unknown") {
        throw_lacks_last_line();
      }
      throw;
    }
  }

  [[noreturn]] void throw_lacks_last_line() const {
    throw Failure(kData, "the cluster's trail doesn't have the last event of " + path_ +
                             ": it is another cluster's, or the file was changed.");
  }

  void take_page(const Answer& answer, std::string& cursor) {
    const auto page = parse_document(answer.body);
    const json::Value* items = page ? page->find("items") : nullptr;
    if (items == nullptr || items->array() == nullptr) unreadable(answer);
    std::string lines;
    for (const json::Value& item : *items->array()) {
      const auto place = place_of(item);
      if (!place) unreadable(answer);
      if (!is_next(*place)) continue;
      json::Writer out(lines);
      json::append(out, item);
      lines.push_back('\n');
      ++written_;
    }
    file_.append(lines);
    file_.sync();
    const json::Value* next = page->find("next");
    const std::string following =
        next == nullptr || next->string() == nullptr ? std::string() : *next->string();
    if (!following.empty() && following == cursor) {
      throw Failure(kProtocol, answer.node + " sent the same page twice.");
    }
    cursor = following;
  }

  // False: it is in the file already. Throws where it doesn't follow from what is.
  bool is_next(const Place& place) {
    if (last_line_) {
      if (!place.stands_at(*last_line_)) {
        if (place.revision.index <= last_line_->revision.index) return false;
      } else if (place.chain == last_line_->chain) {
        last_chain_ = place.chain;
        last_line_.reset();
        return false;
      }
      throw Failure(
          kData, "the cluster's trail has another event in the place of the last one of " + path_ +
                     ": it is another cluster's, or the file was changed.");
    }
    if (last_chain_ && place.previous_chain != *last_chain_) {
      throw Failure(kProtocol, "the servers' trail has a gap before " +
                                   domain::to_string(place.revision) + ".");
    }
    last_chain_ = place.chain;
    return true;
  }

  [[noreturn]] static void unreadable(const Answer& answer) {
    throw Failure(kProtocol, answer.node + " sent an answer that can't be read.");
  }

  void report() const {
    if (output_ == Output::Json) {
      std::string text;
      json::Writer out(text);
      out.begin_object().member("file", path_).member("added", written_);
      if (last_chain_) out.member("chain", *last_chain_);
      out.end_object();
      return print_json(std::move(text));
    }
    print_line(std::to_string(written_) + (written_ == 1 ? " event" : " events") + " added to " +
               for_terminal(path_) +
               (last_chain_ ? ", the chain value of the last is " + *last_chain_ : ""));
  }

  const Arguments& arguments_;
  const Output output_;
  const std::string path_;
  TrailFile file_;
  Client client_;
  std::string since_;
  std::optional<Place> last_line_;  // of the file, until the trail has given it again
  std::optional<std::string> last_chain_;
  std::uint64_t written_ = 0;
};

}  // namespace

int run_audit_export(const Arguments& arguments) {
  Export(arguments).run();
  return kOk;
}

}  // namespace confman::cli
