#include "tests/chaos/disk/power_cut.hpp"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <sstream>
#include <vector>

#include "tests/chaos/disk/undo_format.hpp"

namespace confman::chaos {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPage = 4096;
constexpr std::size_t kSector = 512;

struct Change {
  UndoRecord record;
  std::string bytes;
  std::uint64_t at{};  // its place in the journal
};
using Changes = std::vector<Change>;

std::string read_file(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

void write_file(const fs::path& file, const std::string& content) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << content;
}

// All whole records. What a killed process had begun to write down it hasn't begun to do.
Changes read_journal(const fs::path& file) {
  Changes changes;
  const std::string text = read_file(file);
  for (std::size_t at = 0; at + sizeof(UndoRecord) <= text.size();) {
    Change change;
    std::memcpy(&change.record, text.data() + at, sizeof change.record);
    const std::size_t rest = text.size() - at - sizeof change.record;
    if (change.record.magic != UndoRecord::kMagic || change.record.bytes > rest) break;
    change.bytes = text.substr(at + sizeof change.record, change.record.bytes);
    change.at = at;
    at += sizeof change.record + change.record.bytes;
    changes.push_back(std::move(change));
  }
  return changes;
}

bool overlap(const Change& a, const Change& b) {
  const auto end = [](const Change& c) { return c.record.offset + c.record.bytes; };
  return a.record.offset < end(b) && b.record.offset < end(a);
}

// Those that aren't durable. What a failed sync was about never becomes so, except where it was
// overwritten by something that did.
Changes unsynced(const Changes& all) {
  Changes open;
  Changes doomed;
  for (const Change& change : all) {
    if (change.record.kind == UndoKind::SyncFailed) {
      doomed.insert(doomed.end(), open.begin(), open.end());
      open.clear();
    } else if (change.record.kind == UndoKind::Synced) {
      const auto durable = [&](const Change& c) { return c.at < change.record.offset; };
      for (const Change& c : open) {
        if (durable(c)) std::erase_if(doomed, [&](const Change& lost) { return overlap(lost, c); });
      }
      std::erase_if(open, durable);
    } else {
      open.push_back(change);
    }
  }
  doomed.insert(doomed.end(), open.begin(), open.end());
  return doomed;
}

std::string undone(std::string content, const Changes& changes) {
  for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
    content.resize(std::max<std::size_t>(content.size(), change->record.size));
    content.replace(change->record.offset, change->bytes.size(), change->bytes);
    content.resize(change->record.size);
  }
  return content;
}

// Each piece as it was or as it became, and one of the two sizes.
std::string mixed(const std::string& before, const std::string& after, sim::Prng& prng) {
  const std::size_t piece = prng.chance(1, 4) ? kSector : kPage;
  std::string result = after;
  result.resize(std::max(before.size(), after.size()));
  for (std::size_t at = 0; at < result.size(); at += piece) {
    if (prng.chance(1, 2)) continue;
    const std::size_t size = std::min(piece, result.size() - at);
    std::string old = at < before.size() ? before.substr(at, size) : std::string();
    old.resize(size);
    result.replace(at, size, old);
  }
  result.resize(prng.chance(1, 2) ? before.size() : after.size());
  return result;
}

bool is_of_names(const fs::path& journal) {
  const std::string name = journal.filename();
  const std::string of_names = journal_name("", true);
  return name == of_names || name.ends_with("%" + of_names);
}

class PowerCut {
 public:
  PowerCut(const DiskFolders& disk, Kept kept, sim::Prng& prng)
      : disk_(disk), kept_(kept), prng_(prng) {}

  Losses run() {
    // Names first: a file that has its old name back has the content that belonged to it.
    for (const fs::path& journal : journals()) {
      if (is_of_names(journal)) undo_names(journal);
    }
    for (const fs::path& journal : journals()) {
      if (!is_of_names(journal)) undo_content(journal);
    }
    for (const auto& item : fs::directory_iterator(disk_.undo)) fs::remove(item.path());
    return losses_;
  }

