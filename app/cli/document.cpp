#include "app/cli/document.hpp"

#include <Poco/Exception.h>
#include <Poco/JSON/Handler.h>
#include <Poco/JSON/Parser.h>
#include <Poco/JSON/ParserImpl.h>
#include <vector>

namespace confman::cli {
namespace {

constexpr std::size_t kMaxDepth = 5;
constexpr std::size_t kParserDepth = 256;  // the API's own levels around a value of depth 64

using Scalars = std::map<std::string, std::string, std::less<>>;

class Collector final : public Poco::JSON::Handler {
 public:
  explicit Collector(Scalars& out) : out_(out) {}

  void reset() override { levels_.clear(); }
  void startObject() override { open(false); }
  void endObject() override { close(); }
  void startArray() override { open(true); }
  void endArray() override { close(); }
  void key(const std::string& name) override {
    if (!levels_.empty()) levels_.back().name = name;
  }
  void null() override { add("null"); }
  void value(int v) override { add(std::to_string(v)); }
  void value(unsigned v) override { add(std::to_string(v)); }
  void value(Poco::Int64 v) override { add(std::to_string(v)); }
  void value(Poco::UInt64 v) override { add(std::to_string(v)); }
  void value(const std::string& v) override { add(v); }
  void value(double v) override { add(std::to_string(v)); }
  void value(bool v) override { add(v ? "true" : "false"); }

 private:
  struct Level {
    bool array = false;
    std::size_t index = 0;
    std::string name;
  };
  void open(bool array) { levels_.push_back({.array = array, .index = 0, .name = {}}); }
  void close() {
    levels_.pop_back();
    step();
  }
  void add(const std::string& text) {
    if (levels_.size() <= kMaxDepth) {
      std::string path;
      for (const Level& level : levels_) {
        path +=
            (path.empty() ? "" : "/") + (level.array ? std::to_string(level.index) : level.name);
      }
      out_[path] = text;
    }
    step();
  }
  void step() {
    if (!levels_.empty()) ++levels_.back().index;
  }

  Scalars& out_;
  std::vector<Level> levels_;
};

}  // namespace

Document::Document(const std::string& json) {
  try {
    Poco::JSON::Parser parser(new Collector(scalars_));
    parser.setDepth(kParserDepth);
    parser.parse(json);
  } catch (const Poco::Exception&) {
    scalars_.clear();
  }
}

std::string Document::get(std::string_view path) const {
  const auto found = scalars_.find(path);
  return found == scalars_.end() ? std::string() : found->second;
}

std::size_t Document::items() const {
  std::size_t count = 0;
  while (true) {
    const std::string prefix = "items/" + std::to_string(count) + "/";
    const auto found = scalars_.lower_bound(prefix);
    if (found == scalars_.end() || !found->first.starts_with(prefix)) return count;
    ++count;
  }
}

}  // namespace confman::cli
