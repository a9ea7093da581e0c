#include "adapters/sqlite/vfs/files.hpp"

#include <cerrno>
#include <cstring>

namespace confman::sqlite {
namespace {

std::string alias_words(const std::filesystem::path& file) {
  return file.string() + " is a symbolic or hard link; put the file itself here";
}

std::string no_file_words(const std::filesystem::path& file) {
  return file.string() + " is not a regular file";
}

}  // namespace

std::expected<void, int> replace_file(FileSystem& files, const std::filesystem::path& file,
                                      ByteView content) {
  auto temporary = file;
  temporary += ".tmp";
  {
    auto opened = files.open(temporary, OpenMode::Empty);
    if (!opened) {
      return std::unexpected(opened.error());
    }
    auto done = (*opened)->write(0, content);
    done = done ? (*opened)->sync() : done;
    if (!done) {
      return done;
    }
  }
  auto done = files.rename(temporary, file);
  return done ? files.sync_directory(file.parent_path()) : done;
}

std::expected<Bytes, int> read_some(File& file, std::uint64_t offset, std::size_t size) {
  Bytes out(size, '\0');
  const auto filled = file.read(offset, out);
  if (!filled) {
    return std::unexpected(filled.error());
  }
  out.resize(*filled);
  return out;
}

std::expected<Bytes, int> read_start(FileSystem& files, const std::filesystem::path& file,
                                     std::size_t size) {
  const auto opened = files.open(file, OpenMode::Read);
  if (!opened) {
    return std::unexpected(opened.error());
  }
  return read_some(**opened, 0, size);
}

std::expected<void, int> remove_if_there(FileSystem& files, const std::filesystem::path& file) {
  auto removed = files.remove(file);
  if (!removed && removed.error() == ENOENT) {
    return {};
  }
  return removed;
}

std::expected<FileState, StartupError> inspect_file(FileSystem& files,
                                                    const std::filesystem::path& file) {
  const auto status = files.status(file);
  if (!status) {
    if (status.error() == ENOENT) {
      return FileState::Missing;
    }
    return std::unexpected(file_error(file, "look at", status.error()));
  }
  if (status->kind == FileStatus::Kind::SymbolicLink || status->has_second_name) {
    // Through a second name somebody else can open or copy over the file, and SQLite would keep two
    // write-ahead logs for it.
    return std::unexpected(StartupError{"store_path_alias", alias_words(file)});
  }
  if (status->kind != FileStatus::Kind::File) {
    return std::unexpected(StartupError{"store_not_a_file", no_file_words(file)});
  }
  if (status->open_to_others) {
    return std::unexpected(StartupError{
        "insecure_permissions", file.string() + " can be opened by others; set its mode to 0600"});
  }
  return status->size == 0 ? FileState::Empty : FileState::Present;
}

StartupError file_error(const std::filesystem::path& file, const std::string& action,
                        int error_number) {
  // Also what inspect_file() wasn't asked about, or what came in between.
  if (error_number == ELOOP) return {"store_path_alias", alias_words(file)};
  if (error_number == EISDIR) return {"store_not_a_file", no_file_words(file)};
  std::string code = "store_io_error";
  if (error_number == EACCES || error_number == EPERM) {
    code = "store_permission_denied";
  } else if (error_number == EROFS) {
    code = "store_read_only";
  } else if (error_number == ENOSPC || error_number == EDQUOT) {
    code = "insufficient_storage";
  }
  return {std::move(code),
          "can't " + action + " " + file.string() + ": " + std::strerror(error_number)};
}

}  // namespace confman::sqlite
