#include "sim/hunt/corpus.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

namespace confman::sim {
namespace {

namespace fs = std::filesystem;

constexpr const char* kLedger = "hunt.json";

std::expected<void, std::string> write(const fs::path& name, const std::string& content) {
  std::ofstream file(name, std::ios::binary);
  file << content;
  file.close();
  if (!file) return std::unexpected("can't write '" + name.string() + "'");
  return {};
}

}  // namespace

std::expected<Corpus, std::string> Corpus::open(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return std::unexpected("can't make '" + folder + "': " + error.message());
  Corpus corpus(folder);
  const fs::path name = fs::path(folder) / kLedger;
  if (!fs::exists(name)) return corpus;
  std::ifstream file(name, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) {
    return std::unexpected("can't read '" + name.string() + "'");
  }
  auto ledger = parse_ledger(text.str());
  if (!ledger) return std::unexpected("'" + name.string() + "': " + ledger.error());
  corpus.ledger = std::move(*ledger);
  return corpus;
}

std::expected<void, std::string> Corpus::save() const {
  const fs::path name = fs::path(folder_) / kLedger;
  const fs::path fresh = name.string() + ".new";
  if (auto written = write(fresh, to_json(ledger)); !written) return written;
  std::error_code error;
  fs::rename(fresh, name, error);
  if (error) return std::unexpected("can't replace '" + name.string() + "': " + error.message());
  return {};
}

std::expected<std::string, std::string> Corpus::file(const Recording& recording) const {
  const std::string name = recording.failure->oracle + "-" +
                           std::string(name_of(recording.profile)) + "-" +
                           std::to_string(recording.seed) + ".txt";
  if (auto written = write(fs::path(folder_) / name, to_text(recording)); !written) {
    return std::unexpected(written.error());
  }
  return name;
}

}  // namespace confman::sim