 private:
  std::vector<fs::path> journals() const {
    std::vector<fs::path> result;
    for (const auto& item : fs::directory_iterator(disk_.undo)) {
      const std::string name = item.path().filename();
      if (name.ends_with(".undo") && !name.starts_with("saved.")) result.push_back(item.path());
    }
    std::ranges::sort(result);
    return result;
  }

  // The path in the data folder that the journal is about.
  static std::string path_of(const fs::path& journal) {
    std::string path = journal.stem();
    std::ranges::replace(path, '%', '/');
    return path;
  }

  void undo_names(const fs::path& journal) {
    const std::string folder = fs::path(path_of(journal)).parent_path();
    const Changes changes = unsynced(read_journal(journal));
    const std::size_t count =
        kept_ == Kept::Nothing ? changes.size() : prng_.below(changes.size() + 1);
    for (std::size_t i = 0; i < count; ++i) {
      losses_.names += undo_name(folder, changes[changes.size() - 1 - i]) ? 1 : 0;
    }
  }

  // False: it had not been done.
  bool undo_name(const std::string& folder, const Change& change) {
    const auto within = [&](const std::string& name) {
      return folder.empty() ? name : folder + "/" + name;
    };
    const auto line = change.bytes.find('\n');
    const std::string name = within(change.bytes.substr(0, line));
    if (change.record.kind == UndoKind::Created) {
      fs::remove(disk_.undo / journal_name(name, false));
      return fs::remove(disk_.data / name);
    }
    if (change.record.kind == UndoKind::Removed) {
      if (fs::exists(disk_.data / name)) return false;
      return bring_back(change.record.offset, name);
    }
    const std::string new_name = within(change.bytes.substr(line + 1));
    if (fs::exists(disk_.data / name) || !fs::exists(disk_.data / new_name)) return false;
    move(disk_.data / new_name, disk_.data / name);
    move(disk_.undo / journal_name(new_name, false), disk_.undo / journal_name(name, false));
    if (change.record.offset != 0) bring_back(change.record.offset, new_name);
    return true;
  }

  bool bring_back(std::uint64_t saved, const std::string& name) {
    const fs::path copy = disk_.undo / saved_name(saved);
    if (!fs::exists(copy)) return false;
    move(copy, disk_.data / name);
    move(copy.string() + ".undo", disk_.undo / journal_name(name, false));
    return true;
  }

  static void move(const fs::path& from, const fs::path& to) {
    if (fs::exists(from)) fs::rename(from, to);
  }

  void undo_content(const fs::path& journal) {
    const fs::path file = disk_.data / path_of(journal);
    const Changes changes = unsynced(read_journal(journal));
    if (changes.empty() || !fs::exists(file)) return;
    const std::string after = read_file(file);
    const std::string before = undone(after, changes);
    const std::string content = kept_ == Kept::Nothing ? before : mixed(before, after, prng_);
    if (content == after) return;
    write_file(file, content);
    ++losses_.files;
  }

  const DiskFolders& disk_;
  const Kept kept_;
  sim::Prng& prng_;
  Losses losses_;
};

}  // namespace

std::string Losses::text() const {
  return std::to_string(files) + " files, " + std::to_string(names) + " names";
}

Losses cut_power(const DiskFolders& disk, Kept kept, sim::Prng& prng) {
  if (!fs::exists(disk.undo)) return {};
  return PowerCut(disk, kept, prng).run();
}

void tidy(const DiskFolders& disk) {
  if (!fs::exists(disk.undo)) return;
  std::error_code none;
  bool all_durable = true;
  for (const auto& item : fs::directory_iterator(disk.undo)) {
    if (is_of_names(item.path())) all_durable = all_durable && item.file_size() == 0;
  }
  for (const auto& item : fs::directory_iterator(disk.undo)) {
    const bool is_copy = item.path().filename().string().starts_with("saved.");
    if (!is_copy) continue;
    // A second name of what has kept its first: the node was killed before it removed that.
    const bool never_removed = fs::hard_link_count(item.path(), none) > 1;
    if (all_durable || never_removed) fs::remove(item.path(), none);
  }
}

void wipe(const DiskFolders& disk) {
  fs::remove_all(disk.data);
  fs::remove_all(disk.undo);
  fs::create_directories(disk.undo);
}

}  // namespace confman::chaos
