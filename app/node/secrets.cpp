#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "app/node/service.hpp"
#include "domain/base/assert.hpp"
#include "domain/codec/must_decode.hpp"
#include "domain/command/command.hpp"
#include "domain/limits.hpp"
#include "domain/review/changes.hpp"
#include "domain/review/query.hpp"
#include "domain/secrets/commands.hpp"
#include "domain/secrets/data_key.hpp"
#include "domain/secrets/keep.hpp"
#include "domain/secrets/sealed.hpp"
#include "domain/state/meta.hpp"

// Secrets are sealed by the node that takes a write, before there is a command, and opened where
// somebody is answered who may read them: in this file, and nowhere else. Everybody else has what
// is sealed.
namespace confman::node {
namespace {

using domain::EntryRow;
using domain::PutEntry;
using domain::Secrecy;

constexpr std::size_t kMaxShownMasterKeys = 2 * domain::kMaxMasterKeys;

bool is_secret_live(const domain::StateStore& state, const PutEntry& put) {
  // Most namespaces have none; then the entry, which may be large, isn't looked at.
  if (!state.get(domain::Table::DataKey, domain::keys::of_data_key(put.path))) return false;
  const auto bytes = state.get(domain::Table::Entry, domain::keys::of_entry(put.path, put.key));
  if (!bytes) return false;
  const EntryRow row = domain::must_decode(domain::decode_entry_row(*bytes));
  return !row.deleted && row.sealed;
}

domain::SecretPlace place_of(const PutEntry& put) {
  return {put.path, put.key, put.content_type};
}

template <class Body>
constexpr bool kHasChanges =
    std::is_same_v<Body, domain::CreateRequest> || std::is_same_v<Body, domain::EditRequest>;

// Seals the values of one command.
class Sealing {
 public:
  using Marked = std::vector<std::pair<std::string, std::string>>;

  Sealing(const domain::StateStore& state, domain::Sealer* sealer, const Marked& marked)
      : state_(state), sealer_(sealer), marked_(marked) {}

  bool seal(PutEntry& put) {
    if (!is_secret(put)) {
      // That it is meant to be none has to be said where there are secrets.
      const bool said = put.is() == Secrecy::Unwanted && domain::find_data_key(state_, put.path);
      put.secrecy = static_cast<std::uint64_t>(said ? Secrecy::Unwanted : Secrecy::AsItIs);
      return true;
    }
    if (sealer_ == nullptr) return false;
    const Key* key = key_of(put.path);
    if (key == nullptr) return false;
    auto sealed = sealer_->seal(key->key, place_of(put), put.value);
    if (!sealed) return false;
    put.value = std::move(*sealed);
    put.secrecy = static_cast<std::uint64_t>(Secrecy::Sealed);
    if (key->is_new) put.data_key = domain::encode(key->key);
    return true;
  }

 private:
  struct Key {
    domain::WrappedKey key;
    bool is_new = false;
  };

  // A secret stays one until somebody says that it is none any more; of what a schema says that it
  // is, nobody does.
  bool is_secret(const PutEntry& put) const {
    const bool marked = std::ranges::any_of(marked_, [&put](const auto& place) {
      return place.first == put.path && place.second == put.key;
    });
    if (marked || put.is() == Secrecy::Wanted) return true;
    return put.is() == Secrecy::AsItIs && is_secret_live(state_, put);
  }

  const Key* key_of(const std::string& path) {
    if (const auto known = keys_.find(path); known != keys_.end()) return &known->second;
    if (const auto row = domain::find_data_key(state_, path)) {
      return &keys_.emplace(path, Key{row->key(), false}).first->second;
    }
    auto made = sealer_->make_key(path);
    if (!made) return nullptr;
    return &keys_.emplace(path, Key{std::move(*made), true}).first->second;
  }

  const domain::StateStore& state_;
  domain::Sealer* sealer_;
  const Marked& marked_;
  std::map<std::string, Key> keys_;
};

// Shows secrets to one reader: opened where they may be read, else masked. Where a policy wants
// each reading noted, that is one by one: `alone` is when the answer is of one value, and note()
// says what has to be noted before it is given.
class Showing {
 public:
  Showing(const domain::StateStore& state, domain::Sealer* sealer, const domain::Caller& caller,
          bool alone)
      : state_(state), sealer_(sealer), caller_(caller), alone_(alone) {}

