#pragma once

#include <expected>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "adapters/api/api.hpp"
#include "adapters/api/ports.hpp"
#include "app/node/gateway.hpp"
#include "domain/base/hash.hpp"
#include "domain/base/time.hpp"

namespace confman::host {

// getrandom(2).
class SystemRandom final : public api::RandomSource {
 public:
  Sha256Digest bits() override;
};

// Makes a key of an administrator for who has the data directory: its digest is left there for the
// node, which asks for it when it next looks. The text of the key; nothing, and why, if the
// directory can't be written to.
std::expected<std::string, std::string> mint_offline(const std::filesystem::path& data_dir);

// The first key of a cluster, and those that were made offline. In a cluster that isn't in
// development mode each node makes a key at the founding, and the one whose key comes first shows
// it: on standard error, once. All on the loop's thread.
class Bootstrap {
 public:
  struct Config {
    std::filesystem::path data_dir;
    bool founds = false;  // asks for a key while the cluster is open
    // Called with the text of the first key.
    std::function<void(const std::string&)> show;
  };
  Bootstrap(Config config, api::Api& api) : config_(std::move(config)), api_(api) {}

  // To be called now and then.
  void look(const node::StatusReport& report, Time now);

 private:
  void ask(const Sha256Digest& digest, bool only_if_open);
  void done(const node::Response& response);

  const Config config_;
  api::Api& api_;
  SystemRandom random_;
  bool asking_ = false;
  std::string text_;  // of the key that is asked for; empty: it was made offline
  Time next_look_{};
};

}  // namespace confman::host
