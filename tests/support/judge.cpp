#include "tests/support/judge.hpp"

#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>
#include <algorithm>
#include <fstream>

#include "sim/check/final_state.hpp"
#include "sim/check/linearizability.hpp"
#include "sim/check/session.hpp"
#include "tests/support/http_connection.hpp"

namespace confman::testing {
namespace {

using namespace std::chrono_literals;
using Poco::JSON::Object;
using sim::FinalVersion;
using sim::OpRecord;

constexpr auto kReadTimeout = 10s;
constexpr int kMaxPages = 1000;

// Null: a key that was never written.
std::expected<Object::Ptr, std::string> get(const Address& node, const std::string& target) {
  const auto answer = ask(node, {.target = target}, kReadTimeout);
  if (!answer || (answer->status != 200 && answer->status != 404)) {
    return std::unexpected(
        "GET " + target + " at " + node.text() + ": " +
        (answer ? std::to_string(answer->status) + " " + answer->body : std::string("no answer")));
  }
  if (answer->status == 404) return Object::Ptr();
  Poco::JSON::Parser parser;
  return parser.parse(answer->body).extract<Object::Ptr>();
}

FinalVersion version_of(const std::string& key, const Object& row) {
  FinalVersion version;
  version.key = key;
  version.version = row.getValue<std::uint64_t>("version");
  version.revision = *domain::parse_revision(row.getValue<std::string>("revision"));
  version.tombstone = row.optValue("deleted", false);
  if (!version.tombstone) version.value = row.getValue<std::uint64_t>("value");
  return version;
}

std::string text_of(const OpRecord& op) {
  constexpr const char* kOutcomes[] = {"done", "refused", "not done", "unknown"};
  constexpr const char* kModes[] = {"linearizable", "stale", "read-your-writes"};
  constexpr const char* kConditions[] = {"", " if-version ", " if-absent", " if-exists"};
  std::string text = std::to_string(op.called) + " " +
                     (op.returned == sim::kNever ? "never" : std::to_string(op.returned)) + " " +
                     sim::name_of(op);
  if (op.is_read()) text += std::string(" ") + kModes[static_cast<int>(op.consistency)];
  if (op.min_revision) text += " from " + sim::name_of(*op.min_revision);
  text += kConditions[static_cast<int>(op.precondition.kind)];
  if (op.precondition.kind == sim::Precondition::Kind::IfVersion) {
    text += std::to_string(op.precondition.version);
  }
  text += std::string(": ") + kOutcomes[static_cast<int>(op.outcome)];
  if (op.version != sim::kVersionNotTold) text += " version " + std::to_string(op.version);
  return text + " value " + std::to_string(op.value) + " at " + sim::name_of(op.revision);
}

std::string text_of(const FinalVersion& version) {
  return version.key + " version " + std::to_string(version.version) + " at " +
         sim::name_of(version.revision) +
         (version.tombstone ? " deleted" : " value " + std::to_string(version.value));
}

}  // namespace

std::expected<sim::FinalHistory, std::string> read_history(const Address& node,
                                                           const std::vector<std::string>& keys) {
  sim::FinalHistory result;
  for (const std::string& key : keys) {
    std::string cursor;
    for (int page = 0; page < kMaxPages; ++page) {
      const auto document = get(node, "/api/v1/history" + key + "?limit=1000" + cursor);
      if (!document) return std::unexpected(document.error());
      if (document->isNull()) break;
      const auto items = (*document)->getArray("items");
      for (unsigned i = 0; i < items->size(); ++i) {
        result.push_back(version_of(key, *items->getObject(i)));
      }
      if ((*document)->isNull("next")) break;
      cursor = "&cursor=" + (*document)->getValue<std::string>("next");
    }
  }
  std::ranges::stable_sort(result, {}, [](const FinalVersion& v) { return v.revision.index; });
  return result;
}

bool same_histories(const sim::FinalHistory& a, const sim::FinalHistory& b) {
  return std::ranges::equal(
      a, b, {}, [](const FinalVersion& v) { return text_of(v); },
      [](const FinalVersion& v) { return text_of(v); });
}

sim::Violations judge(const sim::History& history, const std::vector<sim::WatchRecord>& watches) {
  sim::Violations all;
  const auto add = [&all](sim::Violations found) {
    all.insert(all.end(), found.begin(), found.end());
  };
  add(sim::check_no_lost_acknowledgement(history));
  add(sim::check_no_duplicate_apply(history));
  add(sim::check_no_phantom(history));
  add(sim::check_read_your_writes(history.operations));
  add(sim::check_monotonic_reads(history.operations));
  for (const auto& watch : watches) add(sim::check_watch(watch, history.final_history));

  const auto operations = sim::linearizable_operations(history.operations);
  const auto verdict = sim::check_entries(operations);
  if (verdict.verdict != sim::Verdict::Linearizable) {
    const bool refuted = verdict.verdict == sim::Verdict::NotLinearizable;
    all.push_back({refuted ? "linearizability" : "linearizability_undecided",
                   verdict.explanation ? verdict.explanation->sentence : std::string()});
  }
  return all;
}

void write_history(const std::filesystem::path& file, const sim::History& history,
                   const std::vector<sim::WatchRecord>& watches,
                   const sim::Violations& violations) {
  std::ofstream out(file);
  for (const auto& violation : violations) {
    out << "VIOLATION " << violation.property << ": " << violation.sentence << '\n';
  }
  auto operations = history.operations;
  std::ranges::sort(operations, {}, &OpRecord::called);
  out << "\nOperations\n";
  for (const OpRecord& op : operations) out << text_of(op) << '\n';
  out << "\nVersions kept\n";
  for (const FinalVersion& version : history.final_history) out << text_of(version) << '\n';
  for (const auto& watch : watches) {
    out << "\nWatcher " << watch.watcher << " of '" << watch.scope << "' from "
        << sim::name_of(watch.start) << ", complete to " << sim::name_of(watch.complete_to) << '\n';
    for (const FinalVersion& event : watch.received) out << text_of(event) << '\n';
  }
}

}  // namespace confman::testing
