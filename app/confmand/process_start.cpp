#include <cstdio>
#include <memory>
#include <string>

#include "adapters/log/log.hpp"
#include "adapters/re2/re2_patterns.hpp"
#include "app/confmand/clocks.hpp"
#include "app/confmand/exit_codes.hpp"
#include "app/confmand/process.hpp"
#include "app/confmand/version.hpp"
#include "domain/base/address.hpp"

// A process's start: its shards are opened, and the adapters put around them.
namespace confman::host {
namespace {

// The only group so far. Its data folder is the node's, so it also says who this node is to its
// peers.
constexpr consensus::GroupId kGroup{0};

// Not into the log, which others keep.
void show_first_key(const std::string& key) {
  std::fprintf(stderr,
               "confmand: the first API key of this cluster, of an administrator of /. It is shown "
               "this once:\n%s\n",
               key.c_str());
}

}  // namespace

Shard& Process::requested_shard() const {
  return *shards_.at(kGroup);
}

std::expected<void, StartFailure> Process::start() {
  Shard& shard =
      *shards_.emplace(kGroup, std::make_unique<Shard>(kGroup, settings_, loop_)).first->second;
  if (auto ok = shard.open_stores(); !ok) return ok;
  connect_peers(shard);
  if (auto ok = shard.build_node(*peers_, *this); !ok) return ok;
  loop_.set_deadline_source([this] { return next_deadline(); });
  loop_.add_end_of_turn([this] { turn(); });
  return listen();
}

// Nobody is dialled or listened to before the network is started.
void Process::connect_peers(const Shard& shard) {
  peer::PeerConfig config;
  config.cluster = settings_.cluster_name;
  config.self = shard.self();
  config.boot_id = shard.starts();
  config.listen = settings_.self().peer;
  config.membership = config::founders_of(settings_);
  config.loopback_only = config::kLoopbackOnly;
  peer::PeerCallbacks callbacks;
  callbacks.has_group = [this](consensus::GroupId group) { return shards_.contains(group); };
  callbacks.on_message = [this](consensus::GroupId group, node::PeerMessage message) {
    shards_.at(group)->node().receive(clocks(loop_), std::move(message));
  };
  callbacks.on_event = [this](const peer::LinkNews& news) { link_log_.tell(loop_.now(), news); };
  peers_ = std::make_unique<peer::PeerNetwork>(loop_, std::move(config), std::move(callbacks));
}

std::expected<void, StartFailure> Process::listen() {
  if (auto ok = peers_->start(); !ok) {
    return std::unexpected(StartFailure{kUnavailable, "address_in_use", ok.error()});
  }
  if (auto ok = serve_http(); !ok) return ok;
  const Shard& shard = requested_shard();
  log::info("started", {{"version", kVersion},
                        {"api", settings_.self().api},
                        {"peers", settings_.self().peer},
                        {"start", shard.starts()},
                        {"applied", shard.status()->node.state.applied.index}});
  if (settings_.dev_open) {
    log::warning("development_mode", {{"message", "the API is open to everybody on this machine"}});
  }
  return {};
}

std::expected<void, StartFailure> Process::serve_http() {
  api::ApiConfig api_config;
  api_config.self = requested_shard().self().member;
  api_config.self_name = settings_.node_id;
  api_config.version = kVersion;
  api_config.development_mode = settings_.dev_open;
  api_config.forward_writes = settings_.forward_writes;
  api_config.random = &random_;
  api_config.patterns = std::make_shared<re2::Re2Patterns>();
  api_ = std::make_unique<api::Api>(std::move(api_config), static_cast<node::NodeGateway&>(*this),
                                    static_cast<node::Clock&>(*this), &checker_);
  bootstrap_.emplace(
      Bootstrap::Config{
          .data_dir = settings_.data_dir, .founds = !settings_.dev_open, .show = show_first_key},
      *api_);

  const auto address = parse_address(settings_.self().api);
  http::ServerConfig http_config;
  http_config.address = address->host == "localhost" ? "127.0.0.1" : address->host;
  http_config.port = address->port;
  http_config.threads = settings_.http_threads;
  http_ = std::make_unique<http::Server>(
      http_config,
      [this](http::Request&& request, http::ResponseSink sink) {
        api_->handle(std::move(request), std::move(sink));
      },
      [this] { inbox_.hand_over(); });
  if (auto port = http_->start(); !port) {
    return std::unexpected(StartFailure{kUnavailable, "address_in_use", port.error().message});
  }
  return {};
}

}  // namespace confman::host