  void row(std::string_view path, std::string_view key, EntryRow& row) {
    if (row.sealed) row.value = form_of({path, key, row.content_type}, row.value, row.version);
  }
  void row(std::string_view path, std::string_view key, std::optional<EntryRow>& maybe) {
    if (maybe) row(path, key, *maybe);
  }
  void put(PutEntry& put) {
    if (put.is() == Secrecy::Sealed) put.value = form_of(place_of(put), put.value, 0);
  }
  const std::optional<domain::NoteReading>& note() const { return note_; }
  domain::Work take_work() {
    if (rights_) work_ += rights_->take_work();
    return std::exchange(work_, {});
  }

 private:
  Bytes form_of(const domain::SecretPlace& place, ByteView sealed, std::uint64_t version) {
    const bool may = sealer_ != nullptr && may_read(place.path);
    const bool noted = may && is_noted(place.path);
    work_.bytes += sealed.size();
    if (may && (alone_ || !noted)) {
      const auto& key = key_of(place.path);
      const auto value =
          key ? sealer_->open(*key, place, sealed) : std::unexpected(domain::SealFault{});
      if (value) {
        if (noted) note_ = {std::string(place.path), std::string(place.key), version};
        return domain::opened(sealed, *value);
      }
    }
    return domain::masked(sealed);
  }

  bool is_noted(std::string_view path) {
    if (noted_path_ != path) {
      is_noted_ = domain::find_effective_policy(state_, path).terms().note_readings;
      noted_path_ = path;
      work_.rows += domain::kMaxPathDepth;
    }
    return is_noted_;
  }

  bool may_read(std::string_view path) {
    if (caller_.unrestricted) return true;
    if (path_ != path) {
      if (!rights_) rights_.emplace(state_, caller_);
      may_read_ = rights_->may(domain::Permission::ReadSecrets, path);
      path_ = path;
    }
    return may_read_;
  }

  const std::optional<domain::WrappedKey>& key_of(std::string_view path) {
    if (key_path_ != path) {
      const auto row = domain::find_data_key(state_, path);
      key_ = row ? std::optional(row->key()) : std::nullopt;
      key_path_ = path;
      work_.rows += 1;
    }
    return key_;
  }

  const domain::StateStore& state_;
  domain::Sealer* sealer_;
  const domain::Caller& caller_;
  bool alone_;
  std::optional<domain::NoteReading> note_;
  std::optional<domain::Rights> rights_;
  // Rows come namespace by namespace.
  std::optional<std::string> path_;
  bool may_read_ = false;
  std::optional<std::string> noted_path_;
  bool is_noted_ = false;
  std::optional<std::string> key_path_;
  std::optional<domain::WrappedKey> key_;
  domain::Work work_;
};

// Finds the rows of an answer.
struct ShowAnswer {
  const Query& query;
  Showing& show;
  Showing& mask;  // whoever asks

