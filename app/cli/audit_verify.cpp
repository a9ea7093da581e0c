#include <algorithm>
#include <cctype>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/api/audit_record.hpp"
#include "app/cli/audit_commands.hpp"
#include "app/cli/audit_trail.hpp"
#include "app/cli/failure.hpp"
#include "app/cli/invocation.hpp"
#include "app/cli/output.hpp"
#include "app/cli/trail_file.hpp"
#include "domain/base/hash.hpp"
#include "domain/json/value.hpp"
#include "domain/json/writer.hpp"

// audit verify
namespace confman::cli {
namespace {

// As the cluster writes chain values, so that a slip isn't taken for a forged trail.
std::optional<std::string> chain_flag(const Arguments& arguments) {
  auto chain = arguments.value("--head");
  if (!chain) return std::nullopt;
  const auto is_digit = [](unsigned char c) { return std::isxdigit(c) != 0; };
  if (chain->size() != 2 * Sha256Digest{}.size() || !std::ranges::all_of(*chain, is_digit)) {
    throw Failure(kUsage, "--head takes a chain value, 64 hexadecimal digits.");
  }
  std::ranges::transform(*chain, chain->begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return chain;
}

class Verification {
 public:
  explicit Verification(const Arguments& arguments)
      : files_(arguments.operands), wanted_chain_(chain_flag(arguments)) {}

  void run() {
    for (const std::string& file : files_) {
      read_lines(file, [&](std::string_view text, std::size_t number, bool whole) {
        take(text, file + ", line " + std::to_string(number), whole);
        // Behind a gap what is missing may yet come.
        return !trail_.fault() || trail_.lacks_something();
      });
      if (trail_.fault() && !trail_.lacks_something()) break;
    }
    if (trail_.fault()) throw Failure(kData, *trail_.fault());
    if (!trail_.last()) throw Failure(kData, "there are no events to verify.");
    if (wanted_chain_ && !has_wanted_chain_) {
      throw Failure(kData, "no event has the chain value " + *wanted_chain_ +
                               ": events are missing at the end, or all of it was rewritten.");
    }
  }

  void tell(Output output) const {
    const std::string first = domain::audit_id(trail_.first()->row);
    const std::string last = domain::audit_id(trail_.last()->row);
    const std::string chain = to_hex(as_view(trail_.last()->row.chain));
    if (output == Output::Json) {
      std::string text;
      json::Writer out(text);
      out.begin_object()
          .member("verdict", "unbroken")
          .member("events", trail_.events())
          .member("first", first)
          .member("last", last)
          .member("chain", chain)
          .member("fromTheBeginning", trail_.from_the_beginning())
          .member("withheld", trail_.withheld())
          .member("heldAgainstHead", wanted_chain_.has_value());
      if (trail_.withheld() > 0) {
        out.member("notProvenUpTo", domain::audit_id(trail_.last_withheld()->row));
      }
      out.end_object();
      return print_json(std::move(text));
    }
    print_line("unbroken: " + std::to_string(trail_.events()) +
               (trail_.events() == 1 ? " event, " : " events, ") + first + " to " + last);
    print_line("chain value of the last: " + chain);
    if (!trail_.from_the_beginning()) {
      print_line("not known: what was before " + first + ", where the export begins");
    }
    if (trail_.withheld() > 0) {
      print_line("not known: what " + std::to_string(trail_.withheld()) +
                 " withheld events say, the first of them " +
                 domain::audit_id(trail_.first_withheld()->row));
      print_line("not known: whether events up to the last of these, " +
                 domain::audit_id(trail_.last_withheld()->row) +
                 ", were changed, taken away or added: a withheld one fits whatever is before it");
    }
    if (!wanted_chain_) {
      print_line("not known: whether events behind " + last +
                 " are missing, or all was rewritten: give --head, a chain value that the cluster "
                 "told");
    }
  }

  void refuse_withheld() const {
    if (trail_.withheld() == 0) return;
    throw Failure(kData, std::to_string(trail_.withheld()) + " events are withheld, the first is " +
                             domain::audit_id(trail_.first_withheld()->row) +
                             ": whoever exported may not read them, or somebody emptied them. "
                             "--allow-withheld takes them for what they are.");
  }

 private:
  void take(std::string_view text, const std::string& where, bool whole) {
    if (text.size() > kMaxTrailLineBytes) return unreadable(where, "it is too long", whole);
    const auto value = json::parse(text);
    if (!value) {
      return unreadable(
          where, "it isn't JSON (" + std::string(json::code_of(value.error().kind)) + ")", whole);
    }
    auto record = api::read_record(*value);
    if (!record) return unreadable(where, record.error(), whole);
    const PlacedRecord placed{.record = std::move(*record), .where = where};
    if (trail_.lacks_something()) return trail_.look_for_missing(placed);
    trail_.next(placed);
    if (!trail_.fault() && wanted_chain_ == to_hex(as_view(placed.record.row.chain))) {
      has_wanted_chain_ = true;
    }
  }

  void unreadable(const std::string& where, const std::string& why, bool whole) const {
    if (trail_.lacks_something()) return;
    const std::string before =
        trail_.last()
            ? " What is before it, to " + domain::audit_id(trail_.last()->row) + ", is unbroken."
            : "";
    throw Failure(kData, where + (whole ? " isn't an event of an export: " : " is cut off: ") +
                             why + "." + before);
  }

  const std::vector<std::string>& files_;
  const std::optional<std::string> wanted_chain_;
  bool has_wanted_chain_ = false;
  AuditTrail trail_;
};

}  // namespace

int run_audit_verify(const Arguments& arguments) {
  const Output output = output_of(arguments, {Output::Human, Output::Json});
  Verification verification(arguments);
  verification.run();
  if (!arguments.has("--allow-withheld")) verification.refuse_withheld();
  verification.tell(output);
  return kOk;
}

}  // namespace confman::cli
