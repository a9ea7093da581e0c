// From a received stream to a state.db.new that only has to be renamed.

#include <cerrno>

#include "adapters/sqlite/snapshot/store.hpp"
#include "adapters/sqlite/vfs/files.hpp"
#include "domain/snapshot/stream.hpp"

namespace confman::sqlite {
namespace {

constexpr std::size_t kPieceBytes = 256 * 1024;

}  // namespace

void SnapshotStore::install_now(const Staged& staged) {
  auto unpacked = unpack(staged);
  if (!unpacked) {
    if (auto removed = remove_database(files_, new_state_); !removed) {
      die(fatal_, {kExitIo, removed.error().message});
    }
    callbacks_.rejected(staged.meta, unpacked.error());
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    swap_pending_ = true;
  }
  callbacks_.prepared(staged.meta);
}

// The stream was damaged: why. An error of our own disk ends the process: the state machine can't
// go on without the snapshot.
std::expected<void, std::string> SnapshotStore::unpack(const Staged& staged) {
  if (auto written = write_state(staged); !written) {
    return written;
  }
  const auto file = files_.open(new_state_, OpenMode::Read);
  const auto synced = file ? (*file)->sync() : std::unexpected(file.error());
  if (!synced) {
    die(fatal_, io_error("syncing " + new_state_.string(), synced.error()));
  }
  return {};
}

std::expected<void, std::string> SnapshotStore::write_state(const Staged& staged) {
  Connection::Options options;
  options.file = new_state_;
  options.building = true;
  options.durability = Connection::Durability::None;
  options.vfs = dir_.platform().vfs;
  options.fatal = fatal_;
  if (auto created = create_state_file(dir_, new_state_, options); !created) {
    die(fatal_, {kExitIo, created.error().message});
  }
  if (staged.end != staged.meta.size) {
    return std::unexpected("the stream has " + std::to_string(staged.end) + " bytes, not " +
                           std::to_string(staged.meta.size));
  }
  auto opened = Connection::open(options);
  if (!opened) {
    die(fatal_, to_fatal(new_state_, opened.error()));
  }
  Connection connection = std::move(*opened);
  TableWriter writer(connection);
  connection.must_exec("BEGIN IMMEDIATE");
  // The stream has the entries before their versions, the writer wants them behind: two passes.
  for (const bool entries : {false, true}) {
    const auto put = [&](domain::Table table, ByteView key, ByteView value) {
      if ((table == domain::Table::Entry) == entries) {
        writer.put(table, key, value);
      }
    };
    if (auto read = read_staged(staged, put); !read) {
      return read;
    }
  }
  connection.must_exec("COMMIT");
  // Here, where nothing hangs on it, and not when it has become state.db: it changes the first
  // page.
  connection.must_exec("PRAGMA journal_mode=WAL");
  return {};
}

// Verifies the whole stream; the rows are good if that was successful. Position and members in the
// header are those of the rows, says the reader.
std::expected<void, std::string> SnapshotStore::read_staged(
    const Staged& staged, const domain::SnapshotReader::RowSink& put) const {
  bool storable = true;
  std::uint64_t chain = 0;
  std::uint64_t feature_level = 0;
  domain::SnapshotReader reader([&](domain::Table table, ByteView key, ByteView value) {
    if (table == domain::Table::Meta) {
      chain = domain::decode_meta_row(value).value_or(domain::MetaRow{}).log_chain;
    } else if (table == domain::Table::Cluster) {
      feature_level =
          domain::decode_cluster_row(value).value_or(domain::ClusterRow{}).feature_level;
    }
    KeyParts parts;
    storable = storable && try_split_key(table, key, parts);
    if (storable) {
      put(table, key, value);
    }
  });
  const auto fault_at = [&reader](domain::SnapshotFault fault) {
    return std::string(domain::code_of(fault)) + " at byte " + std::to_string(reader.offset());
  };
  std::uint32_t checksum = 0;
  for (std::uint64_t at = 0; at < staged.end;) {
    const auto piece = read_some(*staged.file, at, kPieceBytes);
    if (!piece || piece->empty()) {
      die(fatal_, io_error("reading a staged snapshot", piece ? EIO : piece.error()));
    }
    at += piece->size();
    checksum = crc32c(*piece, checksum);
    if (auto fed = reader.feed(*piece); !fed) {
      return std::unexpected(fault_at(fed.error()));
    }
    if (!storable) {
      return std::unexpected(fault_at(domain::SnapshotFault::BadRow));
    }
  }
  const auto header = reader.finish();
  if (!header) {
    return std::unexpected(fault_at(header.error()));
  }
  if (checksum != staged.meta.checksum) {
    return std::unexpected("the stream is not the one that was announced");
  }
  const domain::Revision expected{staged.meta.last.term.value, staged.meta.last.index.value};
  if (header->cluster != dir_.identity().cluster || header->position != expected ||
      chain != staged.meta.chain || header->membership != staged.meta.membership ||
      feature_level != staged.meta.feature_level) {
    return std::unexpected(
        "the snapshot is of another cluster, log, position, membership or feature level");
  }
  return {};
}

}  // namespace confman::sqlite
