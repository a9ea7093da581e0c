#include "app/confmand/bootstrap.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sys/random.h>
#include <sys/stat.h>
#include <system_error>

#include "adapters/log/log.hpp"
#include "domain/access/api_key.hpp"
#include "domain/access/commands.hpp"
#include "domain/base/assert.hpp"
#include "domain/base/feature_level.hpp"

namespace confman::host {
namespace {

constexpr Duration kLookInterval = Duration::seconds(1);
constexpr Duration kTimeout = Duration::seconds(10);
constexpr const char* kOfflineFile = "api-key.new";

std::filesystem::path offline_file(const std::filesystem::path& data_dir) {
  return data_dir / kOfflineFile;
}

std::optional<std::uint8_t> digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  return std::nullopt;
}

// The digest that mint_offline() has left.
std::optional<Sha256Digest> read_offline(const std::filesystem::path& data_dir) {
  std::ifstream file(offline_file(data_dir));
  std::string text;
  if (!file || !(file >> text) || text.size() != 2 * Sha256Digest{}.size()) return std::nullopt;
  Sha256Digest digest{};
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const auto high = digit(text[2 * i]);
    const auto low = digit(text[2 * i + 1]);
    if (!high || !low) return std::nullopt;
    digest[i] = static_cast<std::uint8_t>(*high << 4 | *low);
  }
  return digest;
}

}  // namespace

Sha256Digest SystemRandom::bits() {
  Sha256Digest bits{};
  ssize_t got = 0;
  do {
    got = ::getrandom(bits.data(), bits.size(), 0);
  } while (got < 0 && errno == EINTR);
  CONFMAN_ASSERT(got == static_cast<ssize_t>(bits.size()), "The system gives no random bits.");
  return bits;
}

std::expected<std::string, std::string> mint_offline(const std::filesystem::path& data_dir) {
  const std::string text = domain::api_key_text(SystemRandom().bits());
  const std::filesystem::path file = offline_file(data_dir);
  const std::filesystem::path part = file.string() + ".part";
  {
    std::ofstream out(part, std::ios::trunc);
    out << to_hex(as_view(sha256(text))) << '\n';
    out.flush();
    if (!out) return std::unexpected("can't write " + part.string() + ": " + std::strerror(errno));
  }
  ::chmod(part.c_str(), S_IRUSR | S_IWUSR);
  std::error_code failed;
  std::error_code ignored;
  // The last one of several would be taken up alone, and the others be good for nothing.
  std::filesystem::create_hard_link(part, file, failed);
  std::filesystem::remove(part, ignored);
  if (failed == std::errc::file_exists) {
    return std::unexpected("a key that was minted before waits for the node to take it up: " +
                           file.string() + "; start the node, or remove that to mint another");
  }
  if (failed) return std::unexpected("can't write " + file.string() + ": " + failed.message());
  return text;
}

void Bootstrap::look(const node::StatusReport& report, Time now) {
  const bool can = report.node.raft.leader && report.node.raft.feature_level >= kAccess;
  if (asking_ || !can || now < next_look_) return;
  next_look_ = now + kLookInterval;
  if (const auto offline = read_offline(config_.data_dir)) {
    text_.clear();
    return ask(*offline, false);
  }
  if (!config_.founds || report.node.state.closed) return;
  text_ = domain::api_key_text(random_.bits());
  ask(sha256(text_), true);
}

void Bootstrap::ask(const Sha256Digest& digest, bool only_if_open) {
  node::Write write;
  write.command.actor = {.type = domain::ActorType::System, .id = "bootstrap", .ip = {}};
  // Asked again after a lost answer it is the same request.
  write.command.idempotency_key = domain::api_key_id(digest);
  write.command.body = domain::MintBootstrapKey{.digest = digest, .only_if_open = only_if_open};
  asking_ = api_.ask_for_itself(std::move(write), kTimeout,
                                [this](node::Response&& response) { done(response); });
}

// What is still unknown is asked again: with a key of its own, unless it was made offline.
void Bootstrap::done(const node::Response& response) {
  asking_ = false;
  const auto* write = std::get_if<node::WriteDone>(&response.outcome);
  if (write == nullptr) return;
  const auto& refusal = write->reply.refusal;
  if (!text_.empty()) {
    if (!refusal && config_.show) config_.show(text_);
    text_.clear();
    return;
  }
  std::error_code failed;
  std::filesystem::remove(offline_file(config_.data_dir), failed);
  if (failed) log::error("api_key_file_stays", {{"message", failed.message()}});
  if (!refusal || *refusal == domain::Refusal::ApiKeyExists) {
    log::warning("api_key_minted",
                 {{"message", "a key of an administrator, made offline, is valid now"}});
  } else {
    log::error("api_key_refused", {{"code", std::string(domain::code_of(*refusal))}});
  }
}

}  // namespace confman::host
