#pragma once

#include <cstdint>
#include <string>

// How to undo what has not been synced. The disk appends a record before each change; when
// everything is synced it empties the journal. Each file has a journal, named after its path in the
// data folder, and so has each folder, for the names in it.
namespace confman::chaos {

enum class UndoKind : std::uint32_t {
  // Of a file's content. The bytes stood at `offset`; the file was `size` long.
  Overwritten = 1,
  Resized = 2,
  // Of names. The text is the name, or NAME \n NEW NAME; `offset` is the number of the copy of what
  // was removed or replaced ("saved.N"), 0 for none.
  Created = 3,
  Removed = 4,
  Renamed = 5,
  // The records before `offset`, a position in the journal, are durable.
  Synced = 6,
  // A sync failed: the kernel may have dropped what the records before this one are about and
  // reports nothing of it the next time.
  SyncFailed = 7,
};

struct UndoRecord {
  static constexpr std::uint32_t kMagic = 0x4f444e55;

  std::uint32_t magic = kMagic;
  UndoKind kind{};
  std::uint64_t offset{};
  std::uint64_t size{};
  std::uint64_t bytes{};  // that follow
};

inline constexpr const char* kNamesJournal = "names";

// Of a file, or of a folder's names: `path` is relative to the data folder, "" for that itself.
inline std::string journal_name(std::string path, bool of_names) {
  if (of_names) path += path.empty() ? kNamesJournal : std::string("/") + kNamesJournal;
  for (char& c : path) c = c == '/' ? '%' : c;
  return path + ".undo";
}
inline std::string saved_name(std::uint64_t number) {
  return "saved." + std::to_string(number);
}

}  // namespace confman::chaos
