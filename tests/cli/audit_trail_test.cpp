#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>
#include <vector>

#include "adapters/api/audit_record.hpp"
#include "app/cli/arguments.hpp"
#include "app/cli/failure.hpp"
#include "domain/access/rights.hpp"
#include "domain/audit/query.hpp"
#include "domain/json/value.hpp"
#include "domain/json/value_writer.hpp"
#include "tests/domain/support.hpp"

// What `confman audit verify` says of exports that somebody has worked on.
namespace confman::testing {
namespace {

using Lines = std::vector<std::string>;
using json::Value;

std::string text_of(const Value& value) {
  std::string text;
  json::Writer out(text);
  json::append(out, value);
  return text;
}

class Trail : public ::testing::Test {
 protected:
  Trail() {
    using namespace domain;
    world_.run(make_namespace("/a"));
    world_.run(put("/a", "k"));
    world_.run(put("/a", "k", "2"));
    world_.run(put("/a", "k", "3", if_version(7)));  // refused
    world_.run(back("/a", "k", 1));
    skip(world_.store, {1, world_.meta().applied.index + 1, 0});
    world_.run(del("/a", "k"));
    world_.run(make_namespace("/b"));
    lines_ = exported(nullptr);
  }
  Lines exported(domain::Sight* sight) const {
    const domain::AuditPage page = list_audit(
        world_.store, {.path = "/", .newest_first = false, .as_export = true, .limit = 100}, sight);
    Lines lines;
    for (const domain::AuditEvent& event : page.items) {
      json::Writer out(lines.emplace_back());
      api::append_record(out, event);
    }
    return lines;
  }

  // What the command says: "", or why it failed.
  static std::string verdict_of(const std::string& text, std::vector<std::string> flags = {}) {
    const auto path = std::filesystem::path(::testing::TempDir()) /
                      ("trail_test_" + std::to_string(::getpid()) + ".jsonl");
    std::ofstream(path, std::ios::binary) << text;
    std::vector<std::string> words{"audit", "verify", path.string()};
    words.insert(words.end(), flags.begin(), flags.end());
    const cli::Arguments arguments = cli::parse_arguments(words);
    std::string verdict;
    try {
      EXPECT_EQ(arguments.command->run(arguments), 0);
    } catch (const cli::Failure& failure) {
      EXPECT_EQ(failure.status, cli::kData);
      verdict = failure.what();
    }
    std::filesystem::remove(path);
    return verdict;
  }
  static std::string verdict(const Lines& lines, std::vector<std::string> flags = {}) {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return verdict_of(text, std::move(flags));
  }
  static void expect_told(const Lines& lines, std::string_view words, std::string_view event) {
    const std::string said = verdict(lines);
    EXPECT_NE(said.find(words), said.npos) << "\"" << said << "\" should say " << words;
    EXPECT_NE(said.find(event), said.npos) << "\"" << said << "\" should name " << event;
  }
  static std::string id_of(const std::string& line) {
    return domain::audit_id(api::read_record(json::parse(line).value()).value().row);
  }

  domain::World world_;
  Lines lines_;
};

// Each way to change a scalar somewhere in the value.
Lines changed_texts(const Value& value) {
  Lines texts;
  if (const auto* object = value.object()) {
    for (std::size_t i = 0; i < object->size(); ++i) {
      Value::Object without = *object;
      without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
      texts.push_back(text_of(Value(without)));
      for (const std::string& text : changed_texts((*object)[i].second)) {
        Value::Object other = *object;
        other[i].second = json::parse(text).value();
        texts.push_back(text_of(Value(other)));
      }
    }
  } else if (const std::string* text = value.string()) {
    for (const std::size_t at : {std::size_t{0}, text->size() / 2, text->size() - 1}) {
      std::string other = *text;
      other[at] = other[at] == '1' ? '2' : '1';
      texts.push_back(text_of(Value(other)));
    }
    texts.push_back(text_of(Value(*text + "0")));
  } else if (const auto number = value.uint64()) {
    texts.push_back(std::to_string(*number + 1));
  }
  return texts;
}

TEST_F(Trail, IsUnbrokenAsItWasExported) {
  ASSERT_EQ(lines_.size(), 7U);
  EXPECT_EQ(verdict(lines_), "");
  EXPECT_EQ(verdict(lines_, {"--head", to_hex(as_view(world_.meta().audit_head))}), "");
}

TEST_F(Trail, TellsOfEachFieldThatWasChangedOrTakenAway) {
  std::size_t tried = 0;
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    for (const std::string& text : changed_texts(json::parse(lines_[i]).value())) {
      Lines lines = lines_;
      lines[i] = text;
      const std::string said = verdict(lines);
      EXPECT_NE(said.find("line " + std::to_string(i + 1)), said.npos)
          << "\"" << said << "\" of " << text;
      ++tried;
    }
  }
  EXPECT_GT(tried, 7U * 30);
}

TEST_F(Trail, TellsWhatIsMissing) {
  for (std::size_t i = 1; i + 1 < lines_.size(); ++i) {
    Lines lines = lines_;
    lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(i));
    expect_told(lines, "missing between " + id_of(lines_[i - 1]), id_of(lines_[i + 1]));
  }
}

