#include <csignal>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <utility>

#include "adapters/config/settings.hpp"
#include "adapters/log/log.hpp"
#include "adapters/secrets/key_file.hpp"
#include "app/confmand/bootstrap.hpp"
#include "app/confmand/exit_codes.hpp"
#include "app/confmand/large_pages.hpp"
#include "app/confmand/process.hpp"
#include "app/confmand/version.hpp"

extern char** environ;

namespace {

using namespace confman;

constexpr const char* kUsageText =
    "usage: confmand --config FILE [--check | --mint-key]\n"
    "\n"
    "Runs one node of a Confman cluster.\n"
    "\n"
    "  --config FILE  the node's settings (or CONFMAN_CONFIG); every setting can be overridden by "
    "a\n"
    "                 variable: CONFMAN_NODE_ID sets node.id\n"
    "  --check        check the settings and exit\n"
    "  --mint-key     print a new API key of an administrator and exit; the node of these "
    "settings,\n"
    "                 running or once it does, makes it valid\n"
    "  --version      print the version and exit\n"
    "  --help         print this and exit\n";

config::Environment read_environment() {
  config::Environment result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const char* equals = std::strchr(*entry, '=');
    if (equals != nullptr)
      result.emplace(std::string(static_cast<const char*>(*entry), equals), equals + 1);
  }
  return result;
}

struct Arguments {
  std::string config;
  bool check = false;
  bool mint_key = false;
};

int usage_error(const std::string& message) {
  std::fprintf(stderr, "confmand: %s\n%s", message.c_str(), kUsageText);
  return host::kUsage;
}

void print(const std::vector<config::Problem>& problems) {
  for (const config::Problem& problem : problems) {
    std::fprintf(stderr, "confmand: %s%s\n", problem.warning ? "warning: " : "",
                 config::to_string(problem).c_str());
  }
}

// SIGINT and SIGTERM are taken by a thread that does nothing else; blocked everywhere else.
sigset_t block_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

// A connection is a descriptor, and the usual soft limit of 1024 is there for select(2), which
// nothing here uses.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);  // may be forbidden, and then the acceptor copes
}

int mint_key(const config::Settings& settings) {
  const auto key = host::mint_offline(settings.data_dir);
  if (!key) {
    std::fprintf(stderr, "confmand: %s\n", key.error().c_str());
    return host::kUnavailable;
  }
  std::puts(key->c_str());
  return host::kOk;
}

// What keeps a node with these settings from starting.
std::optional<std::string> unusable_keys(const config::Settings& settings) {
  if (settings.master_keys.empty()) return std::nullopt;
  auto keys = secrets::load_key_file(settings.master_keys);
  return keys ? std::nullopt : std::optional(std::move(keys.error().message));
}

int run_node(config::Settings settings) {
  host::use_large_pages();
  const sigset_t signals = block_stop_signals();
  raise_descriptor_limit();
  const auto level = static_cast<log::Level>(settings.log_level);
  const auto format =
      settings.log_format == config::LogFormat::Json ? log::Format::Json : log::Format::Text;
  log::configure(level, format, settings.node_id);

  host::Process node(std::move(settings));
  if (auto started = node.start(); !started) {
    const host::StartFailure& failure = started.error();
    log::error("start_refused", {{"code", failure.code}, {"message", failure.message}});
    return failure.exit_code;
  }
  std::thread signal_waiter([&] {
    siginfo_t signal{};
    while (sigwaitinfo(&signals, &signal) < 0) {  // EINTR
    }
    log::info("signal_received", {{"signal", static_cast<std::uint64_t>(signal.si_signo)},
                                  {"from_pid", static_cast<std::uint64_t>(signal.si_pid)}});
    node.stop();
  });
  node.run();
  signal_waiter.join();
  return host::kOk;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--help") {
      std::fputs(kUsageText, stdout);
      return host::kOk;
    } else if (argument == "--version") {
      std::printf("confmand %s\n", host::kVersion);
      return host::kOk;
    } else if (argument == "--check") {
      arguments.check = true;
    } else if (argument == "--mint-key") {
      arguments.mint_key = true;
    } else if (argument == "--config" && i + 1 < argc) {
      if (!arguments.config.empty()) return usage_error("--config is given twice");
      arguments.config = argv[++i];
    } else {
      return usage_error("unknown argument " + argument);
    }
  }
  const config::Environment environment = read_environment();
  if (arguments.config.empty()) {
    const auto it = environment.find("CONFMAN_CONFIG");
    if (it == environment.end()) return usage_error("--config FILE is missing");
    arguments.config = it->second;
  }
  auto loaded = config::load_settings(arguments.config, environment);
  if (!loaded) {
    print(loaded.error());
    return host::kConfig;
  }
  print(loaded->warnings);
  if (arguments.check) {
    if (const auto why = unusable_keys(loaded->settings)) {
      std::fprintf(stderr, "confmand: secrets.master_keys: %s\n", why->c_str());
      return host::kConfig;
    }
    std::puts("the settings are all right");
    return host::kOk;
  }
  if (arguments.mint_key) return mint_key(loaded->settings);
  return run_node(std::move(loaded->settings));
}