  void operator()(EntryRow& row) const {
    const auto& q = std::get<GetEntry>(query);
    show.row(q.path, q.key, row);
  }
  void operator()(domain::VersionPage& page) const {
    const auto& q = std::get<domain::ListVersions>(query);
    for (EntryRow& row : page.items) show.row(q.path, q.key, row);
  }
  void operator()(domain::FoundEntry& found) const { show.row(found.path, found.key, found.row); }
  void operator()(domain::ComparedEntry& both) const {
    show.row(both.path, both.key, both.from);
    show.row(both.path, both.key, both.to);
  }
  // Of the past of everything a trail tells that it was: nobody reads secrets there.
  void operator()(domain::AuditEvent& event) const {
    mask.row(event.row.path, event.row.key, event.previous);
    mask.row(event.row.path, event.row.key, event.current);
  }
  void operator()(domain::RequestView& view) const {
    for (domain::FoundChange& change : view.changes) {
      if (!change.change) continue;
      const std::string key(
          std::visit([](const auto& body) { return body.subject().key; }, *change.change));
      for (auto* row : {&change.base_row, &change.live_row, &change.restored_row}) {
        show.row(change.path, key, *row);
      }
      if (auto* put = std::get_if<PutEntry>(&*change.change)) show.put(*put);
    }
  }
  template <class Page>
  void operator()(Page& page) const {
    if constexpr (requires { page.items; }) {
      if constexpr (requires { (*this)(page.items.front()); }) {
        for (auto& item : page.items) (*this)(item);
      }
    }
  }
};

}  // namespace

// --- writes

// Whether there is something to seal, or a wish to be answered.
bool Node::Service::has_secrets(const domain::CommandBody& command) const {
  const auto concerns = [this](const PutEntry& put) {
    return put.is() != Secrecy::AsItIs || (data_keys_ > 0 && is_secret_live(ports_.state, put));
  };
  return std::visit(
      [&]<class Body>(const Body& body) {
        if constexpr (std::is_same_v<Body, PutEntry>) return concerns(body);
        if constexpr (kHasChanges<Body>) {
          const auto puts = domain::puts_in(domain::split_changes(body.changes).value());
          return std::ranges::any_of(puts, concerns);
        }
        return false;
      },
      command);
}

// The command as it may leave this place.
std::expected<domain::Command, Failure> Node::Service::sealed(const Checking& checking) const {
  static const Sealing::Marked kNone;
  domain::Command command = checking.command;
  Sealing sealing(ports_.state, ports_.secrets,
                  feature_level_ < kSecrets ? kNone : checking.secrets);
  const bool done = std::visit(
      [&sealing]<class Body>(Body& body) {
        if constexpr (std::is_same_v<Body, PutEntry>) return sealing.seal(body);
        if constexpr (kHasChanges<Body>) {
          std::vector<Bytes> bodies;
          const auto split = domain::split_changes(body.changes);
          CONFMAN_ASSERT(split, "A request was taken whose changes can't be read.");
          for (const ByteView bytes : *split) {
            auto change = domain::must_decode(domain::decode_body(bytes));
            auto* put = std::get_if<PutEntry>(&change);
            if (put != nullptr && !sealing.seal(*put)) return false;
            bodies.push_back(put == nullptr ? Bytes(bytes) : domain::encode_body(change));
          }
          body.changes = domain::join_changes(bodies);
        }
        return true;
      },
      command.body);
  if (!done) return std::unexpected(Failure::SecretsUnavailable);
  return command;
}

// False: it can't be. What it is held to sees values as their authors wrote them. But secrets that
// were there before only if who asks may read them: else a schema that somebody bound before they
// were there could make the fate of another value depend on them, and tell them bit by bit. `asker`
// is null of what is due: that was held to schemas when it was scheduled, and what can't be opened
// any more holds nothing up.
bool Node::Service::open_held(domain::Held& held, const domain::Credentials* asker) {
  std::optional<domain::Rights> rights;  // most writes meet no secret
  const auto may_read = [&](std::string_view path) {
    if (asker == nullptr) return false;
    if (is_anybody(*asker)) return true;
    if (!rights) rights.emplace(ports_.state, identify(*asker).value_or(domain::Caller{}));
    return rights->may(domain::Permission::Read, path) &&
           rights->may(domain::Permission::ReadSecrets, path);
  };
  for (domain::HeldNamespace& each : held.namespaces) {
    std::optional<bool> reads;
    std::optional<domain::DataKeyRow> key;
    const auto open = [&](domain::LiveEntry& entry) {
      if (!key) key = domain::find_data_key(ports_.state, each.path);
      if (!key || ports_.secrets == nullptr) return false;
      auto value =
          ports_.secrets->open(key->key(), {each.path, entry.key, entry.content_type}, entry.value);
      if (!value) return false;
      entry.value = std::move(*value);
      entry.sealed = false;
      return true;
    };
    // False: it has to be opened, and can't be.
    const auto show = [&](domain::LiveEntry& entry, bool was_here) {
      if (!entry.sealed) return true;
      entry.secret = true;
      if (was_here && !reads) reads = may_read(each.path);
      if (was_here && !*reads) return true;
      return open(entry) || asker == nullptr;
    };
    for (domain::LiveEntry& entry : each.entries) {
      if (!show(entry, true)) return false;
    }
    for (domain::EntryChange& change : each.changes) {
      if (change.to && !show(*change.to, change.was_here)) return false;
    }
  }
  return true;
}

// Some of what another master key than the active one wraps, wrapped by that.
void Node::Service::fill_rewrapped(domain::CommandBody& command) const {
  auto* rewrap = std::get_if<domain::RewrapKeys>(&command);
  if (rewrap == nullptr) return;
  *rewrap = {};
  if (ports_.secrets == nullptr) return;
  const std::vector<std::string> mine = ports_.secrets->master_keys();
  if (mine.empty()) return;
  rewrap->active = mine.front();
  std::vector<domain::Rewrapped> keys;
  for (std::size_t i = 1; i < mine.size() && keys.size() < domain::kMaxRewrapped; ++i) {
    const std::size_t room = domain::kMaxRewrapped - keys.size();
    for (std::string& path : domain::wrapped_by(ports_.state, mine[i], room)) {
      const auto row = domain::find_data_key(ports_.state, path);
      CONFMAN_ASSERT(row, "A master key wraps a data key that isn't there.");
      // What can't be unwrapped stays, and is in the count of what is left.
      auto again = ports_.secrets->rewrap(path, row->key());
      if (again) keys.push_back({std::move(path), row->master_key, std::move(*again)});
    }
  }
  rewrap->keys = domain::join_rewrapped(keys);
}

// --- reads

domain::Work Node::Service::show_secrets(OpenRead& read, Answer& answer,
                                         const domain::Caller& caller) const {
  const Query& query = read.read.query;
  const bool alone = std::holds_alternative<GetEntry>(query) ||
                     std::holds_alternative<domain::ResolveEntry>(query);
  Showing show(ports_.state, ports_.secrets, caller, alone);
  Showing mask(ports_.state, nullptr, caller, false);
  std::visit(ShowAnswer{query, show, mask}, answer);
  read.note = show.note();
  domain::Work work = show.take_work();
  work += mask.take_work();
  return work;
}

void Node::Service::give(RequestId id, OpenRead& read, ReadDone done, domain::Revision as_of) {
  if (!read.note) return respond(id, std::move(done), as_of);
  note_reading(id, OpenRead(std::move(read)), std::move(done), as_of);
}

// The answer waits until the note is in the audit trail, on the way of a write.
void Node::Service::note_reading(RequestId id, OpenRead read, ReadDone done,
                                 domain::Revision as_of) {
  domain::Command command{.stamp = {},
                          .actor = read.read.from.actor,
                          .idempotency_key = {},
                          .request_id = std::move(read.read.request_id),
                          .body = *std::move(read.note),
                          .api_key = read.read.from.key};
  --open_reads_;
  OpenWrite& open = open_.at(id.value).work.emplace<OpenWrite>();
  ++open_writes_;
  open.since = domain::since_of(command);
  open.from = read.read.from;
  open.deadline = open_.at(id.value).deadline;
  open.reading = std::make_unique<Reading>(Reading{std::move(done), as_of, now_.mono});
  if (open_writes_ > config_.max_open_writes) return fail(id, Failure::Busy);
  open.command = make_payload(domain::encode(command));
  route(id, open);
}

// What the reader is told when the note of their reading has come to this.
Node::Service::Outcome Node::Service::once_noted(Reading& reading, Outcome note) const {
  if (const auto* failed = std::get_if<Failed>(&note)) {
    // That the note may be there, though nobody was told anything, is none of the reader's concern.
    return failed->why == Failure::OutcomeUnknown ? Failed{Failure::ReadTimeout} : *failed;
  }
  const auto* done = std::get_if<WriteDone>(&note);
  if (done == nullptr) return note;
  if (done->reply.refusal) return Denied{*done->reply.refusal};
  grow_older(reading.done, reading.since);
  return std::move(reading.done);
}

domain::Work Node::Service::show_secrets(domain::ChangePage& page,
                                         const domain::Credentials& from) {
  const bool any = std::ranges::any_of(page.changes, [](const domain::Change& change) {
    return change.entry && change.entry->sealed;
  });
  if (!any) return {};
  domain::Caller caller{.unrestricted = true};
  if (!is_anybody(from)) caller = identify(from).value_or(domain::Caller{});
  Showing show(ports_.state, ports_.secrets, caller, false);
  for (domain::Change& change : page.changes) show.row(change.path, change.key, change.entry);
  return show.take_work();
}

// The status is asked for in each turn, and what wraps what hardly ever changes.
void Node::Service::note_secrets(const domain::MetaRow& meta) {
  if (!std::exchange(wraps_moved_, false) && meta.data_keys == data_keys_) return;
  data_keys_ = meta.data_keys;
  wraps_.clear();
  if (data_keys_ > 0) wraps_ = domain::wrapping_keys(ports_.state, kMaxShownMasterKeys);
}

SecretsStatus Node::Service::secrets_status() const {
  SecretsStatus status{.master_keys = {}, .wraps = wraps_};
  if (ports_.secrets != nullptr) status.master_keys = ports_.secrets->master_keys();
  return status;
}

}  // namespace confman::node