TEST_F(Trail, TellsWhatIsOutOfOrder) {
  for (std::size_t i = 0; i + 1 < lines_.size(); ++i) {
    Lines lines = lines_;
    std::swap(lines[i], lines[i + 1]);
    expect_told(lines, "out of order", id_of(lines_[i]));
  }
  Lines lines = lines_;
  std::ranges::rotate(lines.begin() + 1, lines.begin() + 2, lines.end());
  expect_told(lines, "out of order", id_of(lines_[1]));
}

TEST_F(Trail, TellsWhatIsThereTwice) {
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    Lines lines = lines_;
    lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(i), lines_[i]);
    expect_told(lines, "twice", id_of(lines_[i]));
    lines = lines_;
    lines.push_back(lines_[i]);
    expect_told(lines, "twice", id_of(lines_[i]));
  }
}

TEST_F(Trail, TellsALineThatIsCutWhereverItIs) {
  std::string before;
  for (const std::string& line : lines_) {
    for (std::size_t size = 1; size < line.size(); ++size) {
      const std::string said = verdict_of(before + line.substr(0, size));
      EXPECT_NE(said.find("cut off"), said.npos) << said;
    }
    before += line + "\n";
  }
}

TEST_F(Trail, TellsAnEventThatWasMadeUpAnewWithItsChainValue) {
  for (std::size_t i = 0; i + 1 < lines_.size(); ++i) {
    auto record = api::read_record(json::parse(lines_[i]).value()).value();
    domain::AuditEvent event;
    event.row = record.row;
    event.row.actor.id = "somebody else";
    event.previous_chain = record.previous_chain;
    event.row.chain = domain::chain_after(event.previous_chain, event.row);
    Lines lines = lines_;
    lines[i].clear();
    json::Writer out(lines[i]);
    api::append_record(out, event);
    expect_told(lines, "in the place of " + id_of(lines_[i]), id_of(lines_[i + 1]));
  }
}

TEST_F(Trail, MayBeginInTheMiddle) {
  const Lines later(lines_.begin() + 2, lines_.end());
  EXPECT_EQ(verdict(later), "");
  Lines changed = later;
  changed[0].replace(changed[0].find("alice"), 5, "malor");
  expect_told(changed, "was changed", id_of(later[0]));
}

TEST_F(Trail, HeldAgainstTheHeadMissesItsEnd) {
  const Lines shorter(lines_.begin(), lines_.end() - 1);
  EXPECT_EQ(verdict(shorter), "");
  const std::string said = verdict(shorter, {"--head", to_hex(as_view(world_.meta().audit_head))});
  EXPECT_NE(said.find("missing at the end"), said.npos) << said;
}

TEST_F(Trail, WithholdsWhatWhoExportsMayNotRead) {
  domain::Caller nobody;
  nobody.principal = "user:nobody";
  domain::Sight sight(world_.store, nobody);
  const Lines lines = exported(&sight);
  ASSERT_EQ(lines.size(), lines_.size());
  EXPECT_EQ(lines[0].find("alice"), std::string::npos);
  EXPECT_EQ(verdict(lines, {"--allow-withheld"}), "");
  expect_told(lines, "withheld", id_of(lines[0]));
  // One among others still keeps them together.
  Lines mixed = lines_;
  mixed[3] = lines[3];
  EXPECT_EQ(verdict(mixed, {"--allow-withheld"}), "");
  mixed.erase(mixed.begin() + 3);
  expect_told(mixed, "missing", id_of(lines_[4]));
}

TEST_F(Trail, IsNoFileOfSomethingElse) {
  EXPECT_NE(verdict_of("").find("no events"), std::string::npos);
  EXPECT_NE(verdict_of("hello\n").find("line 1"), std::string::npos);
  EXPECT_NE(verdict_of(std::string(200'000, '[')).find("too long"), std::string::npos);
}

}  // namespace
}  // namespace confman::testing
