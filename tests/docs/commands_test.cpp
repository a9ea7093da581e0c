#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <regex>
#include <string>
#include <vector>

#include "tests/docs/markdown.hpp"
#include "tests/process/cluster.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/paths/paths.hpp"

// Every command of the documents runs as written, on a cluster that has just been founded. What
// stands in for the reader's machine: the ports of `./dev up` are those of this cluster, and the
// programs are those of this build.
//
// A reader is told what to expect where it isn't success: `# 412` behind a command is the status
// that curl gets, `# exit 5` the code that it ends with; what has `--max-time` may be cut off.
namespace confman::testing {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

constexpr auto kPatience = seconds(60);
constexpr int kCutOff = 28;     // curl: --max-time
constexpr int kHttpError = 22;  // curl: --fail-with-body

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::string text_of(const fs::path& file) {
  return read_document(file).text;
}

class DocumentedCommands : public ::testing::TestWithParam<const char*> {
 protected:
  DocumentedCommands() : cluster_("docs", master_keys()) {
    cluster_.start_all();
    cluster_.await_all_ready();
    std::ofstream(cluster_.folder() / ".curlrc") << "fail-with-body\nmax-time = 30\n";
  }

  // As `./dev up` makes one.
  static std::string master_keys() {
    const fs::path file = test::binary_dir() / "docs-test-master.keys";
    std::ofstream(file) << "dev ZG9jdW1lbnRzIG9mIGNvbmZtYW4gYXJlIHRyaWVkISE=\n";
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
    return "secrets:\n  master_keys: " + file.string() + "\n";
  }

  // As it is on this machine.
  std::string localised(std::string command) const {
    for (std::size_t node = 0; node < kNodes; ++node) {
      const std::string number = std::to_string(node + 1);
      const auto of_doc = [&](const char* host, const char* base) {
        return std::string(host) + ":" + base + number;
      };
      for (const char* host : {"localhost", "127.0.0.1"}) {
        command = replaced(command, of_doc(host, "810"),
                           "127.0.0.1:" + std::to_string(cluster_.port(node)));
        command = replaced(command, of_doc(host, "820"),
                           "127.0.0.1:" + std::to_string(cluster_.peer_port(node)));
      }
      command = replaced(command, ".local/node" + number + "/data", cluster_.data_dir(node));
      command =
          replaced(command, ".local/node" + number + "/confman.yaml", cluster_.config_file(node));
    }
    return replaced(command, "build/release/bin/", (test::binary_dir() / "bin/").string());
  }

  Surroundings surroundings() const {
    std::string servers;
    for (std::size_t node = 0; node < kNodes; ++node) {
      servers +=
          (node == 0 ? "" : ",") + ("http://127.0.0.1:" + std::to_string(cluster_.port(node)));
    }
    return {
        .environment = {"CONFMAN_SERVER=" + servers, "CURL_HOME=" + cluster_.folder().string()}};
  }

  void run(const Document& document, const Command& command) {
    SCOPED_TRACE(document.file.filename().string() + ":" + std::to_string(command.line) + ": " +
                 command.text);
    const fs::path log = cluster_.folder() / "command.log";
    fs::remove(log);
    const std::string script = "export PATH='" + (test::binary_dir() / "bin").string() +
                               "':$PATH\ncd '" + test::source_dir().string() + "'\n" +
                               localised(command.text);
    ChildProcess shell({"/bin/bash", "-o", "pipefail", "-c", script}, log, surroundings());
    const auto ended = shell.wait(kPatience);
    const std::string said = text_of(log);
    ASSERT_TRUE(ended) << "doesn't return; it said:\n" << said;

    std::smatch told;
    if (std::regex_search(command.text, told, std::regex(R"(# exit (\d+))"))) {
      EXPECT_EQ(*ended, std::stoi(told[1])) << said;
    } else if (std::regex_search(command.text, told, std::regex(R"(# ([45]\d\d)\b)"))) {
      EXPECT_EQ(*ended, kHttpError) << said;
      EXPECT_NE(said.find(told[1]), std::string::npos) << said;
    } else if (command.text.find("--max-time") != std::string::npos) {
      EXPECT_TRUE(*ended == 0 || *ended == kCutOff) << *ended << ": " << said;
    } else {
      EXPECT_EQ(*ended, 0) << said;
    }
  }

  Cluster cluster_;
};

// ./dev is what runs this test, so its commands are only held against its own list.
bool is_known_to_dev(const std::string& command) {
  static const std::string script = text_of(test::source_dir() / "scripts/dev.sh");
  std::smatch name;
  if (!std::regex_search(command, name, std::regex(R"(^\./dev ([a-z]+))"))) return false;
  return std::regex_search(script, std::regex("\n  " + name[1].str() + "( \\||\\))"));
}

TEST_P(DocumentedCommands, RunAsWritten) {
  const Document document = read_document(test::source_dir() / GetParam());
  const auto commands = commands_of(document);
  EXPECT_FALSE(commands.empty()) << "no commands were found";
  for (const Command& command : commands) {
    if (command.text.starts_with("./dev ")) {
      EXPECT_TRUE(is_known_to_dev(command.text)) << command.line << ": " << command.text;
    } else {
      run(document, command);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(, DocumentedCommands,
                         ::testing::Values("README.md", "docs/access.md", "docs/api.md",
                                           "docs/cli.md", "docs/governance.md",
                                           "docs/operations.md", "docs/schemas.md",
                                           "docs/secrets.md", "docs/simulator.md", "docs/chaos.md",
                                           "docs/contributing.md"));

TEST(Documents, AllWithCommandsAreTried) {
  const std::vector<std::string> tried{"README.md",    "access.md",     "api.md",
                                       "cli.md",       "governance.md", "operations.md",
                                       "simulator.md", "chaos.md",      "contributing.md",
                                       "schemas.md",   "secrets.md"};
  for (const Document& document : documents()) {
    if (commands_of(document).empty()) continue;
    EXPECT_NE(std::ranges::find(tried, document.file.filename().string()), tried.end())
        << document.file.filename() << " has commands that nobody runs";
  }
}

}  // namespace
}  // namespace confman::testing
